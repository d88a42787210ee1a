import ScaleCore

/// What an episode is to do: the same for every session of a cell.
struct Script {
    /// What a session passes together with the others of its cell.
    enum Gate: UInt8 {
        case none
        /// Before its first step.
        case once
        /// Before every step.
        case everyStep
    }

    var mode: Mode
    var steps: Int32
    var wait: Nanoseconds
    /// Hold the answers against the benchmark environment's promises.
    var isBenchmark: Bool
    /// The policy takes time before each step.
    var thinks = false
    /// Sends every step, also after the environment said that the episode is done.
    var ignoresDone = false
    var gate = Gate.none
    /// No step is sent from here on, since the cell began.
    var until = Nanoseconds(.max)
    /// An episode that is done begins anew.
    var startsOver = false
}

/// What one answer of the environment says about the session.
struct Observed {
    /// The environment's own figure; nil where it reports none.
    var waited: Nanoseconds?
    var stepCount: Int?
    var pid: Int32?
    var hash: SessionHash?
    var host: Int32?
    /// The episode is over.
    var done = false
    /// What the step asked the environment to wait; nil for the script's.
    var asked: Nanoseconds?
}
