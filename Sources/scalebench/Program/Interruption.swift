import ScaleCore
import Synchronization

/// Whether Ctrl-C, SIGTERM or SIGHUP has come, for work that looks now and then.
final class Interruption: Sendable {
    private let hasCome = Atomic(false)
    private let message: String

    /// Watches from now on.
    init(_ message: String) throws(ScaleError) {
        self.message = message
        try SignalWatch.start { [self] _ in hasCome.store(true, ordering: .relaxed) }
    }

    /// - Throws: `interrupted`.
    func check() throws(ScaleError) {
        if hasCome.load(ordering: .relaxed) { throw ScaleError(.interrupted, message) }
    }
}
