import Foundation
import ScaleCore
import Testing

@testable import ScaleRun

/// What is read from the kernel's counters.
@Suite struct HostCountersTests {
    private let snmp = """
        Ip: Forwarding DefaultTTL
        Ip: 1 64
        Tcp: RtoAlgorithm RtoMin OutSegs RetransSegs InErrs
        Tcp: 1 200 9000 37 0
        """

    @Test func aColumnIsFoundByItsName() {
        #expect(HostCounters.column("RetransSegs", of: "Tcp:", in: snmp) == 37)
        #expect(HostCounters.column("Forwarding", of: "Ip:", in: snmp) == 1)
        #expect(HostCounters.column("Nothing", of: "Tcp:", in: snmp) == nil)
        #expect(HostCounters.column("RetransSegs", of: "TcpExt:", in: snmp) == nil)
        #expect(HostCounters.column("RetransSegs", of: "Tcp:", in: nil) == nil)
    }

    @Test func aPairIsFoundByItsName() {
        let sockstat = "sockets: used 22\nTCP: inuse 5 orphan 0 tw 72397 alloc 6 mem 184\n"
        #expect(HostCounters.pair("tw", of: "TCP:", in: sockstat) == 72_397)
        #expect(HostCounters.pair("mem", of: "UDP:", in: sockstat) == nil)
    }

    @Test func processorTimeIsSharedOut() throws {
        let before = try #require(HostCounters.processors(in: "cpu  100 0 100 700 50 0 0 50 40 0\ncpu0 1 1 1 1\n"))
        #expect(before == .init(all: 1000, idle: 750, stolen: 50))
        let after = try #require(HostCounters.processors(in: "cpu  400 0 200 1100 50 0 0 250 340 0\n"))
        let use = HostCounters(processors: after).since(HostCounters(processors: before))
        #expect(use.busyShare == 0.6 && use.stealShare == 0.2)
        #expect(HostCounters.processors(in: "intr 1 2") == nil)
    }

    @Test func whatIsNotShownStaysUnknown() {
        let use = HostCounters(retransmits: 5, timeWait: 9).since(HostCounters(retransmits: 2, listenDrops: 1))
        #expect(use.retransmits == 3 && use.listenDrops == nil && use.swappedPages == nil && use.busyShare == nil)
        #expect(use.timeWaitBefore == nil && use.timeWaitAfter == 9)
    }

    @Test func thisHostShowsItsCounters() {
        let now = HostCounters.read()
        #expect(now.retransmits != nil && now.listenDrops != nil && now.timeWait != nil && now.swappedPages != nil)
        #expect(now.processors.map { $0.all > $0.idle } == true)
    }

    @Test func portsAreCountedPerSourceAddress() {
        #expect(CellWatch.ports(in: [32_768, 60_999]) == 28_232)
        #expect(CellWatch.ports(in: [100, 109], sourceAddresses: 3) == 30)
        #expect(CellWatch.ports(in: []) == nil)
    }
}

/// A child of the tests' that can be read and is ended with them.
private final class Child {
    let process = Process()
    var pid: Int32 { process.processIdentifier }

    init(_ script: String) throws {
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", script]
        try process.run()
    }

    func end() {
        kill(pid, SIGKILL)
        process.waitUntilExit()
    }

    deinit { end() }
}

@Suite struct ProcessReadingTests {
    @Test func aProcessThatEndedTakesNothingOffTheOthers() async throws {
        let (busy, idle) = (try Child("while :; do :; done"), try Child("exec sleep 60"))
        var before = try #require(ProcessUse.read([busy.pid, idle.pid]))
        while before.cpu < .milliseconds(50) {
            await Task.yield()
            before = try #require(ProcessUse.read([busy.pid, idle.pid]))
        }
        busy.end()
        let after = try #require(ProcessUse.read([busy.pid, idle.pid]))
        #expect(after.cpu < before.cpu, "the one that ended is gone")
        #expect(after.since(before).cpu >= .zero)
    }

    @Test func theBusiestThreadIsTheOneThatWantedMost() async throws {
        let (busy, idle) = (try Child("while :; do :; done"), try Child("exec sleep 60"))
        let before = try #require(ProcessUse.read([busy.pid, idle.pid]))
        var use = before
        var thread = ProcessUse.ThreadTime(ran: .zero, starved: .zero)
        while thread.ran < .milliseconds(30) {
            await Task.yield()
            use = try #require(ProcessUse.read([busy.pid, idle.pid]))
            thread = try #require(use.busiestThread(since: before))
        }
        #expect(thread.ran <= use.since(before).cpu + .milliseconds(20))
        #expect(use.starved(since: before) >= thread.starved)
    }

    /// A shell that has held 32 MiB and let go of them: after a reset the mark is what it holds now.
    @Test func aPeakCountsFromItsReset() async throws {
        let child = try Child("x=$(head -c 33554432 /dev/zero | tr '\\0' a); x=; kill -STOP $$")
        while ProcFile.value("State", separator: ":", in: ProcFile.text("/proc/\(child.pid)/status"))?.hasPrefix("T") != true {
            try #require(child.process.isRunning)
            await Task.yield()
        }
        let high = try #require(ProcessUse.read([child.pid])).peakRSSBytes
        #expect(high > 32 << 20)
        // Where the kernel refuses, the old meaning stays.
        guard ProcessUse.resetPeaks(of: [child.pid]) else { return }
        #expect(try #require(ProcessUse.read([child.pid])).peakRSSBytes < high)
    }

    @Test func aProcessIsKnownByItsBootNumberAndStart() throws {
        let own = try #require(ProcessIdentity.ownProcess)
        #expect(own.pid == getpid() && own.isAlive)
        #expect(ProcessIdentity(own.description) == own)
        #expect(ProcessIdentity("3 words here") == nil && ProcessIdentity("") == nil)
        for change in [
            { (other: inout ProcessIdentity) in other.boot = "another" }, { $0.startedAt += 1 }, { $0.pid = .max },
        ] {
            var other = own
            change(&other)
            #expect(!other.isAlive)
        }
        let child = try Child("exec sleep 60")
        let identity = try #require(ProcessIdentity.of(child.pid))
        #expect(identity.isAlive)
        child.end()
        #expect(!identity.isAlive)
    }
}
