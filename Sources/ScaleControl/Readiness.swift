import ScaleCore

/// The wait until a launched resource serves.
public struct Readiness: Sendable {
    /// What one look at the service found.
    public enum Answer: Hashable, Sendable {
        case ready
        /// Every transport error and every status but 200, in words for the error of a wait in vain.
        case notYet(String)
    }

    /// The control plane says that the resource will never serve.
    public struct Terminal: Hashable, Sendable {
        /// In the provider's own words.
        public var state: String
        /// The resource's last log lines, oldest first.
        public var lastLines: [String]

        public init(state: String, lastLines: [String] = []) {
            self.state = state
            self.lastLines = lastLines
        }
    }

    /// What is waited for, as errors call it.
    public var resource: String
    public var deadline: Nanoseconds
    /// Between two looks at the service.
    public var interval: Nanoseconds
    /// Between two looks at the control plane, which may be dear or limited.
    public var stateInterval: Nanoseconds
    /// The time for it altogether, where some was spent before this wait: errors name it.
    public var whole: Nanoseconds?

    public init(
        resource: String, deadline: Nanoseconds, interval: Nanoseconds = .milliseconds(500),
        stateInterval: Nanoseconds = .milliseconds(2000), whole: Nanoseconds? = nil
    ) {
        self.whole = whole
        self.resource = resource
        self.deadline = deadline
        self.interval = interval
        self.stateInterval = stateInterval
    }

    /// Looks until `probe` answers ready.
    /// - Parameter terminal: nil while the resource may still become ready; an unknown state is not terminal.
    /// - Returns: how long it took.
    /// - Throws: infrastructure when the deadline passes, with the last answer, or as soon as the state is terminal, with
    ///   the last log lines; interrupted when the task is cancelled.
    @discardableResult
    public func wait(
        clock: some ControlClock = SystemClock(), probe: () async -> Answer, terminal: () async -> Terminal? = { nil }
    ) async throws(ScaleError) -> Nanoseconds {
        let start = clock.now
        let end = start + deadline
        var nextState = start
        while true {
            if Task.isCancelled { throw interrupted }
            if clock.now >= nextState {
                if let terminal = await terminal() { throw ended(terminal) }
                nextState = clock.now + stateInterval
            }
            let answer = await probe()
            guard case .notYet(let reason) = answer else { return clock.now - start }
            let left = end - clock.now
            if left <= .zero {
                // It may have died between two looks, and then that is the reason.
                if let terminal = await terminal() { throw ended(terminal) }
                throw ScaleError(
                    .infrastructure, "\(resource) was not ready within \((whole ?? deadline).seconds.shortText) s", cause: reason)
            }
            do { try await clock.sleep(min(interval, left)) } catch { throw interrupted }
        }
    }

    private var interrupted: ScaleError { ScaleError(.interrupted, "the wait for \(resource) was stopped") }

    /// What is said of a resource that will never serve.
    public func ended(_ terminal: Terminal) -> ScaleError {
        let lines = terminal.lastLines.joined(separator: "\n")
        return ScaleError(
            .infrastructure, "\(resource) ended before it was ready: \(terminal.state)",
            cause: lines.isEmpty ? nil : lines)
    }
}

extension Double {
    /// Without a useless `.0`.
    fileprivate var shortText: String { self == rounded() && magnitude < 1e15 ? String(Int64(self)) : String(self) }
}
