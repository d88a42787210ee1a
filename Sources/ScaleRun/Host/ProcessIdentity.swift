import ScaleCore
import ScaleReactor

/// A process in words that no other ever shares on its host: the boot, its number and when it began. A number alone is
/// given to another process later.
struct ProcessIdentity: Sendable, Hashable, CustomStringConvertible {
    var boot: String
    var pid: Int32
    /// In clock ticks since the boot.
    var startedAt: UInt64

    /// Nil where the kernel does not tell.
    static func of(_ pid: Int32) -> ProcessIdentity? {
        guard let boot = bootID(), let start = ProcessUse.start(of: pid) else { return nil }
        return ProcessIdentity(boot: boot, pid: pid, startedAt: start)
    }

    static var ownProcess: ProcessIdentity? { of(ThisProcess.pid) }

    /// Whether it still runs. One of another boot does not, or runs on another host, of which nothing is known here.
    var isAlive: Bool { Self.of(pid) == self }

    var description: String { "\(boot) \(pid) \(startedAt)" }

    private static func bootID() -> String? {
        ProcFile.words("/proc/sys/kernel/random/boot_id").first.map(String.init)
    }
}

extension ProcessIdentity {
    /// Reads ``description``; nil for any other text.
    init?(_ text: String) {
        let words = text.split(separator: " ")
        guard words.count == 3, let pid = Int32(words[1]), let start = UInt64(words[2]) else { return nil }
        self.init(boot: String(words[0]), pid: pid, startedAt: start)
    }
}
