import ScaleCore
import ScaleEngine
import ScaleStore

/// What is known of the generator's own ceiling on this host, for the cells of one run.
struct Ceilings: Sendable {
    private var latest: [CalibrationKey: CalibrationRecord] = [:]
    /// Whether what is missing is measured.
    private var completes = false

    /// Takes the stored calibrations of this host, and measures what is missing for the grid where the run asks for it.
    /// A calibration that does not succeed is a warning: the run then goes on without.
    /// - Throws: `interrupted`, and what the store throws.
    static func known(
        to request: RunRequest, store: Store, _ control: StopControl, observe: @escaping @Sendable (RunEvent) -> Void
    ) async throws(ScaleError) -> Ceilings {
        var known = Ceilings()
        if !request.infrastructures.contains(where: \.isCalibrated) { return known }
        for calibration in try store.reader.calibrations(host: request.host.calibrationKey).reversed() {
            known.latest[calibration.key] = calibration
        }
        known.completes = request.calibrates
        try await known.complete(Calibrator.points(of: request.plan), request, store, control, observe: observe)
        return known
    }

    /// Measures what is missing of some points, where the run asks for it. What a search tries is known cell by cell.
    mutating func complete(
        _ points: [CellKey], _ request: RunRequest, _ store: Store, _ control: StopControl,
        observe: @escaping @Sendable (RunEvent) -> Void
    ) async throws(ScaleError) {
        let missing = points.filter { request.isCalibrated($0.mode) && latest[request.calibrationKey($0)] == nil }
        if !completes || missing.isEmpty { return }
        do {
            try await Calibrator(request, control, observe: observe).measure(missing) { calibration throws(ScaleError) in
                try store.add(calibration)
                latest[calibration.key] = calibration
            }
        } catch {
            if error.code == .interrupted || error.code == .storage { throw error }
            completes = false
            observe(.warning("the generator could not be calibrated, so its share of the latencies is not known: \(error)"))
        }
    }

    func calibration(for cell: CellKey, _ request: RunRequest) -> CalibrationRecord? {
        request.isCalibrated(cell.mode) ? latest[request.calibrationKey(cell)] : nil
    }
}

extension RunRequest {
    /// Calibrated are sessions with a connection each.
    func isCalibrated(_ mode: Mode) -> Bool { mode == .ws || plan.httpConnections == .perSession }

    /// The calibration that a cell is held against.
    func calibrationKey(_ cell: CellKey) -> CalibrationKey {
        CalibrationKey(
            host: host.calibrationKey, mode: cell.mode, sessions: cell.sessions, threads: threads(for: cell), processes: processes)
    }
}

extension HostFacts {
    /// Equal for hosts on which this very program costs the same: another build of it is another generator.
    public var calibrationKey: String {
        var print = Fingerprint()
        for text in [Version.current, ProcessIdentity.program, cpuModel, "\(cores)", "\(memoryBytes)", kernel, system] { print.add(text) }
        return print.description
    }
}
