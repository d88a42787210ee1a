import ScaleAnalysis
import ScaleCore
import Testing

private func summary(_ seconds: Double, count: Int) -> LatencySummary {
    let value = Nanoseconds.seconds(seconds)
    return LatencySummary(
        count: count, min: value, mean: value, p50: value, p90: value, p95: value, p99: value, max: value)
}

/// 100 sessions of one step that took what they asked for, all open at once; then what `change` makes of it.
private func cell(
    _ sessions: Int = 100, wait: Double = 1, steps: Int = 1, mode: Mode = .ws, change: (inout CellRecord) -> Void = { _ in }
) -> CellRecord {
    let step = wait + 0.01
    let window = step * Double(max(1, steps))
    var record = CellRecord(
        key: CellKey(mode: mode, sessions: sessions, wait: .seconds(wait), steps: steps, rep: 1),
        startedAt: WallTime(microseconds: 0), wall: .seconds(window + 0.1), succeeded: sessions, failed: 0, failures: [],
        latencies: [
            .step: summary(step, count: sessions * max(1, steps)), .total: summary(window + 0.05, count: sessions),
        ],
        sessionsPerSecond: Double(sessions) / (window + 0.1), stepsPerSecond: Double(sessions) / step,
        effectiveConcurrency: Double(sessions), peakOpen: sessions, uniquePids: 1, uniqueSessions: sessions, uniqueHosts: 1,
        generator: GeneratorUse(cpu: .zero, peakRSSBytes: 0, threads: 1), server: nil, verdict: Verdict(.none, evidence: ""),
        reportedSessionCap: nil)
    change(&record)
    return record
}

private let burst = Plan(modes: [.ws], sessions: [100], waits: [.seconds(1)])

private func plan(_ change: (inout Plan) -> Void) -> Plan {
    var made = burst
    change(&made)
    return made
}

private func fail(_ record: inout CellRecord, _ count: Int, _ kind: FailureKind, _ phase: Phase, code: Int32? = nil) {
    record.failures.append(FailureCount(kind: kind, phase: phase, code: code, count: count, firstAt: .zero))
    record.failed += count
    record.succeeded -= count
}

@Suite("Do the numbers of a cell agree?") struct ConsistencyTests {
    private static let two = DeploymentRecord(
        provider: "local", infra: "local-2x20", cores: 2, replicas: 1, workers: 2, sessionCap: 20, endpoints: [])

    @Test(
        arguments: [
            (cell { $0.latencies[.total] = summary(0.41, count: 100) }, .wait, "P99 total 410 ms is below the wait of 1 s"),
            (
                cell(steps: 3) { $0.latencies[.total] = summary(1.5, count: 100) }, .wait,
                "P99 total 1.5 s is below 3 waits of 1 s"
            ),
            (
                cell {
                    $0.latencies[.step] = summary(0.9, count: 100)
                    $0.effectiveConcurrency = 89.1
                }, .wait, "P50 step 900 ms is below the wait of 1 s"
            ),
            (
                cell { $0.effectiveConcurrency = 90 }, .little,
                "effective concurrency 90 is not 99 steps/s × the mean step of 1.01 s = 100"
            ),
            (
                cell(120) { $0.peakOpen = 110 }, .concurrencyOrder, "effective concurrency 120 is above peak open 110"
            ),
            (cell { $0.peakOpen = 101 }, .concurrencyOrder, "peak open 101 is above N = 100"),
            (
                cell {
                    $0.peakOpen = 40
                    $0.effectiveConcurrency = 30
                    $0.stepsPerSecond = 30 / 1.01
                }, .concurrencyReached, "peak open 40 is below 90 % of N = 100: the batch was offered at once, not held at once"
            ),
            (
                cell {
                    $0.stepsPerSecond = 110
                    $0.effectiveConcurrency = 100
                    $0.latencies[.step] = summary(0.995, count: 100)
                    $0.peakOpen = 100
                    $0.effectiveConcurrency = 109.45
                }, .stepBound, "110 steps/s are above N = 100 ÷ the wait of 1 s = 100"
            ),
            (
                cell {
                    fail(&$0, 16, .timeout, .connect, code: 110)
                    fail(&$0, 2, .refused, .connect)
                }, .failureSpread, "16 of 18 failures are timeout (errno 110) in connect"
            ),
            (
                cell { $0.generator?.ceilingFraction = 0.82 }, .generatorCeiling,
                "the generator ran at 82 % of its calibrated ceiling, above 70 %"
            ),
        ] as [(CellRecord, ConsistencyCheck, String)])
    func aContradictionIsASentence(cell: CellRecord, check: ConsistencyCheck, sentence: String) {
        let found = ConsistencyRules.violations(in: cell, plan: burst)
        #expect(found.contains(CheckViolation(check, sentence)), "\(found)")
    }

