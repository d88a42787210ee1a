import ScaleCore

/// The benchmark environment: it does nothing but let time pass. A pure value that is asked and says what to reply and
/// when; it reads no clock and moves no bytes, so whoever serves it lets the delay pass and says how long it was.
public struct SimulatedEnvironment: Sendable {
    public enum Request: Hashable, Sendable {
        /// Begins an episode, under a name of the client's choice if it gives one.
        case reset(episode: String?)
        /// - Parameter wait: what the step is asked to last, in seconds; not negative.
        case step(wait: Double)
        case state

        var isStep: Bool { if case .step = self { true } else { false } }
    }

    public enum Reply: Hashable, Sendable {
        /// - Parameters:
        ///   - reward: nil after a reset.
        ///   - stepCount: 0 after a reset, one more with every step.
        case observation(reward: Double?, stepCount: Int)
        /// - Parameter episode: nil before the first reset.
        case state(episode: String?, stepCount: Int)
        /// The environment could not do what was asked and is as it was.
        case failure(String)
    }

    /// A reply and how long after the request it is due.
    public struct Turn: Hashable, Sendable {
        public var delay: Nanoseconds
        public var reply: Reply
    }

    /// What observations call the session, the same for the life of the environment.
    public let session: SessionID
    private var episode: String?
    private var episodes = 0
    private var stepCount = 0

    public init(session: SessionID) { self.session = session }

    public mutating func respond(to request: Request) -> Turn {
        switch request {
        case .reset(let name):
            episodes += 1
            stepCount = 0
            episode = name
            return Turn(delay: .zero, reply: .observation(reward: nil, stepCount: 0))
        case .step(let wait):
            guard let delay = Self.delay(wait) else {
                return Turn(delay: .zero, reply: .failure("wait_seconds is longer than a clock can count"))
            }
            stepCount += 1
            return Turn(delay: delay, reply: .observation(reward: Self.reward(wait), stepCount: stepCount))
        case .state:
            return Turn(delay: .zero, reply: .state(episode: episodeName, stepCount: stepCount))
        }
    }

    private var episodeName: String? { episodes == 0 ? nil : episode ?? "\(session.text)-\(episodes)" }

    /// `1 / (1 + wait)` in whole billionths: the shorter the wait, the better the step. It means no more than that, but
    /// it tells answers to different actions apart.
    static func reward(_ wait: Double) -> Double { (1e9 / (1 + wait)).rounded() / 1e9 }

    /// Never less than what is asked; nil beyond what 64 bits of nanoseconds hold (about 292 years).
    static func delay(_ seconds: Double) -> Nanoseconds? {
        let scaled = (seconds * 1e9).rounded(.up)
        return scaled >= 0 && scaled < Double(Int64.max) ? Nanoseconds(Int64(scaled)) : nil
    }
}
