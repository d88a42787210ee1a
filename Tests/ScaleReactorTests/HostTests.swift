import ScaleCore
import ScaleReactor
import Testing

@Suite struct HostTests {
    @Test(arguments: ["127.0.0.1", "localhost"])
    func loopbackResolves(host: String) throws {
        let found = try SocketAddress.resolve(host: host, port: 8000)
        #expect(found.contains { $0.text == "127.0.0.1" || $0.text == "::1" })
        #expect(found.allSatisfy { $0.port == 8000 })
    }

    @Test func theEmptyNameListensOnEveryInterface() throws {
        let found = try SocketAddress.resolve(host: "", port: 1, listening: true)
        #expect(found.contains { $0.text == "0.0.0.0" || $0.text == "::" })
    }

    @Test func aNameThatCannotBeIsRefused() {
        #expect(throws: ResolveFault.self) { try SocketAddress.resolve(host: "no such host", port: 1) }
    }

    @Test func monotonicTimeRises() {
        let readings = (0..<1_000).map { _ in MonotonicClock.now() }
        #expect(readings == readings.sorted())
    }

    @Test func descriptorsAreRaisedToTheHardLimit() throws {
        let limit = try HostLimits.raiseDescriptors()
        #expect(limit.soft == limit.hard && limit.soft > 0)
    }

    @Test func theEnvironmentIsRead() {
        #expect(ThisProcess.environment("PATH") != nil)
        #expect(ThisProcess.environment("SCALEBENCH_NO_SUCH_VARIABLE") == nil)
        #expect(ThisProcess.pid > 1)
    }
}

@Suite struct ChildProcessTests {
    /// Waits for the child's end of the channel to hang up, then for the child itself.
    static func waitForEnd(of child: inout ChildProcess) throws {
        var reactor = try Reactor()
        let deadline = MonotonicClock.now() + .seconds(600)
        try reactor.add(child.channel.descriptor, [.readable, .peerClosed], token: 0)
        while !child.hasEnded(), MonotonicClock.now() < deadline {
            _ = try reactor.wait(until: min(deadline, MonotonicClock.now() + .milliseconds(5)))
        }
    }

    @Test func aReleasedChildEnds() throws {
        var child = try ChildProcess(path: "/bin/cat", arguments: ["-"])
        let ended = child.hasEnded()
        #expect(!ended)
        child.release()
        try Self.waitForEnd(of: &child)
        #expect(child.ending == .exited(0))
    }

    @Test func aKilledChildSaysByWhat() throws {
        var child = try ChildProcess(path: "/bin/cat", arguments: ["-"])
        child.signal(9)
        try Self.waitForEnd(of: &child)
        #expect(child.ending == .signalled(9))
        #expect(child.ending?.description == "signal 9")
    }

    @Test func theExitStatusIsKept() throws {
        var child = try ChildProcess(path: "/bin/sh", arguments: ["-c", "exit 7"])
        try Self.waitForEnd(of: &child)
        #expect(child.ending == .exited(7))
    }

    @Test func aChildSpeaksThroughItsInput() throws {
        var child = try ChildProcess(path: "/bin/sh", arguments: ["-c", "echo ready >&0; cat"])
        var reactor = try Reactor()
        try reactor.add(child.channel.descriptor, .readable, token: 0)
        #expect(try ReactorTests.wait(&reactor) == [ReactorTests.Seen(0, .readable)])
        #expect(ReactorTests.text(child.channel) == "ready\n")
        child.release()
        try Self.waitForEnd(of: &child)
        #expect(child.ending == .exited(0))
    }

    @Test func aMissingProgramIsAFault() {
        #expect(throws: SystemFault("posix_spawn(/no/such/program)", 2)) {
            _ = try ChildProcess(path: "/no/such/program", arguments: [])
        }
    }
}
