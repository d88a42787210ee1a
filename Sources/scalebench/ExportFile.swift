import Foundation
import ScaleCore
import ScaleReactor

/// Where an export goes: standard output, or a file that is there when it is whole and not before.
final class ExportFile {
    private let target: URL?
    private let part: URL?
    private let handle: FileHandle?
    private var pending = ""
    private var isDone = false
    /// Nobody reads standard output any more: who went away has what was wanted.
    private(set) var readerLeft = false
    private static let pieceSize = 1 << 16

    /// - Parameter path: nil and `-` are standard output.
    init(_ path: String?) throws(ScaleError) {
        guard let path, path != "-" else {
            (target, part, handle) = (nil, nil, nil)
            return
        }
        let url = URL(fileURLWithPath: path)
        let part = url.deletingLastPathComponent().appendingPathComponent(
            ".\(url.lastPathComponent).\(ProcessInfo.processInfo.processIdentifier).part")
        do {
            try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data().write(to: part)
            handle = try FileHandle(forWritingTo: part)
        } catch {
            throw ScaleError(
                .storage, "--output '\(path)' cannot be written", cause: (error as NSError).localizedDescription,
                hint: "name a file that you may write")
        }
        target = url
        self.part = part
    }

    deinit {
        try? handle?.close()
        if let part, !isDone { try? FileManager.default.removeItem(at: part) }
    }

    func write(_ text: String) throws {
        pending += text
        if pending.utf8.count >= Self.pieceSize { try flush() }
    }

    /// Everything is written; the file takes its name.
    func finish() throws {
        try flush()
        guard let handle, let part, let target else { return }
        do {
            try handle.close()
            if rename(part.path, target.path) != 0 { throw Self.failure(target, String(cString: strerror(errno))) }
            isDone = true
        } catch let error as ScaleError {
            throw error
        } catch {
            throw Self.failure(target, (error as NSError).localizedDescription)
        }
    }

    private static func failure(_ target: URL, _ cause: String) -> ScaleError {
        ScaleError(.storage, "\(target.relativePath) cannot be written", cause: cause)
    }

    private func flush() throws {
        if pending.isEmpty { return }
        defer { pending.removeAll(keepingCapacity: true) }
        if let handle, let target {
            do {
                try handle.write(contentsOf: Data(pending.utf8))
            } catch {
                throw Self.failure(target, (error as NSError).localizedDescription)
            }
            return
        }
        let code = StandardStream.output.write(pending)
        if code != 0 {
            readerLeft = code == Errno.brokenPipe
            throw ScaleError(.storage, "standard output did not take everything", cause: SystemFault.message(code))
        }
    }
}
