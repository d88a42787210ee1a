import ScaleCore
import ScaleEngine

/// What happens in a run, in order, for whoever shows it. Nothing is rendered here and nothing waits for a listener.
public enum RunEvent: Sendable {
    /// The generator is driven against the null server, to know its own ceiling.
    case calibrating(Mode, sessions: Int)
    case calibrated(CalibrationRecord)
    case launching(provider: String)
    case launched(DeploymentRecord, took: Nanoseconds)
    case preflight(Mode)
    /// Cells to come, those resumed left out.
    case gridStarted(cells: Int, run: String)
    /// Waiting for the sockets of the last cell.
    case draining
    case cellStarted(number: Int, of: Int, key: CellKey)
    case cellProgress(CellProgress, elapsed: Nanoseconds)
    case cellFinished(CellRecord, stored: Nanoseconds)
    case stopping(provider: String)
    case warning(String)
}
