import Glibc
import ScaleCore
import ScaleEngine
import ScaleReactor
import ScaleTestKit
import Testing

@testable import ScaleRun

/// What is read from the kernel's tables of sockets, and what a cell waits for.
@Suite struct SocketDrainTests {
    typealias End = SocketTable.End
    typealias Count = SocketTable.Count

    /// A line of `/proc/net/tcp` or `/proc/net/tcp6`, as wide as the kernel writes it.
    static func line(_ remote: String, _ state: String, inode: Int = 0) -> String {
        let local = (remote.count == 13 ? "0100007F" : "00000000000000000000000001000000") + ":D431"
        return "   7: \(local) \(remote) \(state) 00000000:00000000 03:00001670 00000000     0        0 \(inode) 3 "
            + "00000000c7811b77" + String(repeating: " ", count: 20)
    }

    static let header =
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode      "

    struct Entry: Sendable, CustomTestStringConvertible {
        var name: String
        var remote = "0A02000A:1F90"
        var state = "05"
        var inode = 0
        var count = Count()
        var testDescription: String { name }
    }

    static let one = Count(open: 1, timeWait: 0)
    static let spent = Count(open: 0, timeWait: 1)

    /// Toward 10.0.2.10:8080 and [fd00::1:2]:8080.
    @Test(arguments: [
        Entry(name: "FIN_WAIT1", state: "04", count: one), Entry(name: "FIN_WAIT2", count: one),
        Entry(name: "LAST_ACK", state: "09", count: one), Entry(name: "CLOSING", state: "0B", count: one),
        Entry(name: "TIME_WAIT", state: "06", count: spent), Entry(name: "LISTEN", state: "0A"),
        Entry(name: "held by a process", state: "01", inode: 4711),
        Entry(name: "held by a process that has heard the end", state: "08", inode: 10),
        Entry(name: "another address", remote: "0B02000A:1F90"), Entry(name: "another port", remote: "0A02000A:1F91"),
        Entry(name: "the bytes in another order", remote: "0A00020A:1F90"),
        Entry(name: "v4-mapped", remote: "0000000000000000FFFF00000A02000A:1F90", count: one),
        Entry(name: "v4-mapped in TIME_WAIT", remote: "0000000000000000FFFF00000A02000A:1F90", state: "06", count: spent),
        Entry(name: "v4-compatible, which is not mapped", remote: "0000000000000000000000000A02000A:1F90"),
        Entry(name: "v6", remote: "000000FD000000000000000002000100:1F90", count: one),
        Entry(name: "v6 in TIME_WAIT", remote: "000000FD000000000000000002000100:1F90", state: "06", count: spent),
        Entry(name: "another v6", remote: "000000FD000000000000000003000100:1F90"),
        Entry(name: "no address", remote: "0A02000?:1F90"), Entry(name: "no port", remote: "0A02000A 1F90"),
    ])
    func countsWhatIsOnItsWayOut(_ entry: Entry) throws {
        let ends = [
            try #require(End(address: "10.0.2.10", port: 8080)): 0, try #require(End(address: "fd00::1:2", port: 8080)): 1,
        ]
        for end in ["\n", ""] {
            let text = [Self.header, Self.line(entry.remote, entry.state, inode: entry.inode)].joined(separator: "\n") + end
            var counts = SocketTable.empty(ends)
            SocketTable.add(Array(text.utf8), toward: ends, to: &counts)
            let isSix = entry.remote.hasPrefix("000000FD")
            #expect(counts == (isSix ? [Count(), entry.count] : [entry.count, Count()]))
        }
    }

