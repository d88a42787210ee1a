import Glibc
import ScaleCore
import ScaleReactor
import ScaleTestKit
import Testing

@testable import ScaleRun

/// A shell of the tests' that can be read, and is ended with them.
private final class Shell {
    private var process: ChildProcess
    var pid: Int32 { process.pid }

    init(_ script: String) throws { process = try ChildProcess(path: "/bin/sh", arguments: ["-c", script]) }

    /// Returns when it is gone, which a kill makes soon.
    func end() async throws {
        process.signal(SIGKILL)
        while !process.hasEnded() { try await pause() }
    }

    deinit { process.signal(SIGKILL) }
}

/// Between two looks at a process: threads for tests are few, and a look takes one.
private func pause() async throws { try await Task.sleep(for: .milliseconds(5)) }

/// What is read of processes, from /proc.
@Suite(.serialized, .patience(minutes: 3)) struct ProcessReadingTests {
    private static let busy = "while :; do :; done"
    private static let idle = "exec sleep 600"

    @Test func aProcessThatEndedTakesNothingOffTheOthers() async throws {
        let (busy, idle) = (try Shell(Self.busy), try Shell(Self.idle))
        var before = try #require(ProcessUse.read([busy.pid, idle.pid]))
        while before.cpu < .milliseconds(50) {
            try await pause()
            before = try #require(ProcessUse.read([busy.pid, idle.pid]))
        }
        try await busy.end()
        let after = try #require(ProcessUse.read([busy.pid, idle.pid]))
        #expect(after.cpu < before.cpu, "the one that ended is gone")
        #expect(after.since(before).cpu >= .zero)
        try await idle.end()
        #expect(ProcessUse.read([busy.pid, idle.pid]) == nil)
    }

    @Test func theBusiestThreadIsTheOneThatWantedMost() async throws {
        let (busy, idle) = (try Shell(Self.busy), try Shell(Self.idle))
        let before = try #require(ProcessUse.read([busy.pid, idle.pid]))
        var use = before
        var thread = ProcessUse.ThreadTime(ran: .zero, starved: .zero)
        while thread.ran < .milliseconds(30) {
            try await pause()
            use = try #require(ProcessUse.read([busy.pid, idle.pid]))
            thread = try #require(use.busiestThread(since: before))
        }
        #expect(thread.ran <= use.since(before).cpu)
        #expect(thread.starved <= use.starved(since: before))
        try await busy.end()
        try await idle.end()
    }

    /// A shell that has held 8 MiB and let go of them: after a reset the mark is what it holds now.
    @Test func aPeakCountsFromItsReset() async throws {
        let shell = try Shell("x=$(head -c 8388608 /dev/zero | tr '\\0' a); x=; kill -STOP $$")
        while ProcFile.value("State", separator: ":", in: ProcFile.text("/proc/\(shell.pid)/status"))?.hasPrefix("T") != true {
            try #require(ProcessUse.start(of: shell.pid) != nil, "it ended")
            try await pause()
        }
        let high = try #require(ProcessUse.read([shell.pid])).peakRSSBytes
        #expect(high > 8 << 20)
        // Where the kernel refuses, the old meaning stays.
        if ProcessUse.resetPeaks(of: [shell.pid]) {
            #expect(try #require(ProcessUse.read([shell.pid])).peakRSSBytes < high)
        }
        try await shell.end()
    }

    @Test func aProcessIsKnownByItsBootNumberAndStart() async throws {
        let own = try #require(ProcessIdentity.ownProcess)
        #expect(own.pid == ThisProcess.pid && own.isAlive)
        #expect(ProcessIdentity(own.description) == own)
        #expect(ProcessIdentity("3 words here") == nil && ProcessIdentity("") == nil)
        let changes: [(inout ProcessIdentity) -> Void] = [
            { $0.boot = "another" }, { $0.startedAt += 1 }, { $0.pid = .max },
        ]
        for change in changes {
            var other = own
            change(&other)
            #expect(!other.isAlive)
        }
        let shell = try Shell(Self.idle)
        let identity = try #require(ProcessIdentity.of(shell.pid))
        #expect(identity.isAlive)
        try await shell.end()
        #expect(!identity.isAlive)
    }
}
