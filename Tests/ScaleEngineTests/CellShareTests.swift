import Foundation
import ScaleAnalysis
import ScaleCore
import ScaleReactor
import ScaleTestKit
import Synchronization
import ScaleTestKit
import Testing

@testable import ScaleEngine

/// What one process measured, on its way to another.
@Suite struct CellShareTests {
    /// A session that uses every field.
    static func session(_ number: Int, failure: SessionFailure? = nil, host: Int32? = 0) -> SessionRecord {
        var record = SessionRecord(session: number, intendedStart: Nanoseconds(Int64(number)))
        record.start = Nanoseconds(1)
        record.queue = Nanoseconds(2)
        record.connect = Nanoseconds(3)
        record.reset = Nanoseconds(4)
        record.steps = Nanoseconds(5)
        record.resetAt = Nanoseconds(6)
        record.lastStepAt = Nanoseconds(7)
        record.endedAt = Nanoseconds(8)
        record.total = failure == nil ? Nanoseconds(9) : nil
        record.waited = Nanoseconds(10)
        record.think = Nanoseconds(11)
        record.gated = Nanoseconds(13)
        record.stepsDone = 12
        record.failure = failure
        record.host = host
        record.pid = 14
        record.hash = SessionHash("hash \(number)")
        record.gated = Nanoseconds(15)
        return record
    }

    static func loop(_ index: Int, of loops: Int, sessions: Int, hosts: [String]) -> LoopResult {
        var steps = LatencyHistogram()
        var lags = LatencyHistogram()
        for value in 1...50 { steps.record(Nanoseconds(Int64(value * (index + 3)) * 12_345_679)) }
        for value in 1...20 { lags.record(Nanoseconds(Int64(value * (index + 1)) * 777)) }
        let numbers = stride(from: index, to: sessions, by: loops)
        let failure = SessionFailure(kind: .capacityReached, phase: .reset, code: 1013, at: Nanoseconds(77))
        return LoopResult(
            sessions: numbers.map {
                session($0, failure: $0 % 5 == 0 ? failure : nil, host: $0 % 3 == 0 ? nil : Int32($0 % hosts.count))
            },
            steps: steps, lags: lags, stepsInWindow: 50, stepTime: Nanoseconds(Int64(index) * 1_000),
            window: index == 1 ? nil : Nanoseconds(Int64(index))...Nanoseconds(900 + Int64(index)),
            rounds: (0..<index).map { round in
                var made = LockstepRound(released: Nanoseconds(Int64(round) * 10))
                made.answered(from: Nanoseconds(Int64(round) * 10), to: Nanoseconds(Int64(round * 10 + index)))
                return made
            },
            lateSteps: index,
            samples: (0...index).map {
                CellSample(
                    at: Nanoseconds(Int64($0) * 100), open: $0, started: $0 + 1, succeeded: $0, failed: 1,
                    loopLag: Nanoseconds(Int64(index)), cpu: Nanoseconds(Int64($0)))
            },
            hosts: hosts, reportedCap: index == 0 ? nil : index * 10, reportedActive: index == 0 ? nil : index * 11,
            texts: [ServerText(kind: .execution, phase: .step, code: index == 1 ? nil : 7, text: "“no”", count: index + 1)],
            oddities: [.binaryMessage: index + 1],
            cpu: Nanoseconds(Int64(index) * 7),
            starved: index == 1 ? nil : Nanoseconds(Int64(index) * 9), peakSockets: index + 3, ended: Nanoseconds(Int64(index) * 1_111),
            aborted: false)
    }

    static let loops = (0..<4).map { loop($0, of: 4, sessions: 41, hosts: $0 % 2 == 0 ? ["a", "b"] : ["b", "c", "a"]) }
    static let shares = [
        CellShare(startedAt: WallTime(microseconds: 5), loops: Array(loops[..<2]), peakRSSBytes: 1_000),
        CellShare(startedAt: WallTime(microseconds: 4), loops: Array(loops[2...]), peakRSSBytes: 30),
    ]

    static func outcome(_ shares: [CellShare]) throws -> CellOutcome {
        let address = try SocketAddress.resolve(host: "127.0.0.1", port: 1)[0]
        let target = LoadTarget(endpoint: Endpoint(secure: false, host: "127.0.0.1", port: 1), address: address)
        return try LoadEngine.outcome(of: try spec(target, cell(.ws, sessions: 41)), shares)
    }

