import ScaleAnalysis
import ScaleCore
import ScaleEngine

/// What happens in a run, in order, for whoever shows it. Nothing is rendered here and nothing waits for a listener.
public enum RunEvent: Sendable {
    /// The generator is driven against the null server, to know its own ceiling.
    case calibrating(Mode, sessions: Int)
    case calibrated(CalibrationRecord)
    case launching(provider: String)
    /// What is waited for, for people: how far an image is, say.
    case launchProgress(String)
    case launched(DeploymentRecord, took: Nanoseconds)
    /// It answers, since the launch was asked for.
    case ready(DeploymentRecord, took: Nanoseconds)
    case preflight(Mode)
    /// Cells to come, those resumed left out; nil where what they show decides how many follow.
    case gridStarted(cells: Int?, run: String)
    /// It is another infrastructure's turn.
    case blockStarted(infrastructure: String, repetition: Int)
    /// Something went wrong in a block; it is launched again, or what is left of it is given up.
    case blockFailed(infrastructure: String, ScaleError, isRelaunched: Bool)
    /// Something went wrong in the same cell again: it is given up, and the rest of the block goes on.
    case cellGivenUp(infrastructure: String, CellKey, ScaleError)
    /// Waiting for the sockets of the last cell.
    case draining
    /// Why the next cell is measured, where the plan does not name it.
    case cellChosen(CellKey, why: CapacitySearch.Reason)
    case cellStarted(number: Int, of: Int?, key: CellKey)
    case cellProgress(CellProgress, elapsed: Nanoseconds)
    /// A cell is stored, in the row of this id.
    case cellFinished(CellRecord, row: Int64, stored: Nanoseconds)
    /// The load of a duel is known.
    case loadFound(sessions: Int, [LoadSearch.Trial])
    /// Both sides of a duel have been measured at one load.
    case pairFinished(DuelPair)
    /// What a round of a duel says.
    case roundFinished(DuelRound)
    /// The search of one mode and wait is over.
    case searched(CellCourse.Load, CapacitySearch.Conclusion)
    /// A search ends because its budget does.
    case budgetSpent(CellCourse.Shortage)
    /// Launches alone are measured, so many of them.
    case launchesStarted(count: Int, run: String)
    /// One of them is stopped, or came to nothing.
    case launchFinished(number: Int, of: Int, Launch)
    case stopping(provider: String)
    /// Worth knowing, and nothing to mend.
    case notice(String)
    case warning(String)
}
