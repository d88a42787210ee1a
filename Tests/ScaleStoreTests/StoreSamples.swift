import Foundation
import GRDB
import ScaleCore

@testable import ScaleStore

/// A directory that goes away with the test.
final class Scratch {
    let directory: String

    init() throws {
        directory = FileManager.default.temporaryDirectory.path + "/scalestore-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    func path(_ name: String = "results.sqlite") -> String { directory + "/" + name }

    func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)))
        return path(name)
    }
}

/// Runs SQL beside the store, as an outside reader or vandal would.
func raw<Value>(_ path: String, _ work: (Database) throws -> Value) throws -> Value {
    let queue = try DatabaseQueue(path: path)
    defer { try? queue.close() }
    return try queue.writeWithoutTransaction(work)
}

/// A file without a run.
func made(_ path: String) throws -> Store {
    let store = try Store(path: path)
    try store.remove(runs: [])
    return store
}

extension Store {
    /// The first value that a query finds.
    func first<Value: DatabaseValueConvertible>(_ sql: String) throws -> Value? {
        try queue.read { try Value.fetchOne($0, sql: sql) }
    }
}

enum Sample {
    static func run(_ uuid: String = "6b1f0c9e-0000-4000-8000-000000000001", startedAt: Int64 = 1_000) -> RunRecord {
        RunRecord(
            uuid: uuid, startedAt: WallTime(microseconds: startedAt), command: "scalebench run -n 2", plan: plan,
            planHash: "0123456789abcdef", hardware: "two cores", version: "1.0.0",
            git: "0123456789abcdef0123456789abcdef01234567", owner: "process 7", host: host)
    }

    static let plan = Plan(
        modes: [.ws, .http], sessions: [1, 16_384], waits: [.zero, .seconds(1)], steps: 3, reps: 2,
        waitSpread: .uniform(from: .zero, to: .seconds(1)), shape: .open(rate: 0.5, arrivals: .poisson),
        think: .lognormal(mean: .milliseconds(300), sigma: 0.5), ignoresDone: true,
        timeouts: PhaseTimeouts(connect: .seconds(1), reset: .seconds(2), step: .seconds(3), close: .seconds(4)),
        httpConnections: .pool(7), action: "{\"message\":\"it's\"}", seed: .max)

    static let host = HostFacts(
        cpuModel: "Some CPU", cores: 2, memoryBytes: 1 << 34, kernel: "6.1", system: "Linux", descriptorLimit: 1024,
        descriptorHardLimit: 4096, portRange: [32_768, 60_999], acceptQueueLimit: 4096)

    static let deployment = DeploymentRecord(
        provider: "local", infra: "local-2x40", cores: 1.5, replicas: 1, workers: 2, sessionCap: 40,
        endpoints: ["http://127.0.0.1:8000", "http://127.0.0.1:8001"], balancer: "haproxy", specification: "local:workers=2")

    static let calibration = CalibrationRecord(
        key: CalibrationKey(host: "0123456789abcdef", mode: .ws, sessions: 1_024, threads: 2, processes: 3),
        measuredAt: WallTime(microseconds: 4), version: "1.0.0", sessionsPerSecond: 12_000.5, stepsPerSecond: 90_000.25,
        cpuPerSession: Nanoseconds(5), bytesPerSession: 6,
        floor: LatencyFloor(
            connectP50: Nanoseconds(7), connectP99: Nanoseconds(8), stepP50: Nanoseconds(9), stepP99: Nanoseconds(10),
            totalP50: Nanoseconds(11), totalP99: Nanoseconds(12)))

    static func key(_ sessions: Int = 2, rep: Int = 1) -> CellKey {
        CellKey(mode: .ws, sessions: sessions, wait: .milliseconds(100), steps: 1, rep: rep)
    }

    /// Every optional nil.
    static func bareCell(_ key: CellKey = key()) -> FinishedCell {
        FinishedCell(
            record: CellRecord(
                key: key, startedAt: WallTime(microseconds: 1), wall: .zero, succeeded: 0, failed: 0, failures: [],
                latencies: [:], sessionsPerSecond: nil, stepsPerSecond: nil, effectiveConcurrency: nil, peakOpen: 0,
                uniquePids: 0, uniqueSessions: 0, uniqueHosts: 0,
                generator: GeneratorUse(cpu: .zero, peakRSSBytes: 0, threads: 1), server: nil,
                verdict: Verdict(.none, evidence: ""), reportedSessionCap: nil),
            sessions: [SessionRecord(session: 0, intendedStart: .zero)], hosts: [], histograms: [:], samples: [])
    }

