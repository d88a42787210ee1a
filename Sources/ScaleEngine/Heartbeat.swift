import ScaleAnalysis
import ScaleCore

/// A loop's own pulse: a timer that is due every ``Limits/heartbeat``, and how late the loop came to each beat. It
/// sees whatever kept the loop away from its sockets, its own work as well as a scheduler that let it wait.
///
/// A loop that is away for long misses beats. Each counts with the lateness it would have had, as a moment at which an
/// answer could have come and would not have been seen: one long absence must not weigh as little as one short turn.
struct Heartbeat {
    private(set) var lags = LatencyHistogram()
    /// When the next beat is due, since the cell began.
    private(set) var next = Limits.heartbeat
    private var worst = Nanoseconds.zero

    /// Counts every beat that was due by `now`.
    mutating func beat(at now: Nanoseconds) {
        guard now >= next else { return }
        worst = max(worst, now - next)
        while now >= next {
            lags.record(now - next)
            next += Limits.heartbeat
        }
    }

    /// The worst lateness since the last call.
    mutating func takeWorst() -> Nanoseconds {
        defer { worst = .zero }
        return worst
    }
}
