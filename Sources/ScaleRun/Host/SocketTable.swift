import Glibc

/// How many sockets of this host are on their way out toward given remote ends, from the kernel's own tables
/// (`/proc/net/tcp` and `/proc/net/tcp6`, proc_pid_net(5)).
enum SocketTable {
    /// A remote address and port in the form of the tables: four words of the IPv6 address as they lie in memory. An
    /// IPv4 address is its v4-mapped one, as a socket of either family may have been used to reach it.
    struct End: Hashable, Sendable {
        private var high: UInt64
        private var low: UInt64
        private var port: UInt16

        init(words: (UInt32, UInt32, UInt32, UInt32), port: UInt16) {
            high = UInt64(words.0) << 32 | UInt64(words.1)
            low = UInt64(words.2) << 32 | UInt64(words.3)
            self.port = port
        }

        init(four word: UInt32, port: UInt16) { self.init(words: (0, 0, UInt32(0xFFFF).bigEndian, word), port: port) }

        /// Nil for a text that is no numeric address. The unspecified address stands for the loopback one, to which
        /// the kernel connects then.
        init?(address text: String, port: UInt16) {
            var four: UInt32 = 0
            if inet_pton(AF_INET, text, &four) == 1 {
                self.init(four: four == 0 ? UInt32(0x7F00_0001).bigEndian : four, port: port)
                return
            }
            var words: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
            // A scope such as %eth0 is no part of the tables.
            guard inet_pton(AF_INET6, String(text.prefix { $0 != "%" }), &words) == 1 else { return nil }
            if words == (0, 0, 0, 0) { words.3 = UInt32(1).bigEndian }
            self.init(words: words, port: port)
        }
    }

    struct Count: Equatable, Sendable {
        /// Closed by their process, and not yet by the other end: the server may still have a session for each. What a
        /// process still holds is not counted: cells hold nothing once they are over, so it is somebody else's.
        var open = 0
        /// Local ports that cannot be used toward this end again before the kernel forgets them.
        var timeWait = 0
    }

    /// Blocks for the milliseconds that a table of ten thousands of sockets takes.
    /// - Parameter ends: with the place of each in the answer.
    /// - Returns: nil where the kernel shows no table.
    static func read(toward ends: [End: Int]) -> [Count]? {
        let tables = ["/proc/net/tcp", "/proc/net/tcp6"].compactMap(ProcFile.bytes)
        guard !tables.isEmpty else { return nil }
        return tables.reduce(into: empty(ends)) { counts, table in add(table, toward: ends, to: &counts) }
    }

    static func empty(_ ends: [End: Int]) -> [Count] {
        [Count](repeating: Count(), count: (ends.values.max() ?? -1) + 1)
    }

    /// The numbers of a socket's state, from the kernel's `tcp_states.h`.
    private enum State {
        static let timeWait: UInt32 = 0x06
        static let listen: UInt32 = 0x0A
    }

    /// Adds the sockets of one table; lines of another form are passed over.
    static func add(_ table: [UInt8], toward ends: [End: Int], to counts: inout [Count]) {
        var scan = Scan(bytes: table)
        while scan.isInside {
            defer { scan.skipLine() }
            // sl and local_address
            scan.skipWords(2)
            guard let end = scan.end(), let place = ends[end], let state = scan.hex(digits: 2) else { continue }
            switch state {
            case State.listen: continue
            case State.timeWait: counts[place].timeWait += 1
            default:
                // tx_queue:rx_queue, tr:tm->when, retrnsmt, uid and timeout; the inode is 0 when no process has it.
                scan.skipWords(5)
                if scan.isZero() { counts[place].open += 1 }
            }
        }
    }
}

/// Goes through a table byte by byte, without a string for any of its lines.
private struct Scan {
    let bytes: [UInt8]
    private var place = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    private static let newline = UInt8(ascii: "\n")
    private static let space = UInt8(ascii: " ")

    var isInside: Bool { place < bytes.count }
    /// A line's end at the end of the table.
    private var current: UInt8 { place < bytes.count ? bytes[place] : Self.newline }

    mutating func skipLine() {
        while current != Self.newline { place += 1 }
        place += 1
    }

    mutating func skipWords(_ count: Int) {
        for _ in 0..<count {
            skipSpaces()
            while current != Self.space && current != Self.newline { place += 1 }
        }
        skipSpaces()
    }

    private mutating func skipSpaces() {
        while current == Self.space { place += 1 }
    }

    /// A word of so many hexadecimal digits, and what ends it.
    mutating func hex(digits: Int) -> UInt32? {
        var value: UInt32 = 0
        for _ in 0..<digits {
            let digit: UInt8
            switch current {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = current - UInt8(ascii: "0")
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = current - UInt8(ascii: "A") + 10
            default: return nil
            }
            value = value << 4 | UInt32(digit)
            place += 1
        }
        return value
    }

    /// `0100007F:1F90`, or the same with four words.
    mutating func end() -> SocketTable.End? {
        guard let first = hex(digits: 8) else { return nil }
        if current == UInt8(ascii: ":") { return port().map { SocketTable.End(four: first, port: $0) } }
        guard let second = hex(digits: 8), let third = hex(digits: 8), let fourth = hex(digits: 8) else { return nil }
        return port().map { SocketTable.End(words: (first, second, third, fourth), port: $0) }
    }

    private mutating func port() -> UInt16? {
        guard current == UInt8(ascii: ":") else { return nil }
        place += 1
        let port = hex(digits: 4)
        skipSpaces()
        return port.map(UInt16.init)
    }

    /// Whether the word here is a single 0.
    mutating func isZero() -> Bool {
        guard current == UInt8(ascii: "0") else { return false }
        place += 1
        return current == Self.space || current == Self.newline
    }
}
