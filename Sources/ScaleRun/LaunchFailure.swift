import ScaleCore
import ScaleProviders
import ScaleReactor

/// A launch that came to nothing, and how far it came.
struct LaunchFailure: Error {
    var reason: ScaleError
    /// What was launched, as it would have been stored; nil where nothing was.
    var facts: DeploymentRecord?
    /// Its stages. The last of them says what went wrong.
    var lifecycle: [LifecycleRecord]
}

/// How far a launch has come.
struct LaunchProgress {
    private let mark: String
    private let askedAt: MonotonicTime
    /// What is waited for, and since when.
    private var stage = LifecycleRecord.Stage.started
    private var since: MonotonicTime
    var facts: DeploymentRecord?
    private(set) var lifecycle: [LifecycleRecord] = []

    init(_ mark: LaunchMark, askedAt: MonotonicTime) {
        self.mark = mark.name
        self.askedAt = askedAt
        since = askedAt
    }

    mutating func reached(_ stages: [LifecycleRecord], next: LifecycleRecord.Stage) {
        lifecycle += stages.map(stamped)
        stage = next
        since = MonotonicClock.now()
    }

    /// As one of this launch's.
    func stamped(_ record: LifecycleRecord) -> LifecycleRecord {
        var stamped = record
        stamped.launch = mark
        return stamped
    }

    func failure(_ reason: ScaleError) -> LaunchFailure {
        let record = LifecycleRecord(
            replica: 0, stage: stage, start: since - askedAt, duration: MonotonicClock.now() - since, outcome: reason.message, launch: mark)
        return LaunchFailure(reason: reason, facts: facts, lifecycle: lifecycle + [record])
    }
}
