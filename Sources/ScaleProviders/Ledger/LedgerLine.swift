import FoundationEssentials
import Glibc

/// A line of a ledger's file: its first says whose it is.
struct LedgerLine: Codable {
    struct Head: Codable {
        static let currentVersion = 1

        var version = currentVersion
        /// The process, in words that no other of its host ever shares.
        var owner: String
        /// A home may be shared by many hosts, and so may its ledgers.
        var host: String?
        /// Microseconds since 1970.
        var startedAt: Int64
    }

    var head: Head?
    var made: Resource?
    /// The run that it was made for.
    var run: String?
    var gone: Resource?

    var bytes: Data? {
        guard var bytes = try? JSONEncoder().encode(self) else { return nil }
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    /// In one call, so that a kill leaves a line or none. Of a line that does not fit on the disk nothing is left: what
    /// came behind half of one could not be read.
    func append(to descriptor: Int32) -> Bool {
        guard let bytes else { return false }
        let end = lseek(descriptor, 0, SEEK_END)
        let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if written == bytes.count { return true }
        let code = errno
        if written > 0 { ftruncate(descriptor, end) }
        errno = written < 0 ? code : ENOSPC
        return false
    }
}

/// What this host calls itself.
enum HostName {
    static let own: String? = {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0, buffer[0] != 0 else { return nil }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }()
}
