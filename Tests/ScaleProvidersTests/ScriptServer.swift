import Glibc
import ScaleControl
import ScaleCore
import ScaleProviders
import ScaleTestKit

/// A shell script in a folder of its own that plays the server; it leaves its pid in a file.
final class ScriptServer: Sendable {
    let folder: String
    var path: String { folder + "/server.sh" }

    init(_ lines: String...) {
        var template = Array("/tmp/scalebench-providers-XXXXXX".utf8CString)
        folder = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
        let text = (["#!/bin/sh", #"echo $$ > "$0.new"; mv "$0.new" "$0.pid""#] + lines).joined(separator: "\n") + "\n"
        let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o755)
        _ = write(file, text, text.utf8.count)
        close(file)
    }

    deinit {
        for name in ["server.sh", "server.sh.pid"] { unlink(folder + "/" + name) }
        rmdir(folder)
    }

    /// Nil until the script runs.
    var pid: Int32? {
        let file = open(path + ".pid", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = read(file, &bytes, bytes.count)
        return Int32(String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(separator: "\n").first ?? "")
    }

    /// Whether the script is over and was reaped: not even a zombie is left.
    var isReaped: Bool {
        guard let pid else { return false }
        return kill(pid, 0) == -1 && errno == ESRCH
    }

    /// Whether nothing of its process group is left. The system reaps what the script itself started a moment later.
    var isGone: Bool {
        guard let pid, isReaped else { return false }
        return kill(-pid, 0) == -1 && errno == ESRCH
    }

    func request(deadline: Nanoseconds? = nil, clock: any ControlClock = SystemClock()) -> LaunchRequest {
        LaunchRequest(
            program: path, arguments: ["serve"], hostCores: 6, client: ControlClient(version: "1"),
            startupDeadline: deadline,
            stopGrace: .milliseconds(100), clock: clock)
    }
}

/// A clock whose sleeps end once the script runs: deadlines pass at the right moment without waiting for them.
struct ClockOfScript: ControlClock {
    let script: ScriptServer
    var now: MonotonicTime { SystemClock().now }

    func sleep(_ span: Nanoseconds) async throws(CancellationError) {
        while script.pid == nil {
            if Task.isCancelled { throw CancellationError() }
            await Task.yield()
        }
    }
}

extension Deployment {
    /// The servers' processes; one that is none where the provider cannot read them.
    var readable: [Int32?] { (self as? any ResourceReading)?.processes ?? [nil] }
}