    /// Everything that a recording holds, as text.
    static func dump(_ outcome: CellOutcome) -> [String] {
        let recording = outcome.recording
        var rest = recording
        rest.steps = LatencyHistogram()
        rest.sessions = []
        return recording.sessions.map { String(reflecting: $0) }
            + ["\(recording.steps.exactlyEncoded)", String(reflecting: rest)]
    }

    @Test func loopsOfOneProcessAndOfSeveralMergeToTheSame() throws {
        let sent = try Self.shares.map { try CellShare(encoded: $0.encoded) }
        #expect(try Self.dump(Self.outcome(sent)) == Self.dump(Self.outcome(Self.shares)))
        var one = try Self.outcome([
            CellShare(startedAt: WallTime(microseconds: 4), loops: Self.loops, peakRSSBytes: 1_030)
        ])
        #expect(one.recording.generator.processes == 1)
        one.recording.generator.processes = 2
        #expect(try Self.dump(Self.outcome(sent)) == Self.dump(one))
        let recording = try Self.outcome(sent).recording
        #expect(recording.sessions.map(\.session) == Array(0..<41))
        #expect(recording.generator.threads == 4 && recording.generator.peakRSSBytes == 1_030)
        #expect(recording.steps.count == 200 && recording.hosts == ["a", "b", "c"])
        #expect(recording.reportedSessionCap == 30 && recording.startedAt == WallTime(microseconds: 4))
    }

    /// Guards the test above: what a session or a loop has is in its samples, whatever is added to them later.
    @Test func theSamplesUseEveryField() {
        let failed = SessionFailure(kind: .refused, phase: .connect, code: 1, at: .zero)
        for record in [Self.session(1), Self.session(1, failure: failed)] {
            let absent = Mirror(reflecting: record).children.filter { "\($0.value)" == "nil" }.compactMap(\.label)
            #expect(absent == [record.failure == nil ? "failure" : "total"])
        }
        let absent = Mirror(reflecting: Self.loops[2]).children.filter { "\($0.value)" == "nil" }.compactMap(\.label)
        #expect(absent == [])
    }

    @Test func anEmptyShareIsAShare() throws {
        let share = try CellShare(encoded: CellShare(startedAt: WallTime(microseconds: 1), loops: [], peakRSSBytes: 2).encoded)
        #expect(share.loops.isEmpty && share.peakRSSBytes == 2)
    }

    @Test func damageIsRefused() throws {
        let share = CellShare(
            startedAt: WallTime(microseconds: 1), loops: [Self.loop(2, of: 4, sessions: 8, hosts: ["a"])], peakRSSBytes: 2)
        let bytes = share.encoded
        for place in bytes.indices {
            var damaged = bytes
            damaged[place] ^= 0x10
            #expect(throws: ScaleError.self, "byte \(place)") { try CellShare(encoded: damaged) }
        }
        for count in [0, 7, 31, 32, 33, bytes.count - 1] {
            #expect(throws: ScaleError.self) { try CellShare(encoded: Array(bytes.prefix(count))) }
        }
        #expect(throws: ScaleError.self) { try CellShare(encoded: bytes + [0]) }
    }

    @Test func aStoppedShareIsNoPartOfAnOutcome() throws {
        var shares = Self.shares
        shares[1].loops[0].aborted = true
        #expect(throws: ScaleError(.interrupted, "the cell was stopped before its end")) { _ = try Self.outcome(shares) }
    }
}

