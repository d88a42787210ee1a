import Foundation
import ScaleCore
import ScaleEngine
import Testing

@testable import ScaleRun

/// What is read from the kernel's files.
@Suite struct HostReadingTests {
    typealias Counters = SocketDrain.Counters

    static let four = "sockets: used 300\nTCP: inuse 12 orphan 3 tw 4567 alloc 20 mem 1\nUDP: inuse 2 mem 0\n"
    static let six = "TCP6: inuse 5\nUDP6: inuse 1\n"

    @Test(
        arguments: [
            (four, six, Counters(inUse: 17, orphaned: 3, timeWait: 4567)),
            (four, nil, Counters(inUse: 12, orphaned: 3, timeWait: 4567)),
            ("TCP: inuse 1\n", six, Counters(inUse: 6, orphaned: 0, timeWait: 0)),
            ("sockets: used 300\n", six, nil),
            (nil, nil, nil),
        ] as [(String?, String?, Counters?)])
    func socketsOfBothFamiliesCount(text: String?, text6: String?, wanted: Counters?) {
        #expect(Counters.parse(text, text6) == wanted)
    }

    struct Field: Sendable, CustomTestStringConvertible {
        var name: String
        var now: Counters
        var sessions = 100
        var range: [Int] = [32768, 60999]
        var isClear: Bool
        var testDescription: String { name }
    }

    /// Beside 10 sockets in use, none orphaned and 20,000 in TIME_WAIT before the first cell; 28,232 ports.
    @Test(arguments: [
        Field(name: "as before", now: Counters(inUse: 10, orphaned: 0, timeWait: 20_000), isClear: true),
        Field(name: "a few of others", now: Counters(inUse: 26, orphaned: 16, timeWait: 0), isClear: true),
        Field(name: "some still open", now: Counters(inUse: 27, orphaned: 0, timeWait: 0), isClear: false),
        Field(name: "some orphaned", now: Counters(inUse: 10, orphaned: 17, timeWait: 0), isClear: false),
        Field(name: "just enough ports", now: Counters(inUse: 10, orphaned: 0, timeWait: 28_132), isClear: true),
        Field(name: "one port short", now: Counters(inUse: 10, orphaned: 0, timeWait: 28_133), isClear: false),
        Field(
            name: "more sessions than ports, as before", now: Counters(inUse: 10, orphaned: 0, timeWait: 20_000),
            sessions: 50_000, isClear: true),
        Field(
            name: "no port range known", now: Counters(inUse: 10, orphaned: 0, timeWait: 60_000), range: [],
            isClear: true),
    ])
    func isDrained(_ field: Field) {
        let baseline = Counters(inUse: 10, orphaned: 0, timeWait: 20_000)
        let drain = SocketDrain(baseline: baseline, ports: field.range)
        #expect(drain.isDrained(field.now, before: field.sessions) == field.isClear)
    }

    @Test func aChildThatBurnsProcessorTimeIsSeenThroughItsParent() async throws {
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        // The work is a grandchild's; the shell in between only waits.
        shell.arguments = ["-c", "sh -c 'while :; do :; done' & echo $!; wait"]
        shell.standardOutput = Pipe()
        try shell.run()
        let pid = shell.processIdentifier
        var use = try #require(ProcessUse.read([pid]))
        while use.cpu < .milliseconds(50) {
            await Task.yield()
            use = try #require(ProcessUse.read([pid]))
        }
        #expect(use.peakRSSBytes > 100_000 && use.peakRSSBytes < 1 << 30)
        #expect(use.cpu < .seconds(60))
        let said = (shell.standardOutput as? Pipe)?.fileHandleForReading.availableData ?? Data()
        // Signals that can be blocked may be, in a child of a thread of Dispatch's.
        if let child = Int32(String(decoding: said, as: UTF8.self).filter(\.isNumber)) { kill(child, SIGKILL) }
        kill(pid, SIGKILL)
        shell.waitUntilExit()
        #expect(ProcessUse.read([pid]) == nil)
    }

    @Test func nobodyUsesNothing() { #expect(ProcessUse.read([]) == nil) }

    @Test func theFactsOfThisHostAreThoseOfAMachine() throws {
        let facts = try HostProbe.facts()
        #expect(facts.cores >= 1 && facts.cores <= ProcessInfo.processInfo.processorCount)
        #expect(facts.memoryBytes > 64 << 20)
        #expect(facts.kernel.first?.isNumber == true && !facts.kernel.contains("\n"))
        #expect(!facts.system.isEmpty && !facts.system.contains("\"") && !facts.cpuModel.isEmpty)
        #expect(facts.descriptorLimit >= 64 && facts.descriptorHardLimit >= facts.descriptorLimit)
        #expect(facts.portRange.count == 2 && facts.portRange[0] < facts.portRange[1])
        #expect(facts.acceptQueueLimit > 0)
    }

    @Test func theSecondRequestToStopIsAHurry() {
        let control = StopControl()
        #expect(!control.isStopRequested)
        #expect(throws: Never.self) { try control.check() }
        let board = ProgressBoard(threads: 1)
        control.watch(board)
        control.requestStop()
        #expect(control.isStopRequested && !control.isHurried && board.isStopRequested)
        #expect(throws: ScaleError.self) { try control.check() }
        control.requestStop()
        #expect(control.isHurried)
        // Who comes later finds the stop waiting.
        let late = ProgressBoard(threads: 1)
        control.watch(late)
        #expect(late.isStopRequested)
    }
}
