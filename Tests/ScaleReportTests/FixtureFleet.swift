import ScaleAnalysis
import ScaleCore

@testable import ScaleReport

extension Fixture {
    /// Two runs: the capped deployment with a floor under it, and four replicas behind a balancer with a long name, over
    /// WebSocket and HTTP, where sessions fail in more ways than there are colours.
    static var fleet: [RunSnapshot] {
        var capped = capped
        for index in capped.cells.indices {
            let sessions = Int64(capped.cells[index].record.key.sessions)
            capped.cells[index].record.floor = LatencyFloor(
                connectP50: .microseconds(40 * sessions), connectP99: .microseconds(80 * sessions),
                stepP50: .microseconds(10 * sessions), stepP99: .microseconds(20 * sessions),
                totalP50: .microseconds(60 * sessions), totalP99: .microseconds(110 * sessions))
        }
        return [capped, replicas]
    }

    private static var replicas: RunSnapshot {
        let plan = Plan(modes: [.ws, .http], sessions: [64, 256, 1024, 16_384], waits: [.seconds(1)], reps: 1)
        let kinds: [FailureKind] = [
            .capacityReached, .timeout, .gateway, .closedMidSession, .execution, .refused, .reset, .protocolViolation,
        ]
        let failures = kinds.enumerated().map { index, kind in
            FailureCount(kind: kind, phase: .step, code: nil, count: 400 - 40 * index, firstAt: .seconds(1))
        }
        var cells: [CellRecord] = []
        for mode in plan.modes {
            for count in plan.sessions where mode == .ws || count < 16_384 {
                let failed = count == 16_384 ? failures.reduce(0) { $0 + $1.count } : 0
                cells.append(
                    cell(
                        count, mode: mode, succeeded: count - failed,
                        total: .seconds(1) + .microseconds(Int64(20_000 + 90 * count)), failures: failed > 0 ? failures : []))
            }
        }
        for index in cells.indices { cells[index].uniqueHosts = 4 }
        var made = snapshot(
            cells, plan: plan,
            deployment: DeploymentRecord(
                provider: "docker", infra: "docker-haproxy-four-replicas-on-a-host-with-a-very-long-name", cores: 16,
                replicas: 4, workers: 4, sessionCap: 1_000, endpoints: ["http://127.0.0.1:9000"], balancer: "haproxy"))
        made.run.uuid = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
        for index in made.cells.indices { made.cells[index].id += 100 }
        return made
    }

    /// Ten values for every session, from 1 to about 2 seconds.
    static func totals(_ cells: [Int64]) -> [Int64: LatencyHistogram] {
        Dictionary(
            uniqueKeysWithValues: cells.map { cell in
                (cell, LatencyHistogram((1...500).map { .milliseconds(1_000 + cell * 2 + Int64(20_000 / (520 - $0))) }))
            })
    }

    /// Sessions that come within a second and go after two.
    static func samples(_ cells: [Int64]) -> [Int64: [CellSample]] {
        let line = (0...20).map { tick in
            CellSample(
                at: .milliseconds(Int64(tick) * 100), open: tick < 15 ? min(80, tick * 10) : 80 - (tick - 15) * 16,
                started: min(128, tick * 16), succeeded: max(0, tick - 15) * 16, failed: min(48, tick * 6),
                loopLag: .microseconds(Int64(tick * 37 % 50) * 100), cpu: .milliseconds(Int64(tick)))
        }
        return Dictionary(uniqueKeysWithValues: cells.map { ($0, line) })
    }

    static func charts(_ snapshots: [RunSnapshot]) -> [ChartFile] {
        let set = ChartSet(snapshots)
        return set.charts(totals: totals(set.cellsOfTotals), samples: samples(set.cellsOfSamples))
    }
}
