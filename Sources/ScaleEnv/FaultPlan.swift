import ScaleCore

/// What goes wrong on purpose, and where. A pure value: whether the step at a place is hit depends on the seed and on
/// that place alone, not on time and not on what other sessions do.
public struct FaultPlan: Hashable, Sendable {
    /// Where in a worker's work something happens.
    public struct Place: Hashable, Sendable {
        /// The session's number in its worker, 1 for the first. Every HTTP call is a session of its own.
        public var session: UInt64
        /// Resets and steps of the session before this one: 0 for its first reset, k for the step k after it.
        public var turn: UInt64

        public init(session: UInt64, turn: UInt64) {
            self.session = session
            self.turn = turn
        }
    }

    /// What a client gets in place of a step's answer.
    public enum AnswerFault: UInt8, Hashable, Sendable, CaseIterable {
        /// Nothing: the connection is reset.
        case drop
        /// A close frame with code 1011 (RFC 6455 section 7.4.1, "internal error"); over HTTP, status 500.
        case close1011
        /// The first half of the answer's bytes, and then the end of the connection.
        case halfFrame
        /// Random bytes that begin neither a frame nor a response.
        case garbage
    }

    /// Distinguishes runs that are otherwise the same.
    public var seed: UInt64
    /// Resets that are answered with an execution error.
    public var resetError = Percentage.never
    public var drop = Percentage.never
    public var close1011 = Percentage.never
    public var halfFrame = Percentage.never
    public var garbage = Percentage.never
    /// Steps that wait for ``slowStepDelay`` longer.
    public var slowStep = Percentage.never
    public var slowStepDelay = Nanoseconds.zero
    /// How long a worker accepts no connection after its start.
    public var stallAccept = Nanoseconds.zero
    /// How much longer each step takes: its work when it has any, else its wait.
    public var slowdown = Percentage.never

    public init(seed: UInt64 = 0) { self.seed = seed }

    /// Whether nothing goes wrong, whatever the seed.
    public var isEmpty: Bool { self == FaultPlan(seed: seed) }

    public func failsReset(at place: Place) -> Bool { resetError.includes(draw(.reset, place)) }

    /// What becomes of a step's answer; nil when it is sent as it should be. The faults share one draw, so that each has
    /// its own rate and a step has at most one.
    public func answerFault(at place: Place) -> AnswerFault? {
        var rest = draw(.answer, place)
        for fault in AnswerFault.allCases {
            let share = percentage(of: fault)
            if share.includes(rest) { return fault }
            rest -= share.fraction
        }
        return nil
    }

    /// How much longer than `wait` a step waits.
    /// - Parameter hasWork: the step computes, so that the slowdown is not of its wait.
    public func extraWait(_ wait: Nanoseconds, hasWork: Bool, at place: Place) -> Nanoseconds {
        let slow = slowStep.includes(draw(.slowStep, place)) ? slowStepDelay : .zero
        return hasWork ? slow : slow + .seconds(wait.seconds * slowdown.fraction)
    }

    /// Bytes of ``AnswerFault/garbage``. The first has the three reserved bits of a frame set (RFC 6455 section 5.2), with
    /// which no status line begins either.
    public func garbage(at place: Place) -> [UInt8] {
        var state = bits(.garbage, place)
        return (0..<Self.garbageSize).map { index in
            state = Self.scatter(state)
            return UInt8(truncatingIfNeeded: state) | (index == 0 ? 0x70 : 0)
        }
    }

    /// The plan of one of several workers: the same faults, at other places.
    public func forWorker(_ number: Int) -> FaultPlan {
        var plan = self
        plan.seed = seed &+ UInt64(number)
        return plan
    }

    static let garbageSize = 64

    func percentage(of fault: AnswerFault) -> Percentage {
        switch fault {
        case .drop: drop
        case .close1011: close1011
        case .halfFrame: halfFrame
        case .garbage: garbage
        }
    }

    // MARK: Drawing

    /// Each question has draws of its own.
    private enum Question: UInt64 {
        case reset, answer, slowStep, garbage
    }

    /// Uniform in 0 ..< 1, in steps of 2^-53.
    private func draw(_ question: Question, _ place: Place) -> Double {
        Double(bits(question, place) >> 11) * 0x1p-53
    }

    private func bits(_ question: Question, _ place: Place) -> UInt64 {
        let session = Self.scatter(Self.scatter(seed) ^ place.session)
        return Self.scatter(Self.scatter(session ^ place.turn) ^ question.rawValue)
    }

    /// One step of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
    static func scatter(_ number: UInt64) -> UInt64 {
        var x = number &+ 0x9E37_79B9_7F4A_7C15
        x = (x ^ x >> 30) &* 0xBF58_476D_1CE4_E5B9
        x = (x ^ x >> 27) &* 0x94D0_49BB_1331_11EB
        return x ^ x >> 31
    }
}

/// A share of all cases, from 0 to 100 in a hundred.
public struct Percentage: Hashable, Sendable {
    public let percent: Double

    public static let never = Percentage(clamping: 0)

    /// Nil outside 0 ... 100.
    public init?(percent: Double) {
        guard percent >= 0, percent <= 100 else { return nil }
        self.percent = percent
    }

    private init(clamping percent: Double) { self.percent = percent }

    public var fraction: Double { percent / 100 }

    /// Whether a number drawn uniformly from 0 ..< 1 falls in the share.
    func includes(_ draw: Double) -> Bool { draw < fraction }
}
