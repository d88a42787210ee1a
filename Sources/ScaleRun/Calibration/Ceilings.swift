import ScaleCore
import ScaleEngine
import ScaleProviders
import ScaleStore

/// What is known of the generator's own ceiling on this host, for the cells of one run.
struct Ceilings: Sendable {
    private var latest: [CalibrationKey: CalibrationRecord] = [:]

    /// Takes the stored calibrations of this host, and measures what is missing for the grid where the run asks for it.
    /// A calibration that does not succeed is a warning: the run then goes on without.
    /// - Throws: `interrupted`, and what the store throws.
    static func known(
        to request: RunRequest, store: Store, _ control: StopControl, observe: @escaping @Sendable (RunEvent) -> Void
    ) async throws(ScaleError) -> Ceilings {
        var known = Ceilings()
        // What TLS costs the generator depends on the other side's certificate and ciphers: no null server shows it.
        if (request.provider as? URLProvider)?.endpoints.contains(where: \.secure) ?? false { return known }
        for calibration in try store.reader.calibrations(host: request.host.calibrationKey).reversed() {
            known.latest[calibration.key] = calibration
        }
        let missing = Calibrator.points(of: request.plan).filter { known.latest[request.calibrationKey($0)] == nil }
        if !request.calibrates || missing.isEmpty { return known }
        do {
            for calibration in try await Calibrator(request, control, observe: observe).measure(missing) {
                try store.add(calibration)
                known.latest[calibration.key] = calibration
            }
        } catch {
            if error.code == .interrupted || error.code == .storage { throw error }
            observe(.warning("the generator could not be calibrated, so its share of the latencies is not known: \(error)"))
        }
        return known
    }

    func calibration(for cell: CellKey, _ request: RunRequest) -> CalibrationRecord? { latest[request.calibrationKey(cell)] }
}

extension RunRequest {
    /// The calibration that a cell is held against.
    func calibrationKey(_ cell: CellKey) -> CalibrationKey {
        CalibrationKey(
            host: host.calibrationKey, mode: cell.mode, sessions: cell.sessions, threads: threads(for: cell), processes: processes)
    }
}

extension HostFacts {
    /// Equal for hosts on which a generator of this version costs the same.
    public var calibrationKey: String {
        var print = Fingerprint()
        for text in [Version.current, cpuModel, "\(cores)", "\(memoryBytes)", kernel, system] { print.add(text) }
        return print.description
    }
}
