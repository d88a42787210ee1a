import ScaleCore

extension Fixture {
    /// One launch of so many replicas: created one after the other, started, healthy and answering a little later each.
    /// - Parameter slow: what comes on top of every stage.
    static func launch(_ mark: String, replicas: Int = 2, slow: Nanoseconds = .zero, stop: String = "ok") -> [LifecycleRecord] {
        var records: [LifecycleRecord] = []
        for replica in 0..<replicas {
            var at = Nanoseconds.milliseconds(120) * replica
            let stages: [(LifecycleRecord.Stage, Int64)] = [(.create, 110), (.started, 290), (.healthy, 640), (.firstReset, 3)]
            for (stage, milliseconds) in stages {
                let took = Nanoseconds.milliseconds(milliseconds) + slow
                records.append(LifecycleRecord(replica: replica, stage: stage, start: at, duration: took, outcome: "ok", launch: mark))
                at += took
            }
        }
        let end = records.map { $0.start + $0.duration }.max() ?? .zero
        return records + [
            LifecycleRecord(
                replica: 0, stage: .stop, start: end, duration: .milliseconds(230) + slow, outcome: stop, launch: mark)
        ]
    }

    /// A launch that came to nothing.
    static func failedLaunch(_ mark: String) -> [LifecycleRecord] {
        [
            LifecycleRecord(replica: 0, stage: .create, start: .zero, duration: .milliseconds(100), outcome: "ok", launch: mark),
            LifecycleRecord(
                replica: 0, stage: .healthy, start: .milliseconds(100), duration: .seconds(2), outcome: "it ended with | exit status 3",
                launch: mark),
        ]
    }

    static let container = DeploymentRecord(
        provider: "docker", infra: "docker-x2", cores: 8, replicas: 2, workers: 1, sessionCap: nil,
        endpoints: ["http://127.0.0.1:49153", "http://127.0.0.1:49154"], specification: "docker:image=scalebench-env,replicas=2")

    /// Ten launches and nothing else: two failed, and one could not be stopped.
    static var launches: RunSnapshot {
        let plan = Plan(modes: [.ws], sessions: [], waits: [.zero], reps: 10)
        var lifecycle: [LifecycleRecord] = []
        for number in 1...10 {
            let mark = "sb-0123456789ab-\(number)"
            if number == 4 || number == 7 {
                lifecycle += failedLaunch(mark)
            } else {
                lifecycle += launch(
                    mark, slow: .milliseconds(Int64(number * number)), stop: number == 9 ? "the engine does not answer" : "ok")
            }
        }
        var made = snapshot([], plan: plan, deployment: container, lifecycle: lifecycle)
        made.run.command = "scalebench lifecycle --provider docker:image=scalebench-env,replicas=2"
        return made
    }

    static let ending = "the server that docker launched ended during the grid: exit status 137, out of <memory>"

    /// A grid in which the servers were ended twice: in one of two repetitions at 128, and in both at 256.
    static var ended: RunSnapshot {
        let plan = Plan(modes: [.ws], sessions: [64, 128, 256], waits: [.seconds(1)], reps: 2, seed: 7)
        func lost(_ sessions: Int, rep: Int, succeeded: Int) -> CellRecord {
            let end = FailureCount(
                kind: .providerTerminated, phase: .step, code: nil, count: sessions - succeeded, firstAt: .milliseconds(410))
            return cell(
                sessions, rep: rep, succeeded: succeeded, total: .milliseconds(1_100), failures: [end],
                verdict: Verdict(.serverOther, evidence: ending))
        }
        return snapshot(
            [
                cell(64, rep: 1, succeeded: 64, total: .milliseconds(1_060)), cell(64, rep: 2, succeeded: 64, total: .milliseconds(1_078)),
                cell(128, rep: 1, succeeded: 128, total: .milliseconds(1_210)), lost(128, rep: 2, succeeded: 30),
                lost(256, rep: 1, succeeded: 0), lost(256, rep: 2, succeeded: 0),
            ],
            plan: plan, status: .failed, deployment: container,
            lifecycle: launch("sb-0123456789ab-1") + launch("sb-0123456789ab-2", slow: .milliseconds(40)))
    }
}
