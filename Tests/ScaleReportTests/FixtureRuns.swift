import ScaleCore
import Testing

extension Fixture {
    static let refusals = [
        FailureCount(kind: .capacityReached, phase: .reset, code: nil, count: 46, firstAt: .milliseconds(31)),
        FailureCount(kind: .timeout, phase: .connect, code: nil, count: 2, firstAt: .seconds(5)),
    ]

    /// One deployment behind a session cap of 80: two repetitions, and one cell that the generator spoilt.
    static var capped: RunSnapshot {
        let cap = Verdict(.sessionCap, evidence: "46 of 128 sessions were refused at 2 workers × cap 40 = 80")
        let late = Verdict(.generator, evidence: "the P99 start lag of 310 ms is above 250 ms")
        let plan = Plan(modes: [.ws], sessions: [16, 64, 128, 256], waits: [.seconds(1)], reps: 2, seed: 7)
        return snapshot(
            [
                cell(16, rep: 1, succeeded: 16, total: .milliseconds(1_021)),
                cell(16, rep: 2, succeeded: 16, total: .milliseconds(1_024)),
                cell(64, rep: 1, succeeded: 64, total: .milliseconds(1_060)),
                cell(64, rep: 2, succeeded: 64, total: .milliseconds(1_078)),
                cell(128, rep: 1, succeeded: 80, total: .milliseconds(1_210), failures: refusals, verdict: cap),
                cell(128, rep: 2, succeeded: 80, total: .milliseconds(1_190), failures: refusals, verdict: cap),
                cell(256, rep: 1, succeeded: 80, total: .milliseconds(1_950), verdict: late),
            ],
            plan: plan,
            lifecycle: [
                LifecycleRecord(replica: 0, stage: .create, start: .zero, duration: .milliseconds(420), outcome: "ok"),
                LifecycleRecord(replica: 0, stage: .healthy, start: .milliseconds(420), duration: .milliseconds(910), outcome: "ok"),
            ])
    }

    /// Two deployments, two waits, up to 16,384 sessions: the big picture.
    static var wide: RunSnapshot {
        let sessions = [1, 4, 16, 64, 256, 512, 1024, 2048, 4096, 8192, 16_384]
        let plan = Plan(modes: [.ws], sessions: sessions, waits: [.seconds(1), .seconds(10)], reps: 1)
        var cells: [RunSnapshot.Cell] = []
        for (id, room) in [(Int64(1), 2048), (2, 16_384)] {
            for wait in plan.waits {
                for count in sessions {
                    let held = count <= room ? count : room - count / 8
                    let over = Nanoseconds(Int64(count) * (id == 1 ? 900_000 : 180_000) + 9_000_000)
                    let verdict = Verdict(.serverCPU, evidence: "its processes used 97 % of 2 cores")
                    cells.append(
                        RunSnapshot.Cell(
                            id: Int64(cells.count + 1), deployment: id,
                            record: cell(
                                count, wait: wait, succeeded: max(0, held), total: wait + over,
                                verdict: held < count ? verdict : Verdict(.none, evidence: "every session succeeded"))))
                }
            }
        }
        return RunSnapshot(
            run: run(plan: plan, hardware: "96 cores"),
            deployments: [
                1: deployment(infra: "local-2x1000", cores: 2, workers: 2, cap: 1000),
                2: deployment(infra: "docker-haproxy-8", cores: 16, workers: 16, cap: 2000, endpoints: ["https://lb.example.org"]),
            ],
            lifecycle: [:], cells: cells)
    }

    /// One point, on which nothing succeeded.
    static var dead: RunSnapshot {
        let refused = [FailureCount(kind: .refused, phase: .connect, code: 111, count: 32, firstAt: .microseconds(240))]
        return snapshot(
            [
                cell(
                    32, succeeded: 0, total: .seconds(1), failures: refused,
                    verdict: Verdict(.serverOther, evidence: "nothing listens at the endpoint"))
            ],
            plan: Plan(modes: [.ws], sessions: [32], waits: [.seconds(1)]))
    }

    /// WebSocket and HTTP, three steps without a wait, stopped half-way.
    static var interrupted: RunSnapshot {
        let plan = Plan(modes: [.ws, .http], sessions: [64, 128], waits: [.zero], steps: 3, httpConnections: .pool(32))
        return snapshot(
            [
                cell(64, wait: .zero, steps: 3, succeeded: 64, total: .milliseconds(7)),
                cell(128, wait: .zero, steps: 3, succeeded: 128, total: .milliseconds(12)),
                cell(64, mode: .http, wait: .zero, steps: 3, succeeded: 64, total: .milliseconds(31)),
            ],
            plan: plan, status: .interrupted)
    }

    /// Names that try to break out of every format.
    static var hostile: RunSnapshot {
        var made = snapshot(
            [cell(64, succeeded: 60, total: .milliseconds(1_100), verdict: Verdict(.unknown, evidence: "saw `x` | *y* <b>\nz"))],
            plan: Plan(modes: [.ws], sessions: [64], waits: [.seconds(1)], action: "{\"a\":\"```\"}"),
            deployment: deployment(
                infra: "a|b`c\"d'e\n## f\t<script>\\", endpoints: ["http://h:1/a,b\"c", "http://127.0.0.1:2"]))
        made.run.hardware = "it's 8\" | `cores`\nx"
        return made
    }
}

extension Fixture {
    static func named(_ name: String) throws -> RunSnapshot {
        try #require(
            ["capped": capped, "wide": wide, "dead": dead, "interrupted": interrupted, "hostile": hostile][name])
    }
}
