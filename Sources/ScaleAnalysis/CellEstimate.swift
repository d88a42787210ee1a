import ScaleCore

/// How long a cell will take, before it is measured: for a budget, and for somebody who wonders whether to wait.
///
/// Where the same point was measured on the same infrastructure, the longest of its cells. Otherwise what the plan asks
/// for (spread of the starts + steps × (wait + think), or the time that sessions are held) and an allowance for every
/// session. Neither knows of sessions that will run into a time-out.
public struct CellEstimate: Sendable {
    private let plan: Plan
    private let calibrations: [CalibrationRecord]

    /// Without a calibration: what opening, resetting and closing a session costs generator and server together on
    /// one core, generously.
    public static let usualAllowance = Nanoseconds.microseconds(500)

    /// - Parameter calibrations: of this host, the latest first.
    public init(_ plan: Plan, calibrations: [CalibrationRecord] = []) {
        self.plan = plan
        self.calibrations = calibrations
    }

    /// - Parameter measured: cells of the same infrastructure.
    public func duration(of key: CellKey, measured: [CellRecord] = []) -> Nanoseconds {
        let same = measured.filter { cell in
            var other = cell.key
            other.rep = key.rep
            return other == key
        }
        if let longest = same.map(\.wall).max() { return longest }
        return spread(key) + steps(key) + allowance(for: key) * key.sessions
    }

    /// What one session costs: twice its share of the nearest calibrated burst, in which the server does nothing.
    public func allowance(for key: CellKey) -> Nanoseconds {
        let nearest = calibrations.filter { $0.key.mode == key.mode && $0.sessionsPerSecond > 0 }.min {
            ($0.key.sessions - key.sessions).magnitude < ($1.key.sessions - key.sessions).magnitude
        }
        return nearest.map { .seconds(2 / $0.sessionsPerSecond) } ?? Self.usualAllowance
    }

    private func spread(_ key: CellKey) -> Nanoseconds {
        switch plan.shape {
        case .burst: .zero
        case .ramp(let span): span
        case .open(let rate, _): .seconds(Double(key.sessions) / rate)
        }
    }

    private func steps(_ key: CellKey) -> Nanoseconds {
        plan.pacing.holds ?? (key.wait + (plan.think?.mean ?? .zero)) * key.steps
    }
}
