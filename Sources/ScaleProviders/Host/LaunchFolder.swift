import FoundationEssentials
import Glibc
import ScaleCore

/// A folder of this host for the files of one launch, such as the configuration of a balancer. It is in the ledger before
/// it is there, only its owner may look into it, and it goes with its deployment.
struct LaunchFolder: Sendable {
    let path: String

    /// Where such folders are made.
    static var parent: String { getenv("TMPDIR").map { String(cString: $0) }.flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/tmp" }

    /// - Parameter parent: made where it is not there.
    init(_ request: LaunchRequest, in parent: String = Self.parent) throws(ScaleError) {
        let resource = Resource(.folder, parent + "/" + request.mark.name)
        path = resource.name
        try? FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        try request.ledger.note(resource)
        guard mkdir(path, 0o700) == 0 else {
            let cause = String(cString: strerror(errno))
            request.ledger.crossOff(resource)
            throw ScaleError(
                .infrastructure, "the folder '\(path)' cannot be made", cause: cause,
                hint: "make room there, or name another place with TMPDIR")
        }
    }

    func write(_ text: String, to name: String) throws(ScaleError) -> String {
        let file = path + "/" + name
        do {
            try Data(text.utf8).write(to: URL(filePath: file))
        } catch {
            throw ScaleError(.infrastructure, "'\(file)' cannot be written", cause: "\(error)")
        }
        return file
    }

    /// The beginning of a file, as far as it is there.
    func head(_ name: String, bytes: Int = 1 << 16) -> [UInt8] { part(name, from: { _ in 0 }, bytes) }

    /// The last lines of a file, as far as they are there.
    func lines(_ name: String, last count: Int) -> [String] {
        var tail = LogTail()
        tail.append(part(name, from: { max(0, $0 - 1 << 16) }, 1 << 16))
        _ = tail.finish()
        return tail.lines.suffix(max(0, count))
    }

    /// Zero where it is not there.
    func size(_ name: String) -> Int {
        var status = stat()
        return stat(path + "/" + name, &status) == 0 ? Int(status.st_size) : 0
    }

    private func part(_ name: String, from start: (Int) -> Int, _ count: Int) -> [UInt8] {
        let file = open(path + "/" + name, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return [] }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: count)
        let read = pread(file, &bytes, count, off_t(start(size(name))))
        return Array(bytes.prefix(max(0, read)))
    }

    func remove(_ ledger: Ledger) {
        try? FileManager.default.removeItem(atPath: path)
        if access(path, F_OK) != 0 { ledger.crossOff(Resource(.folder, path)) }
    }
}

struct FolderSweeper: Sweeper {
    static let kind = Resource.Kind.folder
    static let asksThisHostOnly = true

    /// Whether it is one that a launch made: by its name, and as a folder of this user's.
    private static func isOurs(_ path: String) -> Bool {
        guard let name = path.split(separator: "/").last, LaunchMark.isName(name) else { return false }
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR && status.st_uid == geteuid()
    }

    func find(_ resource: Resource, _ request: LaunchRequest) async throws(ScaleError) -> [String] {
        Self.isOurs(resource.name) ? ["folder \(resource.name)"] : []
    }

    func remove(_ resource: Resource, _ request: LaunchRequest) async throws(ScaleError) {
        guard try await !find(resource, request).isEmpty else { return }
        do {
            try FileManager.default.removeItem(atPath: resource.name)
        } catch {
            throw ScaleError(.infrastructure, "the folder '\(resource.name)' cannot be removed", cause: "\(error)")
        }
    }
}
