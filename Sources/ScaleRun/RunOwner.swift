import ScaleCore

/// The process that writes a run.
public enum RunOwner {
    /// This process, as ``RunRecord/owner`` names it; nil where the kernel does not tell.
    public static var thisProcess: String? { ProcessIdentity.ownProcess?.description }

    /// The process that still writes a run, this one left out; nil where none does.
    public static func living(of run: RunRecord) -> Int32? {
        guard run.status == .running, let owner = run.owner.flatMap(ProcessIdentity.init), owner.isAlive,
            owner != ProcessIdentity.ownProcess
        else { return nil }
        return owner.pid
    }
}
