import ScaleCore
import ScaleReactor
import Testing

@Suite struct ReactorTests {
    /// Two connected sockets over loopback.
    static func pair() throws -> (Socket, Socket) {
        let address = try #require(try SocketAddress.resolve(host: "127.0.0.1", port: 0).first)
        let listener = try Socket.bound(to: address, shared: false)
        defer { listener.close() }
        try listener.listen()
        let bound = try listener.localAddress()
        let client = Socket(descriptor: Socket.open(for: bound))
        let code = client.connect(to: bound)
        #expect(code == 0 || code == -Errno.inProgress)
        var reactor = try Reactor()
        try reactor.add(listener.descriptor, .readable, token: 0)
        #expect(try wait(&reactor) == [Seen(0, .readable)])
        return (client, Socket(descriptor: listener.accept()))
    }

    /// An event as a value that can be compared.
    struct Seen: Equatable {
        var token: UInt64
        var readiness: Readiness

        init(_ token: UInt64, _ readiness: Readiness) {
            self.token = token
            self.readiness = readiness
        }
    }

    static func wait(_ reactor: inout Reactor, until deadline: MonotonicTime = soon()) throws -> [Seen] {
        let count = try reactor.wait(until: deadline)
        var seen: [Seen] = []
        for index in 0..<count {
            let event = reactor.event(index)
            seen.append(Seen(event.token, event.readiness))
        }
        return seen
    }

    static func poll(_ reactor: inout Reactor) throws -> [Seen] { try wait(&reactor, until: MonotonicClock.now()) }

    /// Far enough away that only a defect reaches it.
    static func soon() -> MonotonicTime { MonotonicClock.now() + .seconds(600) }

    static func text(_ socket: Socket) -> String? {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 100, alignment: 1)
        defer { buffer.deallocate() }
        let count = socket.receive(into: buffer)
        return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
    }

    static func send(_ text: String, _ socket: Socket) -> Int {
        Array(text.utf8).withUnsafeBytes { socket.send($0) }
    }

    @Test func reportsWhatArrivesUnderItsToken() throws {
        let (client, server) = try Self.pair()
        defer { client.close(); server.close() }
        #expect(client.takeError() == 0)
        var reactor = try Reactor()
        try reactor.add(server.descriptor, .readable, token: 42)
        #expect(try Self.poll(&reactor) == [])
        #expect(Self.text(server) == nil)
        #expect(Self.send("hello", client) == 5)
        #expect(try Self.wait(&reactor) == [Seen(42, .readable)])
        #expect(Self.text(server) == "hello")
    }

    @Test func anEdgeIsReportedOnce() throws {
        let (client, server) = try Self.pair()
        defer { client.close(); server.close() }
        var reactor = try Reactor()
        try reactor.add(server.descriptor, [.readable, .edge], token: 1)
        #expect(Self.send("a", client) == 1)
        #expect(try Self.wait(&reactor) == [Seen(1, .readable)])
        #expect(try Self.poll(&reactor) == [])
        #expect(Self.send("b", client) == 1)
        #expect(try Self.wait(&reactor) == [Seen(1, .readable)])
        #expect(Self.text(server) == "ab")
    }

    @Test func interestCanChangeAndEnd() throws {
        let (client, server) = try Self.pair()
        defer { client.close(); server.close() }
        var reactor = try Reactor()
        try reactor.add(server.descriptor, .readable, token: 1)
        try reactor.modify(server.descriptor, [.readable, .writable], token: 2)
        #expect(try Self.wait(&reactor) == [Seen(2, .writable)])
        reactor.remove(server.descriptor)
        #expect(try Self.poll(&reactor) == [])
        do {
            try reactor.modify(server.descriptor, .readable, token: 1)
            Issue.record("a removed descriptor was modified")
        } catch {
            #expect(error == SystemFault("epoll_ctl(mod)", 2))
        }
    }

    @Test func aHalfClosedPeerIsTold() throws {
        let (client, server) = try Self.pair()
        defer { client.close(); server.close() }
        var reactor = try Reactor()
        try reactor.add(server.descriptor, [.readable, .peerClosed], token: 1)
        client.shutdownWrite()
        #expect(try Self.wait(&reactor) == [Seen(1, [.readable, .peerClosed])])
        #expect(Self.text(server) == "")
    }

    @Test func aResetIsAnError() throws {
        let (client, server) = try Self.pair()
        defer { server.close() }
        var reactor = try Reactor()
        try reactor.add(server.descriptor, .readable, token: 1)
        client.resetOnClose()
        client.close()
        let seen = try Self.wait(&reactor)
        #expect(seen.first?.readiness.isSuperset(of: [.error, .hangup]) == true)
        #expect(server.takeError() == -Errno.connectionReset)
    }

    @Test func waitingEndsAtTheDeadlineAndNotBefore() throws {
        var reactor = try Reactor()
        let deadline = MonotonicClock.now() + .milliseconds(20)
        #expect(try Self.wait(&reactor, until: deadline) == [])
        let now = reactor.now
        #expect(now >= deadline)
    }

    @Test func anotherThreadWakesTheLoop() async throws {
        let wake = try WakeUp()
        defer { wake.close() }
        // The thread that blocks is its own: the pool's may all be busy.
        async let seen = ReactorThread.run {
            Result {
                var reactor = try Reactor()
                try reactor.add(wake.descriptor, .readable, token: 9)
                let woken = try Self.wait(&reactor)
                wake.drain()
                return (woken, try Self.poll(&reactor))
            }
        }
        wake.ring()
        let (woken, afterwards) = try await seen.get()
        #expect(woken == [Seen(9, .readable)])
        #expect(afterwards == [])
    }

    @Test func processesOfOneUserShareAPort() throws {
        let address = try #require(try SocketAddress.resolve(host: "127.0.0.1", port: 0).first)
        let first = try Socket.bound(to: address, shared: true)
        defer { first.close() }
        let second = try Socket.bound(to: first.localAddress(), shared: true)
        defer { second.close() }
        #expect(try second.localAddress().port == first.localAddress().port)
        try first.listen()
        try second.listen()
        #expect(throws: SystemFault("bind", Errno.addressInUse)) {
            try Socket.bound(to: first.localAddress(), shared: false).close()
        }
    }
}