/// One board seen by two holders, as two processes do.
@Suite struct SharedBoardTests {
    static func pair(_ threads: Int) throws -> (ProgressBoard, ProgressBoard) {
        let first = try ProgressBoard(sharedBy: threads)
        return (first, try ProgressBoard(inherited: dup(try #require(first.descriptor)), sharedBy: threads))
    }

    @Test func whatOneWritesTheOtherReads() throws {
        let (parent, child) = try Self.pair(3)
        parent.publish(loop: 0, started: 1, connecting: 2, resetting: 3, stepping: 4, thinking: 5, succeeded: 6, failed: 7)
        child.publish(loop: 2, started: 10, connecting: 20, resetting: 30, stepping: 40, thinking: 50, succeeded: 60, failed: 70)
        var sum = CellProgress()
        (sum.started, sum.connecting, sum.resetting, sum.stepping) = (11, 22, 33, 44)
        (sum.thinking, sum.succeeded, sum.failed) = (55, 66, 77)
        #expect(parent.snapshot() == sum && child.snapshot() == sum)
        #expect(!parent.isStopRequested)
        child.requestStop()
        #expect(parent.isStopRequested)
    }

    @Test func allAreReleasedAtOneInstant() async throws {
        let (parent, child) = try Self.pair(4)
        let releases = await withTaskGroup(of: (MonotonicTime, MonotonicTime).self) { group in
            for board in [parent, child, parent, child] {
                group.addTask {
                    await ReactorThread.run { (board.awaitRelease(now: MonotonicClock.now), MonotonicClock.now()) }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(releases.map(\.0)).count == 1)
        #expect(releases.allSatisfy { $0.0 <= $0.1 }, "somebody went before the release")
    }

    @Test func aStopReleasesThoseWhoWait() async throws {
        let (parent, child) = try Self.pair(2)
        async let waiting = ReactorThread.run { child.awaitRelease(now: MonotonicClock.now) }
        parent.requestStop()
        _ = await waiting
    }

    @Test func aBoardForOthersIsRefused() throws {
        let board = try ProgressBoard(sharedBy: 2)
        #expect(throws: SystemFault.self) {
            try ProgressBoard(inherited: dup(try #require(board.descriptor)), sharedBy: 3)
        }
        #expect(ProgressBoard(threads: 2).descriptor == nil)
    }
}

extension LoopbackTests {
    /// Loops of one cell that run apart, and connections that go out from given addresses.
    @Suite struct PartTests {
        @Test func loopsThatRunApartMakeOneCell() async throws {
            let outcome = try await EnvironmentTests.serving { target in
                var spec = try spec(target, cell(.ws, sessions: 25, wait: .milliseconds(5), steps: 2))
                spec.action = .benchmark(wait: .milliseconds(5))
                spec.threads = 3
                let (parent, child) = try SharedBoardTests.pair(3)
                var (first, second) = (spec, spec)
                (first.loops, second.loops) = (0..<1, 1..<3)
                async let one = LoadEngine.share(first, board: parent)
                async let two = LoadEngine.share(second, board: child)
                let outcome = try LoadEngine.outcome(of: spec, [try await one, CellShare(encoded: try await two.encoded)])
                #expect(parent.snapshot().succeeded == 25)
                return outcome
            }
            let recording = outcome.recording
            #expect(recording.sessions.map(\.session) == Array(0..<25))
            #expect(recording.sessions.allSatisfy { $0.succeeded })
            #expect(recording.steps.count == 50 && recording.stepsInWindow == 50)
            #expect(recording.generator.threads == 3 && recording.generator.processes == 2)
        }

        /// Addresses of this process's ends of connections to a port.
        static func sources(to port: UInt16) throws -> [String: Int] {
            var found: [String: Int] = [:]
            for name in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
                var peer = sockaddr_in()
                var size = socklen_t(MemoryLayout<sockaddr_in>.size)
                let code = withUnsafeMutablePointer(to: &peer) {
                    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(Int32(name) ?? -1, $0, &size) }
                }
                guard code == 0, UInt16(bigEndian: peer.sin_port) == port else { continue }
                guard let own = try? Socket(descriptor: Int32(name) ?? -1).localAddress() else { continue }
                found[own.text, default: 0] += 1
            }
            return found
        }

        @Test(arguments: [1, 2], [["127.0.0.1"], ["127.0.0.1", "127.0.0.2", "127.0.3.4"]])
        func sourcesAreTakenInTurn(threads: Int, sources: [String]) async throws {
            let seen = try await ScriptedPeer.following([[.request, .untilEnd]]) { target in
                var spec = try spec(target, cell(.ws, sessions: 30))
                spec.threads = threads
                spec.targets[0].sources = try sources.flatMap { try SocketAddress.resolve(host: $0, port: 0).prefix(1) }
                let board = ProgressBoard(threads: threads)
                async let ended: Void? = try? { [spec] in _ = try await LoadEngine.run(spec, board: board) }()
                while board.snapshot().started < 30 { await Task.yield() }
                let seen = try Self.sources(to: target.address.port)
                board.requestStop()
                _ = await ended
                return seen
            }.0
            #expect(seen == Dictionary(uniqueKeysWithValues: sources.map { ($0, 30 / sources.count) }))
        }

        @Test func aSourceThatIsNotOursIsNamed() async throws {
            let outcome = try await EnvironmentTests.serving { target in
                var spec = try spec(target, cell(.ws))
                spec.targets[0].sources = try SocketAddress.resolve(host: "192.0.2.1", port: 0)
                return try await run(spec)
            }
            #expect(outcome.recording.sessions.map { Ending($0) } == [.failure(.portExhausted, .connect, Errno.addressNotAvailable)])
        }
    }
}
