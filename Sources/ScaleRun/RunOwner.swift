import ScaleCore

/// The process that writes a run.
public enum RunOwner {
    /// This process, as ``RunRecord/owner`` names it; nil where the kernel does not tell.
    public static var thisProcess: String? { ProcessIdentity.ownProcess?.description }

    /// The process that still writes a run, this one left out; nil where none does.
    public static func living(of run: RunRecord) -> Int32? {
        run.status == .running ? run.owner.flatMap(living(owner:)) : nil
    }

    /// The process that ``RunRecord/owner`` names, this one left out; nil where it is gone.
    public static func living(owner: String) -> Int32? {
        guard let owner = ProcessIdentity(owner), owner.isAlive, owner != ProcessIdentity.ownProcess else { return nil }
        return owner.pid
    }
}