    @Test func theSlotsOfTheWorkersBoundTheSteps() {
        let found = ConsistencyRules.violations(in: cell(), plan: burst, deployment: Self.two)
        #expect(found.map(\.sentence) == ["99 steps/s are above workers 2 × cap 20 ÷ the wait of 1 s = 40"])
        // Over HTTP every call has its own environment, and the cap is another thing.
        #expect(ConsistencyRules.violations(in: cell(mode: .http), plan: burst, deployment: Self.two).isEmpty)
    }

    /// What looks like a contradiction only to one who does not know what was asked.
    @Test(
        arguments: [
            ("all is well", cell(), burst),
            ("no wait", cell(wait: 0), burst),
            (
                "a timer that is 1 ms short",
                cell(wait: 0.02) {
                    $0.latencies[.step] = summary(0.0195, count: 100); $0.effectiveConcurrency = nil
                }, burst
            ),
            ("http", cell(mode: .http), burst),
            (
                "held: no number of steps, and the end cuts the last one",
                cell(steps: 0) {
                    $0.latencies[.total] = summary(4.4, count: 100)
                    $0.stepsPerSecond = 75
                    $0.effectiveConcurrency = 99
                },
                plan {
                    $0.pacing = .hold(duration: .seconds(4)); $0.steps = 0
                }
            ),
            (
                "in lock-step", cell(steps: 3),
                plan {
                    $0.pacing = .lockstep; $0.steps = 3
                }
            ),
            (
                "drawn waits are known by their mean",
                cell {
                    $0.latencies[.step] = summary(0.4, count: 100); $0.effectiveConcurrency = nil; $0.stepsPerSecond = 250
                },
                plan { $0.waitSpread = .lognormal(mean: .seconds(1), sigma: 2) }
            ),
            (
                "a trace in its own time",
                cell(wait: 0) {
                    $0.peakOpen = 12; $0.effectiveConcurrency = 10; $0.stepsPerSecond = 1_000
                },
                plan { $0.trace = TraceSource(path: "t", fingerprint: "0123456789abcdef", episodes: 100, timing: .original) }
            ),
            (
                "an action that asks for what it likes",
                cell {
                    $0.latencies[.step] = summary(0.01, count: 100); $0.latencies[.total] = summary(0.02, count: 100)
                    $0.stepsPerSecond = 9_000; $0.effectiveConcurrency = 90
                },
                plan { $0.action = "{}" }
            ),
            ("thinking", cell { $0.latencies[.total] = summary(5, count: 100) }, plan { $0.think = .fixed(span: .seconds(4)) }),
            (
                "sessions that arrive one by one",
                cell {
                    $0.peakOpen = 20; $0.effectiveConcurrency = 15; $0.stepsPerSecond = 15 / 1.01
                },
                plan { $0.shape = .open(rate: 15, arrivals: .even) }
            ),
            (
                "most were refused by the cap",
                cell {
                    fail(&$0, 60, .capacityReached, .reset); $0.peakOpen = 40; $0.effectiveConcurrency = 40
                    $0.stepsPerSecond = 40 / 1.01; $0.latencies[.step] = summary(1.01, count: 40)
                }, burst
            ),
            (
                "episodes that ended early",
                cell(steps: 3) {
                    $0.latencies[.total] = summary(2.1, count: 100); $0.latencies[.step] = summary(1.01, count: 200)
                }, burst
            ),
            ("a few failures", cell { fail(&$0, 9, .timeout, .step) }, burst),
            (
                "nothing succeeded",
                cell {
                    fail(&$0, 50, .timeout, .step); fail(&$0, 50, .refused, .connect); $0.latencies = [:]
                    $0.stepsPerSecond = nil; $0.effectiveConcurrency = nil; $0.peakOpen = 0
                }, burst
            ),
        ] as [(String, CellRecord, Plan)])
    func noFalseAlarm(what: String, cell: CellRecord, plan: Plan) {
        #expect(ConsistencyRules.violations(in: cell, plan: plan).isEmpty, "\(what)")
    }

