import ScaleCore

/// Looks for the load at which two servers are compared: near 70 % of what the first of them is worth in steps per second.
///
/// N doubles until that brings less than a tenth more. At the knee a server's rate of steps begins to depend on its queues; below
/// it, on what a step costs.
public struct LoadSearch: Sendable {
    /// One N that was tried.
    public struct Trial: Hashable, Sendable, Codable {
        public var sessions: Int
        /// 0 where no step succeeded.
        public var stepsPerSecond: Double
        /// The generator's own limits were reached.
        public var isGeneratorBound: Bool

        public init(sessions: Int, stepsPerSecond: Double, isGeneratorBound: Bool) {
            self.sessions = sessions
            self.stepsPerSecond = stepsPerSecond
            self.isGeneratorBound = isGeneratorBound
        }
    }

    public enum Step: Hashable, Sendable {
        case measure(sessions: Int)
        case found(sessions: Int)
        /// Not even one session makes a step.
        case hopeless
    }

    public private(set) var trials: [Trial] = []
    /// The largest N that may be tried.
    public let top: Int

    public init(top: Int) { self.top = max(1, top) }

    /// Of the most that was seen, from which N on it counts as reached.
    private static let nearlyAll = 0.95
    /// A doubling that brings less shows that there is no more.
    private static let worthIt = 1.1
    /// Of the N from which on nothing is gained.
    private static let share = 0.7

    public mutating func finish(_ trial: Trial) { trials.append(trial) }

    public func next() -> Step {
        guard let last = trials.last else { return .measure(sessions: 1) }
        if last.stepsPerSecond <= 0 && trials.count == 1 { return .hopeless }
        let before = trials.dropLast().map(\.stepsPerSecond).max() ?? 0
        let isWorthIt = last.stepsPerSecond >= before * Self.worthIt && !last.isGeneratorBound
        if isWorthIt && last.sessions * 2 <= top { return .measure(sessions: last.sessions * 2) }
        let most = trials.map(\.stepsPerSecond).max() ?? 0
        let knee = trials.first { $0.stepsPerSecond >= most * Self.nearlyAll }?.sessions ?? 1
        return .found(sessions: max(1, Int((Double(knee) * Self.share).rounded(.down))))
    }
}
