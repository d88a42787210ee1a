import FoundationEssentials
import Glibc
import ScaleCore

/// The ledger of an invocation as it was left on disk.
public struct LedgerFile: Sendable {
    public var path: String
    /// The process that wrote it, as ``Ledger/init(folder:owner:startedAt:)`` was told.
    public var owner: String
    public var startedAt: WallTime
    /// When its last line was written: what that line says may be under way since then.
    public private(set) var changedAt = WallTime(microseconds: 0)
    /// Whether it was written on this host. Of a process elsewhere nobody here can tell whether it lives.
    public var isOfThisHost: Bool { host == nil || host == HostName.own }
    /// What the host of its writer calls itself; nil where that is not known.
    public var host: String?
    /// What was to be made and is not known to be gone, in the order of its making.
    public private(set) var entries: [Entry] = []

    public struct Entry: Hashable, Sendable {
        public var resource: Resource
        /// The run that it was made for; nil where none is named.
        public var run: String?
    }

    public static var usualFolder: String { stateFolder + "/launches" }

    /// `$XDG_STATE_HOME/scalebench`, by default below `~/.local/state` (XDG Base Directory Specification 0.8).
    static var stateFolder: String {
        if let state = getenv("XDG_STATE_HOME").map({ String(cString: $0) }), state.hasPrefix("/") { return state + "/scalebench" }
        let home = getenv("HOME").map { String(cString: $0) } ?? "/tmp"
        return home + "/.local/state/scalebench"
    }

    /// All ledgers of a folder, the oldest first; none where it is not there. What cannot be read, a ledger of a newer
    /// version too, is an error of its own: what is not known must not be taken for nothing.
    /// - Returns: the errors have the code storage.
    public static func all(in folder: String) -> (files: [LedgerFile], unreadable: [ScaleError]) {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            if access(folder, R_OK | X_OK) != 0, errno == ENOENT { return ([], []) }
            let cause = String(cString: strerror(errno))
            return ([], [ScaleError(.storage, "the ledgers in '\(folder)' cannot be read", cause: cause)])
        }
        var found: [LedgerFile] = []
        var unreadable: [ScaleError] = []
        for name in names.sorted() where name.hasSuffix(".jsonl") {
            do throws(ScaleError) {
                if let file = try read(folder + "/" + name) { found.append(file) }
            } catch {
                unreadable.append(error)
            }
        }
        found.sort { ($0.startedAt.microseconds, $0.path) < ($1.startedAt.microseconds, $1.path) }
        return (found, unreadable)
    }

    /// Nil where the file is gone by now, or has no whole line yet.
    static func read(_ path: String) throws(ScaleError) -> LedgerFile? {
        guard let data = FileManager.default.contents(atPath: path) else {
            if access(path, F_OK) != 0 { return nil }
            throw ScaleError(.storage, "the ledger '\(path)' cannot be read", cause: String(cString: strerror(errno)))
        }
        var file: LedgerFile?
        // A line without an end was being written when its writer was killed: nothing was made of it yet.
        for bytes in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast() where !bytes.isEmpty {
            guard let line = try? JSONDecoder().decode(LedgerLine.self, from: bytes) else { throw unknown(path) }
            if let head = line.head {
                guard head.version == LedgerLine.Head.currentVersion else { throw unknown(path) }
                file = LedgerFile(
                    path: path, owner: head.owner, startedAt: WallTime(microseconds: head.startedAt), host: head.host)
            }
            if let made = line.made { file?.entries.append(Entry(resource: made, run: line.run)) }
            if let gone = line.gone { file?.entries.removeAll { $0.resource == gone } }
        }
        var status = stat()
        if stat(path, &status) == 0 {
            file?.changedAt = WallTime(microseconds: Int64(status.st_mtim.tv_sec) * 1_000_000 + Int64(status.st_mtim.tv_nsec) / 1000)
        }
        return file
    }

    private static func unknown(_ path: String) -> ScaleError {
        ScaleError(
            .storage, "the ledger '\(path)' cannot be understood", hint: "it may be a newer version's; use that one, or remove the file")
    }

    /// Forgets what is gone; a ledger in which nothing is left goes with it. What cannot be written is looked for once
    /// more later, and not found.
    public mutating func crossOff(_ resources: some Collection<Resource>) {
        entries.removeAll { resources.contains($0.resource) }
        if entries.isEmpty {
            unlink(path)
            return
        }
        // Written anew in one step: the last line of the old one may be half.
        let head = LedgerLine(head: .init(owner: owner, host: host, startedAt: startedAt.microseconds))
        let lines = [head] + entries.map { LedgerLine(made: $0.resource, run: $0.run) }
        try? Data(lines.compactMap(\.bytes).joined()).write(to: URL(filePath: path), options: .atomic)
    }
}