    @Test(arguments: ["", "\n\n", header, "   7:", "   7: 0100007F:D431 0A02000A:1F90", "   7: 0100007F:D431 0A02000A:1F90 0"])
    func passesOverWhatIsNoSocket(text: String) throws {
        let ends = [try #require(End(address: "10.0.2.10", port: 8080)): 0]
        var counts = SocketTable.empty(ends)
        SocketTable.add(Array(text.utf8), toward: ends, to: &counts)
        #expect(counts == [Count()])
    }

    @Test(arguments: [
        ("127.0.0.1", "::ffff:127.0.0.1", true), ("0.0.0.0", "127.0.0.1", true), ("::", "::1", true),
        ("fe80::1%eth0", "fe80::1", true), ("::1", "127.0.0.1", false), ("::1", "::2", false),
    ])
    func oneEndHasSeveralSpellings(first: String, second: String, isSame: Bool) throws {
        let ends = (try #require(End(address: first, port: 80)), try #require(End(address: second, port: 80)))
        #expect((ends.0 == ends.1) == isSame)
        #expect(End(address: first, port: 81) != ends.0)
    }

    @Test(arguments: ["", "localhost", "1.2.3", "?"]) func aNameIsNoEnd(text: String) {
        #expect(End(address: text, port: 80) == nil)
    }

    struct Field: Sendable, CustomTestStringConvertible {
        var name: String
        var now: [Count]
        var targets = [1]
        var sessions = 100
        var range = [1001, 2000]
        var obstacle: SocketDrain.Obstacle?
        var testDescription: String { name }
    }

    static func waiting(_ counts: Int...) -> [Count] { counts.map { Count(open: 0, timeWait: $0) } }

    /// A thousand ports.
    @Test(arguments: [
        Field(name: "nothing", now: [Count()]),
        Field(name: "one still open", now: [one], obstacle: .open(1)),
        Field(name: "open toward the second of two", now: [spent, one], targets: [1, 2], obstacle: .open(1)),
        Field(name: "just enough ports", now: waiting(900)),
        Field(name: "one port short", now: waiting(901), obstacle: .ports(missing: 1)),
        Field(name: "two targets share the sessions", now: waiting(950, 950), targets: [1, 2]),
        Field(
            name: "the first of two has the odd one", now: waiting(950, 950), targets: [1, 2], sessions: 101,
            obstacle: .ports(missing: 1)),
        Field(name: "each target has all ports", now: waiting(960, 0), targets: [1, 2], obstacle: .ports(missing: 10)),
        Field(name: "one target named twice", now: waiting(910), targets: [1, 1], obstacle: .ports(missing: 10)),
        Field(name: "twice of three", now: waiting(933, 967), targets: [1, 2, 1], sessions: 100),
        Field(name: "more sessions than ports, all free", now: waiting(0), sessions: 5000),
        Field(name: "more sessions than ports, some not", now: waiting(7), sessions: 5000, obstacle: .ports(missing: 7)),
        Field(name: "no port range known", now: waiting(60_000), range: []),
        Field(name: "no targets", now: [], targets: []),
    ])
    func saysWhatIsInTheWay(_ field: Field) {
        let ends = field.targets.map { End(four: UInt32($0), port: 80) }
        let drain = SocketDrain(targets: ends, ports: field.range)
        #expect(drain.obstacle(field.now, before: field.sessions) == field.obstacle)
    }

    /// A server that is slow to close, on a port of this host.
    @Test(arguments: ["127.0.0.1", "localhost", "0.0.0.0"]) func seesTheSocketsOfThisHost(host: String) async throws {
        let listener = try Listener.unused()
        defer { listener.close() }
        // The resolver connects to see whether it can, and closes at once.
        let endpoint = Endpoint(secure: false, host: host, port: listener.port)
        let targets = try await TargetResolver.resolve([endpoint], timeout: .seconds(60)).targets
        let drain = SocketDrain(targets: targets, ports: [1, 65_535])
        // The kernel's table comes in pieces: while others open and close sockets, one may be missed or be seen twice.
        #expect(await eventually { drain.read() == [Self.one] })
        #expect(await eventually { await drain.wait(before: 1) { true }.obstacle == .open(1) })

        listener.acceptAndClose()
        let (_, obstacle) = await drain.wait(before: 1) { false }
        #expect(obstacle == nil)
        #expect(await eventually { drain.read() == [Self.spent] })
        // The same end, taken for one toward which there is one address only.
        let ends = targets.compactMap { End(address: $0.address.text, port: $0.address.port) }
        let narrow = SocketDrain(targets: ends, ports: [1, 1])
        #expect(await eventually { narrow.read().flatMap { narrow.obstacle($0, before: 1) } == .ports(missing: 1) })
        // A kernel that gives such ports out again keeps nobody waiting.
        let reusing = SocketDrain(targets: targets, ports: [1, 1], reusesPorts: true)
        #expect(reusing.read().flatMap { reusing.obstacle($0, before: 1) } == nil)
    }
}

/// Takes connections at a port of 127.0.0.1 when it is told to.
private struct Listener {
    let descriptor: Int32
    let port: UInt16

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { [descriptor] in
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && listen(descriptor, 8) == 0 && getsockname(descriptor, $0, &size) == 0
            }
        }
        try #require(bound)
        port = UInt16(bigEndian: address.sin_port)
    }

    /// On a port toward which no other test has left a socket.
    static func unused() throws -> Listener {
        while true {
            let listener = try Listener()
            let end = try #require(SocketTable.End(address: "127.0.0.1", port: listener.port))
            let found = SocketDrain(targets: [end], ports: [1, 65_535]).read()
            if found == [SocketTable.Count(open: 0, timeWait: 0)] { return listener }
            listener.close()
        }
    }

    func acceptAndClose() {
        let accepted = accept(descriptor, nil, nil)
        #expect(accepted >= 0 && Glibc.close(accepted) == 0)
    }

    func close() { _ = Glibc.close(descriptor) }
}
