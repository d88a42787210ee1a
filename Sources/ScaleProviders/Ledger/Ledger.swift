import FoundationEssentials
import Glibc
import ScaleCore
import Synchronization

/// What this process has made outside of itself, on disk: a line before each is made and one after it is gone. When the
/// process is killed, the file is what tells the next one what to look for. Without a folder it is kept in memory only.
///
/// Any task may use it. Lines are flushed to the disk before ``note(_:)`` returns.
public final class Ledger: Sendable {
    private struct State {
        var launches = 0
        /// That of the latest launch.
        var run: String?
        var outstanding: [Resource] = []
        var descriptor: Int32 = -1
    }

    /// 12 hexadecimal digits by chance.
    public let invocation: String
    private let path: String?
    private let owner: String
    private let startedAt: WallTime
    private let state = Mutex(State())

    /// - Parameters:
    ///   - folder: made when the first line is written; nil for memory only.
    ///   - owner: this process, in words that no other ever shares.
    public init(folder: String?, owner: String, startedAt: WallTime) {
        let digits = String(UInt64.random(in: 0..<1 << 48), radix: 16)
        let invocation = String(repeating: "0", count: 12 - digits.count) + digits
        self.invocation = invocation
        path = folder.map { $0 + "/" + invocation + ".jsonl" }
        self.owner = owner
        self.startedAt = startedAt
    }

    /// For launches that nobody looks for later, as in tests.
    public static func inMemory() -> Ledger { Ledger(folder: nil, owner: "", startedAt: WallTime(microseconds: 0)) }

    /// The mark of the next launch.
    public func mark(run: String) -> LaunchMark {
        state.withLock {
            $0.launches += 1
            $0.run = run.isEmpty ? nil : run
            return LaunchMark(run: run, invocation: invocation, launch: $0.launches)
        }
    }

    /// What has been noted and not been crossed off, in that order.
    public var outstanding: [Resource] { state.withLock { $0.outstanding } }

    /// Says that something is about to be made. Again for the same, it does nothing.
    /// - Throws: storage, and then it must not be made.
    public func note(_ resource: Resource) throws(ScaleError) {
        let failure = state.withLock { state -> ScaleError? in
            if state.outstanding.contains(resource) { return nil }
            if let failure = append(LedgerLine(made: resource, run: state.run), &state) { return failure }
            state.outstanding.append(resource)
            return nil
        }
        if let failure { throw failure }
    }

    /// Says that something is gone. What cannot be written down is looked for once more later, and not found.
    public func crossOff(_ resource: Resource) {
        state.withLock { state in
            guard let place = state.outstanding.firstIndex(of: resource) else { return }
            state.outstanding.remove(at: place)
            _ = append(LedgerLine(gone: resource), &state)
            guard state.outstanding.isEmpty, let path else { return }
            unlink(path)
            close(state.descriptor)
            state.descriptor = -1
        }
    }

    private func append(_ line: LedgerLine, _ state: inout State) -> ScaleError? {
        guard let path else { return nil }
        if state.descriptor < 0, let failure = begin(path, &state) { return failure }
        return line.append(to: state.descriptor) && fsync(state.descriptor) == 0 ? nil : failure(path)
    }

    /// Makes the file, with the line that says whose it is: without it nothing behind it would be believed.
    private func begin(_ path: String, _ state: inout State) -> ScaleError? {
        Self.makeFolders(above: path)
        // It gets its name when it says whose it is: a kill in between leaves no ledger that nobody can read.
        let draft = path + ".new"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0o600)
        if descriptor < 0 { return failure(path) }
        let head = LedgerLine(head: .init(owner: owner, host: HostName.own, startedAt: startedAt.microseconds))
        guard head.append(to: descriptor), rename(draft, path) == 0 else {
            let failure = failure(path)
            close(descriptor)
            unlink(draft)
            return failure
        }
        state.descriptor = descriptor
        return nil
    }

    private func failure(_ path: String) -> ScaleError {
        ScaleError(
            .storage, "the ledger '\(path)' of what is launched cannot be written", cause: String(cString: strerror(errno)),
            hint: "make its folder writable, or name another with XDG_STATE_HOME")
    }

    private static func makeFolders(above path: String) {
        var folder = ""
        for part in path.split(separator: "/").dropLast() {
            folder += (folder.isEmpty && !path.hasPrefix("/") ? "" : "/") + part
            mkdir(folder, 0o700)
        }
    }
}
