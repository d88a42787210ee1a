import Foundation
import ScaleCore
import ScaleImport

/// The files of one run that was published: `raw.jsonl`, `summary.csv` or both.
struct PublishedFolder {
    var raw: String?
    var summary: String?

    /// What the paths name: each folder is a run of its own, and so are the files of one folder. A single file of each kind
    /// belongs together, wherever the two are.
    static func all(_ paths: [String]) throws(ScaleError) -> [PublishedFolder] {
        var found: [PublishedFolder] = []
        var files: [(folder: String, raw: String?, summary: String?)] = []
        for path in paths {
            var isFolder: ObjCBool = false
            guard !path.isEmpty, FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                throw .usage("there is nothing at '\(path)'", hint: "name a folder with raw.jsonl or summary.csv, or these files")
            }
            if isFolder.boolValue {
                found.append(try folder(path))
                continue
            }
            let place = URL(fileURLWithPath: path).deletingLastPathComponent().standardizedFileURL.path
            let isTable = path.lowercased().hasSuffix(".csv")
            files.append((place, isTable ? nil : path, isTable ? path : nil))
        }
        let raws = files.filter { $0.raw != nil }
        let tables = files.filter { $0.summary != nil }
        if raws.count == 1, tables.count == 1 {
            found.append(PublishedFolder(raw: raws[0].raw, summary: tables[0].summary))
            return found
        }
        // Of several files in one folder nobody could tell which belong together.
        for raw in raws {
            let beside = tables.filter { $0.folder == raw.folder }
            let isOnly = beside.count == 1 && raws.count { $0.folder == raw.folder } == 1
            found.append(PublishedFolder(raw: raw.raw, summary: isOnly ? beside[0].summary : nil))
        }
        let taken = Set(found.compactMap(\.summary))
        found += tables.compactMap(\.summary).filter { !taken.contains($0) }.map { PublishedFolder(raw: nil, summary: $0) }
        return found
    }

    private static func folder(_ path: String) throws(ScaleError) -> PublishedFolder {
        func file(_ name: String) -> String? {
            let place = URL(fileURLWithPath: path).appendingPathComponent(name).relativePath
            return FileManager.default.fileExists(atPath: place) ? place : nil
        }
        let found = PublishedFolder(raw: file("raw.jsonl"), summary: file("summary.csv"))
        if found.raw == nil && found.summary == nil {
            throw .usage("'\(path)' has neither raw.jsonl nor summary.csv", hint: "name the folder that holds them")
        }
        return found
    }

    var names: PublishedFiles.Names { PublishedFiles.Names(raw: raw ?? "raw.jsonl", summary: summary ?? "summary.csv") }

    var description: String { [raw, summary].compactMap { $0 }.joined(separator: " and ") }

    /// The folder's name, or that above a folder which is named after a day: the harness keeps
    /// `INFRASTRUCTURE/YYYY-MM-DD/`.
    var infra: String {
        var folder = URL(fileURLWithPath: raw ?? summary ?? ".").standardizedFileURL.deletingLastPathComponent()
        let parts = folder.lastPathComponent.split(separator: "-", omittingEmptySubsequences: false)
        if parts.map(\.count) == [4, 2, 2], parts.allSatisfy({ $0.allSatisfy(\.isNumber) }) { folder.deleteLastPathComponent() }
        return folder.lastPathComponent == "/" ? "imported" : folder.lastPathComponent
    }

    func rawBytes() throws(ScaleError) -> FileBytes? {
        guard let raw else { return nil }
        try Self.requireFile(raw)
        return try FileBytes(raw)
    }

    /// It is read twice, and a pipe would say nothing the second time.
    private static func requireFile(_ path: String) throws(ScaleError) {
        var facts = stat()
        guard stat(path, &facts) == 0, facts.st_mode & S_IFMT != S_IFREG else { return }
        throw .usage("'\(path)' is no regular file, and it is read twice", hint: "write what it gives to a file, and import that")
    }

    func summaryBytes() throws(ScaleError) -> Data? {
        guard let summary else { return nil }
        try Self.requireFile(summary)
        do {
            return try Data(contentsOf: URL(fileURLWithPath: summary), options: .mappedIfSafe)
        } catch {
            throw .usage("'\(summary)' cannot be read", hint: "name a file that you may read")
        }
    }
}

/// A file, read from its beginning a megabyte at a time.
final class FileBytes: ByteSource {
    private let path: String
    /// Asked before every piece: importing may have to end here.
    var interruption: Interruption?
    private let descriptor: Int32
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)

    init(_ path: String) throws(ScaleError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw Self.failure(path) }
    }

    deinit {
        buffer.deallocate()
        if descriptor >= 0 { close(descriptor) }
    }

    private static func failure(_ path: String) -> ScaleError {
        ScaleError(
            .usage, "'\(path)' cannot be read", cause: String(cString: strerror(errno)), hint: "name a file that you may read")
    }

    func next() throws(ScaleError) -> UnsafeRawBufferPointer {
        try interruption?.check()
        while true {
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 { return UnsafeRawBufferPointer(rebasing: buffer[..<count]) }
            if errno != EINTR { throw Self.failure(path) }
        }
    }
}