    private func waits(_ rates: [(Double, Double)], sessions: Int = 16_384, wall: Double = 30) -> [CellRecord] {
        rates.map { wait, rate in
            cell(sessions, wait: wait) {
                $0.sessionsPerSecond = rate
                $0.wall = .seconds(wall)
            }
        }
    }

    @Test func aThroughputThatNoWaitChangesIsNotTheSteps() {
        let flat = waits([(1, 520), (5, 512), (10, 498)])
        #expect(
            ConsistencyRules.violations(across: flat, plan: burst) == [
                CheckViolation(
                    .waitMatters,
                    "ws, N = 16,384: sessions/s 520, 512, 498 at waits of 1, 5, 10 s: connect-limited, not step-limited")
            ])
        // At a rate of arrivals, or of held sessions, it must be so; drawn waits are no comparison.
        for other in [plan { $0.shape = .open(rate: 510, arrivals: .poisson) }, plan { $0.pacing = .hold(duration: .seconds(9)) }] {
            #expect(ConsistencyRules.violations(across: flat, plan: other).isEmpty)
        }
        #expect(ConsistencyRules.violations(across: waits([(1, 520), (10, 470)]), plan: burst).isEmpty)
        #expect(ConsistencyRules.violations(across: waits([(1, 520)]), plan: burst).isEmpty)
        // Waits that add nothing to the time of a cell cannot lower its throughput.
        #expect(ConsistencyRules.violations(across: waits([(0.001, 520), (0.1, 519)]), plan: burst).isEmpty)
        // What the generator limited says nothing.
        let spoilt = flat.map { record in
            var record = record
            record.verdict.limiter = .generator
            return record
        }
        #expect(ConsistencyRules.violations(across: spoilt, plan: burst).isEmpty)
    }

    @Test func equalSuccessesOverNAreAPlateau() throws {
        let cells = [256, 512, 1_024].map { sessions in
            cell(sessions) { fail(&$0, sessions - 200, .timeout, .reset) }
        }
        let found = ConsistencyRules.violations(across: cells, plan: burst)
        #expect(found.map(\.check) == [.growth])
        #expect(try #require(found.first).sentence.contains("stayed at 200 at N = 256, 512 and 1,024"))
        let refused = [256, 512].map { sessions in cell(sessions) { fail(&$0, sessions - 200, .capacityReached, .reset) } }
        #expect(ConsistencyRules.violations(across: refused, plan: burst).isEmpty)
    }

    @Test func rawValuesAreStoredAndStay() {
        #expect(
            ConsistencyCheck.allCases.map(\.rawValue) == [
                "below-wait", "little", "concurrency-order", "concurrency-not-reached", "above-step-bound", "one-failure",
                "generator-ceiling", "independent-of-wait", "success-plateau",
            ])
    }
}
