import ScaleCore
import ScaleProviders
import Testing

@testable import ScaleRun

@Suite struct PlanTests {
    static let plan = Plan(modes: [.ws], sessions: [1, 2], waits: [.seconds(1)], steps: 1, reps: 2)

    static func deployment(_ provider: String = "local", infra: String = "local", port: Int = 4000, cores: Double = 2)
        -> DeploymentRecord
    {
        DeploymentRecord(
            provider: provider, infra: infra, cores: cores, replicas: 1, workers: 1, sessionCap: nil,
            endpoints: ["http://127.0.0.1:\(port)"])
    }

    static func hash(_ plan: Plan, _ deployment: DeploymentRecord, _ specification: LaunchSpecification = .none) -> String {
        StoredRun.planHash(plan, [(deployment, specification)])
    }

    static func changed(_ change: (inout Plan) -> Void) -> Plan {
        var plan = plan
        change(&plan)
        return plan
    }

    static func trace(_ timing: TraceTiming = .order, print: String = "0", episodes: Int = 2, path: String = "a.jsonl") -> TraceSource {
        TraceSource(path: path, fingerprint: print, episodes: episodes, timing: timing)
    }

    @Test func whatMakesNoDifferenceIsNotInTheHash() {
        let hash = Self.hash(Self.plan, Self.deployment())
        #expect(hash == Self.hash(Self.changed { $0.seed = 7 }, Self.deployment()))
        #expect(hash == Self.hash(Self.plan, Self.deployment(port: 4001)))
        #expect(hash.count == 16)
        let traced = [Self.trace(), Self.trace(path: "b.jsonl")].map { trace in
            Self.hash(Self.changed { $0.trace = trace }, Self.deployment())
        }
        #expect(traced[0] == traced[1])
    }

    static let different: [Plan] = [
        changed { $0.modes = [.http] }, changed { $0.modes = [.ws, .http] }, changed { $0.sessions = [1] },
        changed { $0.sessions = [2, 1] }, changed { $0.waits = [.zero] }, changed { $0.addresses = .first }, changed { $0.steps = 2 },
        changed { $0.reps = 1 },
        changed { ($0.steps, $0.reps) = (2, 1) }, changed { $0.timeouts.step = .seconds(1) },
        changed { $0.timeouts.close = .seconds(1) }, changed { $0.httpConnections = .pool(2) },
        changed { $0.action = "{}" },
        changed { $0.shape = .ramp(over: .seconds(1)) }, changed { $0.shape = .ramp(over: .seconds(2)) },
        changed { $0.shape = .open(rate: 1, arrivals: .poisson) }, changed { $0.shape = .open(rate: 1, arrivals: .even) },
        changed { $0.shape = .open(rate: 2, arrivals: .even) }, changed { $0.think = .fixed(span: .seconds(1)) },
        changed { $0.think = .uniform(from: .zero, to: .seconds(1)) },
        changed { $0.waitSpread = .uniform(from: .zero, to: .seconds(1)) },
        changed { $0.waitSpread = .lognormal(mean: .seconds(1), sigma: 1) }, changed { $0.ignoresDone = true },
        changed { $0.pacing = .lockstep }, changed { $0.pacing = .hold(duration: .seconds(1)) },
        changed { $0.pacing = .hold(duration: .seconds(2)) }, changed { $0.trace = trace() }, changed { $0.trace = trace(print: "1") },
        changed { $0.trace = trace(episodes: 3) }, changed { $0.trace = trace(.original) },
        changed { $0.mostReps = 5 }, changed { $0.mostReps = 6 }, changed { $0.search = SearchSettings() },
        changed { $0.search = SearchSettings(within: 0.1) }, changed { $0.search = SearchSettings(upTo: 100) },
        changed { ($0.search, $0.seed) = (SearchSettings(), 1) }, changed { ($0.search, $0.mostReps) = (SearchSettings(), 5) },
        // The same numbers in the same order, in other lists.
        changed { ($0.sessions, $0.waits) = ([1], [Nanoseconds(2), .seconds(1)]) },
    ]

    @Test(arguments: different) func whatIsMeasuredIsInTheHash(_ plan: Plan) {
        #expect(Self.hash(plan, Self.deployment()) != Self.hash(Self.plan, Self.deployment()))
    }

    /// A search that has spent one budget goes on with another.
    @Test func theBudgetOfASearchIsNotInTheHash() {
        let poor = Self.changed { $0.search = SearchSettings(budget: .seconds(1), budgetSessions: 100) }
        let rich = Self.changed { $0.search = SearchSettings() }
        #expect(Self.hash(poor, Self.deployment()) == Self.hash(rich, Self.deployment()))
    }

    @Test func allPlansOfTheTableDiffer() {
        let hashes = (Self.different + [Self.plan]).map { Self.hash($0, Self.deployment()) }
        #expect(Set(hashes).count == hashes.count)
    }

    @Test func whereItIsMeasuredIsInTheHash() {
        let hash = Self.hash(Self.plan, Self.deployment())
        #expect(hash != Self.hash(Self.plan, Self.deployment(infra: "local-w2")))
        let attached = Self.hash(Self.plan, Self.deployment("url", infra: "url-x2"))
        #expect(attached != hash)
        #expect(attached != Self.hash(Self.plan, Self.deployment("url", infra: "url-x2", port: 4001)))
    }

    /// What was launched is in the hash with the values of its variables, which are stored nowhere.
    @Test func whatWasAskedForIsInTheHash() throws {
        let hashes = try ["docker:x", "docker:x,cpus=1", "docker:x,env.MODEL=small", "docker:x,env.MODEL=large"].map { text in
            Self.hash(Self.plan, Self.deployment(), LaunchSpecification(try ProviderSpec(text)))
        }
        #expect(Set(hashes + [Self.hash(Self.plan, Self.deployment())]).count == 5)
    }

    /// A loop has one session and one connection of a pool at least.
    @Test(arguments: [
        (Mode.ws, ConnectionPolicy.perSession, 100, 4, 4), (.ws, .pool(2), 100, 4, 4), (.http, .pool(2), 100, 4, 2),
        (.http, .perRequest, 3, 8, 3), (.http, .pool(9), 1, 8, 1), (.ws, .perSession, 100, 1, 1),
    ])
    func threadsFitTheCell(mode: Mode, connections: ConnectionPolicy, sessions: Int, asked: Int, threads: Int) {
        var plan = Self.plan
        plan.httpConnections = connections
        var request = request(plan, nil)
        request.threads = asked
        let key = CellKey(mode: mode, sessions: sessions, wait: .zero, steps: 1, rep: 1)
        #expect(request.threads(for: key) == threads)
    }
}
