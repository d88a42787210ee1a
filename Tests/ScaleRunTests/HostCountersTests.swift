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