    /// Every optional set, and no two numbers alike.
    static func fullCell(_ key: CellKey = key()) -> FinishedCell {
        var number: Int64 = 0
        func next() -> Nanoseconds {
            number += 1
            return Nanoseconds(number)
        }
        var latencies: [Metric: LatencySummary] = [:]
        for metric in Metric.allCases {
            latencies[metric] = LatencySummary(
                count: Int(next().rawValue), min: next(), mean: next(), p50: next(), p90: next(), p95: next(),
                p99: next(), max: next())
        }
        var record = CellRecord(
            key: key, startedAt: WallTime(microseconds: 2), wall: next(), succeeded: 1, failed: 1,
            failures: [
                FailureCount(kind: .closedMidSession, phase: .step, code: 1006, count: 2, firstAt: next()),
                FailureCount(kind: .timeout, phase: .reset, code: nil, count: 1, firstAt: next()),
            ], latencies: latencies, sessionsPerSecond: 1.25, stepsPerSecond: 2.5, effectiveConcurrency: 0.1,
            peakOpen: 3, uniquePids: 4, uniqueSessions: 5, uniqueHosts: 6, lateStarts: 11,
            generator: GeneratorUse(
                cpu: next(), peakRSSBytes: 7, threads: 8, loopLagP99: next(), loopLagMax: next(), ceilingFraction: 0.3,
                processes: 12),
            server: ServerUse(cpu: next(), peakRSSBytes: 9),
            verdict: Verdict(.sessionCap, evidence: "the cap's 40"), reportedSessionCap: 40)
        record.lateSteps = 13
        record.hold = HoldSummary(duration: next(), meanOpen: 1.5, leastOpen: 14)
        record.lockstep = LockstepSummary(rounds: 15, idleShare: 0.25)
        record.balancer = ServerUse(cpu: next(), peakRSSBytes: 16)
        record.host = HostUse(
            openDescriptors: 17, availablePorts: 18, timeWaitBefore: 19, timeWaitAfter: 20, retransmits: 21,
            listenDrops: 22, swappedPages: 23, busyShare: 0.75, stealShare: 0.125)
        record.floor = LatencyFloor(
            connectP50: next(), connectP99: next(), stepP50: next(), stepP99: next(), totalP50: next(), totalP99: next())
        record.checks = [
            CheckViolation(.wait, "P99 total 0.41 s is below the wait of 1 s"),
            CheckViolation(.failureSpread, "the cap's 40"),
        ]
        record.lastSuccess = Nanoseconds(999)
        record.reportedActiveSessions = 41
        record.texts = [
            ServerText(kind: .closedMidSession, phase: .step, code: 1006, text: "it's over", count: 2),
            ServerText(kind: .timeout, phase: .reset, code: nil, text: "", count: 1),
        ]
        record.oddities = [.binaryMessage: 24, .doneAtReset: 25]
        record.addresses = [
            AddressUse(address: "127.0.0.1:8000", offered: 1, succeeded: 1), AddressUse(address: "[::1]:8000", offered: 1, succeeded: 0),
        ]
        return FinishedCell(
            record: record, sessions: [succeeded(0, next), failed(1, next)], hosts: ["node-a", "node-b"],
            histograms: [.total: [0x1C, 0x84, 0x00, 0xFF], .connect: []],
            samples: [
                CellSample(at: next(), open: 1, started: 2, succeeded: 3, failed: 4, loopLag: next(), cpu: next()),
                CellSample(at: next(), open: 5, started: 6, succeeded: 7, failed: 8, loopLag: next(), cpu: next()),
            ])
    }

    private static func succeeded(_ index: Int, _ next: () -> Nanoseconds) -> SessionRecord {
        var session = SessionRecord(session: index, intendedStart: next())
        session.start = next()
        session.queue = next()
        session.connect = next()
        session.reset = next()
        session.steps = next()
        session.resetAt = next()
        session.lastStepAt = next()
        session.endedAt = next()
        session.total = next()
        session.waited = next()
        session.think = next()
        session.gated = next()
        session.stepsDone = 3
        session.host = 1
        session.pid = 4_242
        session.hash = SessionHash("0123456789ab")
        return session
    }

    private static func failed(_ index: Int, _ next: () -> Nanoseconds) -> SessionRecord {
        var session = SessionRecord(session: index, intendedStart: next())
        session.start = next()
        session.failure = SessionFailure(kind: .refused, phase: .connect, code: 111, at: next())
        session.host = 0
        return session
    }

    /// A cell that is large enough to leave SQLite's page cache.
    static func largeCell(_ key: CellKey) -> FinishedCell {
        var cell = bareCell(key)
        cell.sessions = (0..<key.sessions).map { SessionRecord(session: $0, intendedStart: .zero) }
        return cell
    }
}

/// ``SessionRecord`` is compared by everything it holds.
func text(_ sessions: [SessionRecord]) -> [String] { sessions.map { "\($0)" } }
