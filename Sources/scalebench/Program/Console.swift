import Foundation
import ScaleCore
import ScaleReactor
import Synchronization

/// The program's own output: results on standard output, everything for people beside it on standard error.
enum Console {
    static let isTerminal = isatty(2) == 1
    /// https://no-color.org
    static let hasColor = isTerminal && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
    private static let live = Mutex(false)
    private static let failure = Mutex<Int32>(0)

    /// What kept standard output from taking everything, a reader that went away excepted.
    static var outputError: ScaleError? {
        let code = failure.withLock { $0 }
        if code == 0 || code == Errno.brokenPipe { return nil }
        return ScaleError(
            .storage, "standard output did not take everything", cause: SystemFault.message(code),
            hint: "free space there, or write to another file; finished cells are in the database")
    }

    static func out(_ line: String) {
        clearLive()
        let code = StandardStream.output.write(line + "\n")
        if code != 0 { failure.withLock { $0 = code } }
    }

    static func error(_ line: String) {
        clearLive()
        StandardStream.error.write(line + "\n")
    }

    /// Replaces the line below the last one; shown on a terminal only.
    static func status(_ line: String) {
        guard isTerminal else { return }
        live.withLock { $0 = true }
        let columns = StandardStream.error.columns ?? 80
        StandardStream.error.write("\r\u{1B}[K" + String(line.prefix(max(20, columns - 1))))
    }

    static func dim(_ text: String) -> String { hasColor ? "\u{1B}[2m" + text + "\u{1B}[0m" : text }

    private static func clearLive() {
        let wasLive = live.withLock { shown in
            defer { shown = false }
            return shown
        }
        if wasLive { StandardStream.error.write("\r\u{1B}[K") }
    }

    /// A reader that goes away, like `head`, costs the rest of the output and not the run.
    static func ignoreBrokenPipe() { Signals.ignorePipe() }
}
