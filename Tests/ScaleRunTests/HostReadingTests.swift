import Foundation
import ScaleCore
import ScaleEngine
import Testing

@testable import ScaleRun

/// What is read from the kernel's files.
@Suite struct HostReadingTests {
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
