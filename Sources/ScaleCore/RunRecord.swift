/// The machine a run was made on: what decides whether two runs can be compared.
public struct HostFacts: Hashable, Sendable, Codable {
    public var cpuModel: String
    /// Processors this process may use (affinity and quota), not those the machine has.
    public var cores: Int
    public var memoryBytes: Int
    public var kernel: String
    public var system: String
    public var descriptorLimit: Int
    public var descriptorHardLimit: Int
    /// First and last ephemeral port.
    public var portRange: [Int]
    /// `net.core.somaxconn`: the longest accept queue a server here can have.
    public var acceptQueueLimit: Int

    public init(
        cpuModel: String, cores: Int, memoryBytes: Int, kernel: String, system: String, descriptorLimit: Int,
        descriptorHardLimit: Int, portRange: [Int], acceptQueueLimit: Int
    ) {
        self.cpuModel = cpuModel
        self.cores = cores
        self.memoryBytes = memoryBytes
        self.kernel = kernel
        self.system = system
        self.descriptorLimit = descriptorLimit
        self.descriptorHardLimit = descriptorHardLimit
        self.portRange = portRange
        self.acceptQueueLimit = acceptQueueLimit
    }
}

extension HostFacts {
    /// Equal for hosts whose numbers can be held against each other: processor, cores, memory, kernel and system. 16
    /// hexadecimal digits.
    public var fingerprint: String {
        var print = Fingerprint()
        for text in [cpuModel, "\(cores)", "\(memoryBytes)", kernel, system] { print.add(text) }
        return print.description
    }
}

public enum RunStatus: String, Hashable, Sendable, Codable, CaseIterable {
    case running, finished, interrupted, failed
}

/// Where a run's numbers come from.
public enum RunSource: String, Hashable, Sendable, Codable, CaseIterable {
    case measured
    /// Read from files that another tool published: shown and judged, but no gate rests on it.
    case imported
}

/// One invocation: what was asked, where, and how it ended.
public struct RunRecord: Hashable, Sendable {
    /// Lower-case UUID.
    public var uuid: String
    public var startedAt: WallTime
    /// Nil while it runs, and for ever if it was killed.
    public var finishedAt: WallTime?
    public var status: RunStatus
    /// The command line with every secret replaced.
    public var command: String
    public var plan: Plan
    /// Equal for equal plans and deployments; 16 hexadecimal digits.
    public var planHash: String
    /// The user's label of the hardware under test (`--hardware`); empty where none was given.
    public var hardware: String
    public var version: String
    /// The commit of the working directory's Git checkout, 40 or 64 hexadecimal digits; nil outside one.
    public var git: String?
    /// The process that writes it, in words of its host that no other process ever shares: while it lives, nobody else
    /// goes on with the run.
    public var owner: String?
    public var source: RunSource
    /// The name of the experiment whose file it was made from; nil for any other run.
    public var experiment: String?
    /// Nil where the run is imported.
    public var host: HostFacts?

    public init(
        uuid: String, startedAt: WallTime, finishedAt: WallTime? = nil, status: RunStatus = .running, command: String,
        plan: Plan, planHash: String, hardware: String, version: String, git: String? = nil, owner: String? = nil,
        source: RunSource = .measured, experiment: String? = nil, host: HostFacts?
    ) {
        self.uuid = uuid
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.status = status
        self.command = command
        self.plan = plan
        self.planHash = planHash
        self.hardware = hardware
        self.version = version
        self.git = git
        self.owner = owner
        self.source = source
        self.experiment = experiment
        self.host = host
    }
}

/// What a provider launched, as it is stored: no secret is in it.
public struct DeploymentRecord: Hashable, Sendable, Codable {
    /// The provider's name, e.g. `local`.
    public var provider: String
    /// What reports call it, e.g. `local-2x40`.
    public var infra: String
    /// Cores the servers may use, summed over hosts; nil where unknown.
    public var cores: Double?
    public var replicas: Int
    /// Server processes per replica; nil where unknown.
    public var workers: Int?
    /// Sessions one worker admits; nil where unknown or unlimited.
    public var sessionCap: Int?
    /// Redacted.
    public var endpoints: [String]
    /// What stands between the generator and the servers, e.g. `haproxy`; nil where nothing is known to.
    public var balancer: String?
    /// What was asked for, with every option; secrets and values of variables are hidden in it. Empty where the
    /// endpoints say it all.
    public var specification: String

    public init(
        provider: String, infra: String, cores: Double?, replicas: Int, workers: Int?, sessionCap: Int?,
        endpoints: [String], balancer: String? = nil, specification: String = ""
    ) {
        self.provider = provider
        self.infra = infra
        self.cores = cores
        self.replicas = replicas
        self.workers = workers
        self.sessionCap = sessionCap
        self.endpoints = endpoints
        self.balancer = balancer
        self.specification = specification
    }
}

extension DeploymentRecord {
    /// Equal but for where it happens to listen.
    public func isSame(as other: DeploymentRecord) -> Bool {
        var moved = other
        moved.endpoints = endpoints
        return self == moved
    }

    /// Whether a deployment of another plan that is the same by all that is stored may have been given other variables.
    public var hidesVariables: Bool { Redaction.hidesVariable(in: specification) }
}

/// A stage of a deployment's life and how long it took.
public struct LifecycleRecord: Hashable, Sendable, Codable {
    public enum Stage: String, Hashable, Sendable, Codable, CaseIterable {
        case create, scheduled, started, healthy
        case firstReset = "first_reset"
        case stop
    }
    public var replica: Int
    public var stage: Stage
    /// Since the launch was asked for.
    public var start: Nanoseconds
    public var duration: Nanoseconds
    /// `ok`, or the sentence that says why not.
    public var outcome: String
    /// Which launch of the deployment it is of: the mark of what that launch made, which no other has. Nil where it is not
    /// known.
    public var launch: String?

    public init(
        replica: Int, stage: Stage, start: Nanoseconds, duration: Nanoseconds, outcome: String, launch: String? = nil
    ) {
        self.launch = launch
        self.replica = replica
        self.stage = stage
        self.start = start
        self.duration = duration
        self.outcome = outcome
    }
}

/// A stored run with all its cells: what every report, chart and gate is made from.
public struct RunSnapshot: Sendable {
    public struct Cell: Sendable {
        /// Row id in the store.
        public var id: Int64
        public var deployment: Int64
        public var record: CellRecord

        public init(id: Int64, deployment: Int64, record: CellRecord) {
            self.id = id
            self.deployment = deployment
            self.record = record
        }
    }

    public var run: RunRecord
    public var deployments: [Int64: DeploymentRecord]
    public var lifecycle: [Int64: [LifecycleRecord]]
    /// In the order they were measured.
    public var cells: [Cell]

    /// Cells that say what they were measured for; one in which the servers were ended is still to be measured.
    public var finishedCells: Int { cells.count { !$0.record.isTerminated } }

    public init(
        run: RunRecord, deployments: [Int64: DeploymentRecord], lifecycle: [Int64: [LifecycleRecord]], cells: [Cell]
    ) {
        self.run = run
        self.deployments = deployments
        self.lifecycle = lifecycle
        self.cells = cells
    }
}

extension RunSnapshot {
    /// What reports call a deployment: its infra name, with the row id where two share one.
    public func name(of deployment: Int64) -> String {
        guard let record = deployments[deployment] else { return "deployment \(deployment)" }
        let shared = deployments.values.filter { $0.infra == record.infra }.count > 1
        return shared ? "\(record.infra) (\(deployment))" : record.infra
    }
}
