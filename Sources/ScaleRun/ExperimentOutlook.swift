import ScaleAnalysis
import ScaleCore
import ScaleStore

/// What an experiment would do now: nothing is launched and nothing written to find out.
public struct ExperimentOutlook: Sendable {
    public var planHash: String
    /// The run that it would go on with; nil for a new one.
    public var run: RunSummary?
    /// Stored cells of that run, for each infrastructure.
    public var finished: [[CellRecord]]
    /// What is left to do.
    public var course: BlockCourse
    /// Of this host, the latest first.
    public var calibrations: [CalibrationRecord]
    /// The longest launch of each infrastructure so far, until its first observation, with its stop; nil where none is
    /// stored.
    public var launches: [Nanoseconds?]

    /// - Parameter reader: nil where there is no database yet.
    public init(_ request: RunRequest, _ settings: ExperimentSettings, in reader: RunReader?) throws(ScaleError) {
        let hash = StoredRun.planHash(request.plan, settings, request.infrastructures)
        planHash = hash
        let latest = settings.isFresh ? nil : try reader?.latestRun(planHash: hash, host: request.host)
        run = latest
        let snapshot = try latest.flatMap { run throws(ScaleError) in try reader?.snapshot(.id(run.id)) }
        finished = request.infrastructures.map { snapshot?.cells(on: $0.title) ?? [] }
        course = BlockCourse(
            request.plan, names: request.infrastructures.map(\.title), top: request.top, finished: finished, interleaves: true)
        calibrations = try reader?.calibrations(host: request.host.calibrationKey) ?? []
        launches = request.infrastructures.map { Self.longestLaunch(of: $0.title, in: snapshot) }
    }

    private static func longestLaunch(of infra: String, in snapshot: RunSnapshot?) -> Nanoseconds? {
        guard let snapshot else { return nil }
        let stages = snapshot.deployments.filter { $0.value.infra == infra }.keys.flatMap { snapshot.lifecycle[$0] ?? [] }
        let ready = stages.filter { $0.stage != .stop }.map { $0.start + $0.duration }.max()
        let stop = stages.filter { $0.stage == .stop }.map(\.duration).max() ?? .zero
        return ready.map { $0 + stop }
    }
}
