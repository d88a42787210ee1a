import Foundation
import ScaleCore
import ScaleReactor

/// Where an export goes: standard output, a file that is there when it is whole and not before, or what stands there
/// already and is no regular file: a device, a pipe.
final class ExportFile {
    private let target: URL?
    /// Takes the target's name in the end; nil where the target itself is written to.
    private let part: URL?
    private var descriptor: Int32 = -1
    private var pending = ""
    private var isDone = false
    /// Nobody reads any more: who went away has what was wanted.
    private(set) var readerLeft = false
    private static let pieceSize = 1 << 16

    /// - Parameter path: nil and `-` are standard output.
    init(_ path: String?) throws(ScaleError) {
        guard let path, !OutputPlace.isStandardOutput(path) else {
            (target, part) = (nil, nil)
            return
        }
        switch OutputPlace(URL(fileURLWithPath: path)) {
        case .stream(let url):
            (target, part) = (url, nil)
            descriptor = open(url.path, O_WRONLY | O_CLOEXEC | O_NOCTTY)
        case .file(let url):
            let part = url.deletingLastPathComponent().appendingPathComponent(
                ".\(url.lastPathComponent).\(ProcessInfo.processInfo.processIdentifier).part")
            (target, self.part) = (url, part)
            try? FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            descriptor = open(part.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        }
        if descriptor < 0 {
            throw ScaleError(
                .storage, "--output '\(path)' cannot be written", cause: String(cString: strerror(errno)),
                hint: "name a file that you may write")
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        if let part, !isDone { try? FileManager.default.removeItem(at: part) }
    }

    func write(_ text: String) throws {
        pending += text
        if pending.utf8.count >= Self.pieceSize { try flush() }
    }

    /// Everything is written; the file takes its name.
    func finish() throws {
        try flush()
        guard let target else { return }
        let closed = close(descriptor)
        descriptor = -1
        if closed != 0 || part.map({ rename($0.path, target.path) }) ?? 0 != 0 { throw Self.failure(target, errno) }
        isDone = true
    }

    private static func failure(_ target: URL, _ code: Int32) -> ScaleError {
        ScaleError(.storage, "\(target.relativePath) cannot be written", cause: String(cString: strerror(code)))
    }

    private func flush() throws {
        if pending.isEmpty { return }
        defer { pending.removeAll(keepingCapacity: true) }
        if let target {
            let code = OutputPlace.write(pending.utf8, to: descriptor)
            if code == 0 { return }
            readerLeft = part == nil && code == EPIPE
            throw Self.failure(target, code)
        }
        let code = StandardStream.output.write(pending)
        if code != 0 {
            readerLeft = code == Errno.brokenPipe
            throw ScaleError(.storage, "standard output did not take everything", cause: SystemFault.message(code))
        }
    }
}
