import Logging
import ScaleCore
import ScaleProviders

/// One thing that a run measures: what launches it, and what it is called.
public struct Infrastructure: Sendable {
    /// What reports call it; nil for what its provider does.
    public var name: String?
    public var provider: any Provider
    /// The flag, or the place in a file, that names where the server is: for sentences about it.
    public var flag: String
    /// How long a launch may take to be ready; nil for what the run says.
    public var startup: Nanoseconds?
    /// What was asked for: part of a plan's hash.
    public var specification: LaunchSpecification

    public init(
        name: String? = nil, provider: any Provider, flag: String, startup: Nanoseconds? = nil,
        specification: LaunchSpecification = .none
    ) {
        self.name = name
        self.provider = provider
        self.flag = flag
        self.startup = startup
        self.specification = specification
    }

    var providerName: String { type(of: (provider as? BalancedProvider)?.inner ?? provider).name }

    /// For people.
    var title: String { name ?? providerName }

    /// A server that was launched may still be starting; one that was there before is taken as it is.
    var waitsForHealth: Bool { !(provider is URLProvider) }

    /// What TLS costs the generator depends on the other side's certificate and ciphers: no null server shows it.
    var isCalibrated: Bool { !((provider as? URLProvider)?.endpoints.contains(where: \.secure) ?? false) }

    /// What is stored of a deployment.
    func record(of deployment: any Deployment) -> DeploymentRecord {
        var facts = deployment.facts
        if let name { facts.infra = name }
        facts.specification = specification.shown
        return facts
    }

    /// What is stored where no launch has told more.
    var bareRecord: DeploymentRecord {
        DeploymentRecord(
            provider: providerName, infra: title, cores: nil, replicas: 0, workers: nil, sessionCap: nil, endpoints: [],
            specification: specification.shown)
    }

    /// What one launch of it gets.
    func launch(_ common: LaunchRequest, run: String, _ observe: @escaping @Sendable (RunEvent) -> Void) -> LaunchRequest {
        var log = common.log
        log[metadataKey: "provider"] = "\(providerName)"
        log[metadataKey: "infra"] = "\(title)"
        var launch = common.next(run: run, log: log)
        if let startup { launch.startupDeadline = startup }
        launch.progress = { observe(.launchProgress($0)) }
        return launch
    }

    /// Refuses the number of a process that is not there: what is given to be read must be readable. Of what was launched
    /// the provider knows how it ended.
    func checkProcesses(of deployment: any Deployment) throws(ScaleError) {
        guard provider is URLProvider, let deployment = deployment as? any ResourceReading else { return }
        for (key, processes) in [("pid", deployment.processes), ("balancer-pid", deployment.balancerProcesses)] {
            guard let stranger = processes.first(where: { ProcessUse.start(of: $0) == nil }) else { continue }
            throw .usage("\(flag) url: \(key) \(stranger) is no process of this host", hint: "give those that run, or leave it out")
        }
    }
}

/// What an experiment has beyond a plain run.
public struct ExperimentSettings: Hashable, Sendable {
    public var name: String
    /// No cell is begun that would probably end later than this after the start of this process's part; nil for no limit.
    public var budget: Nanoseconds?
    /// Between two cells, after the sockets of the first are out of the way.
    public var coolDown: Nanoseconds
    /// Measures again instead of going on with an earlier run.
    public var isFresh: Bool

    public init(name: String, budget: Nanoseconds? = nil, coolDown: Nanoseconds = .zero, isFresh: Bool = false) {
        self.name = name
        self.budget = budget
        self.coolDown = coolDown
        self.isFresh = isFresh
    }

    /// How often a block is launched again for the same cell, or for a launch, that went wrong, unless the user says
    /// otherwise.
    static let usualRelaunches = 1
}
