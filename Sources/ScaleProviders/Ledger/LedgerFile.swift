import FoundationEssentials
import Glibc
import ScaleCore

/// The ledger of an invocation as it was left on disk.
public struct LedgerFile: Sendable {
    public var path: String
    /// The process that wrote it, as ``Ledger/init(folder:owner:startedAt:)`` was told.
    public var owner: String
    public var startedAt: WallTime
    /// What was to be made and is not known to be gone, in the order of its making.
    public var outstanding: [Resource]

    public static var usualFolder: String { stateFolder + "/launches" }

    /// `$XDG_STATE_HOME/scalebench`, by default below `~/.local/state` (XDG Base Directory Specification 0.8).
    static var stateFolder: String {
        if let state = getenv("XDG_STATE_HOME").map({ String(cString: $0) }), state.hasPrefix("/") { return state + "/scalebench" }
        let home = getenv("HOME").map { String(cString: $0) } ?? "/tmp"
        return home + "/.local/state/scalebench"
    }

    /// All ledgers of a folder, the oldest first; none where it is not there.
    /// - Throws: storage, for a folder or a file that cannot be read, and for a ledger of a newer version: what is not
    ///   known must not be taken for nothing.
    public static func all(in folder: String) throws(ScaleError) -> [LedgerFile] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            if access(folder, F_OK) != 0, errno == ENOENT { return [] }
            throw ScaleError(.storage, "the ledgers in '\(folder)' cannot be read", cause: String(cString: strerror(errno)))
        }
        var found: [LedgerFile] = []
        for name in names where name.hasSuffix(".jsonl") {
            if let file = try read(folder + "/" + name) { found.append(file) }
        }
        return found.sorted { ($0.startedAt.microseconds, $0.path) < ($1.startedAt.microseconds, $1.path) }
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
                guard head.version == 1 else { throw unknown(path) }
                file = LedgerFile(path: path, owner: head.owner, startedAt: WallTime(microseconds: head.startedAt), outstanding: [])
            }
            if let made = line.made { file?.outstanding.append(made) }
            if let gone = line.gone, let place = file?.outstanding.firstIndex(of: gone) { file?.outstanding.remove(at: place) }
        }
        return file
    }

    private static func unknown(_ path: String) -> ScaleError {
        ScaleError(
            .storage, "the ledger '\(path)' cannot be understood", hint: "it may be a newer version's; use that one, or remove the file")
    }

    /// When all of it is gone.
    public func remove() { unlink(path) }
}
