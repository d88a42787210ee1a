import Glibc
import ScaleControl
import ScaleCore

/// The programs of a Slurm that this host belongs to.
struct SlurmCommands: Sendable {
    /// The file that says where the controller is; empty for the one that they find by themselves.
    var configuration: String
    var clock: any ControlClock

    static let configurationVariable = "SLURM_CONF"

    /// Of this process's environment.
    init(clock: any ControlClock) {
        self.init(configuration: getenv(Self.configurationVariable).map { String(cString: $0) } ?? "", clock: clock)
    }

    init(configuration: String, clock: any ControlClock) {
        self.configuration = configuration
        self.clock = clock
    }

    /// A job of a launch: with the place where it is.
    func resource(_ mark: LaunchMark) -> Resource { Resource(.job, mark.name, place: configuration) }

    private func ask(
        _ name: String, _ arguments: [String], input: String = "", variables: [String: String] = [:],
        within deadline: Nanoseconds = .seconds(30)
    ) async throws(ScaleError) -> Tool.Answer {
        var variables = variables
        if !configuration.isEmpty { variables[Self.configurationVariable] = configuration }
        return try await Tool(name: name).run(arguments, input: input, variables: variables, within: deadline, clock: clock)
    }

    /// Why nothing can be asked of Slurm here; nil where it answers. Without a controller its commands try for long.
    func absence() async throws(ScaleError) -> ScaleError? {
        guard Tool.find("sbatch") != nil else {
            return ScaleError(
                .infrastructure, "sbatch is not on this host", hint: "run this on a host of the cluster, or install slurm-client")
        }
        let hint = "check that slurmctld runs, and \(Self.configurationVariable)"
        do {
            let answer = try await ask("scontrol", ["ping"], within: .seconds(5))
            if answer.isSuccess, answer.output.contains(" is UP") { return nil }
            return ScaleError(
                .infrastructure, "no controller of Slurm answers", cause: SlurmComplaint.sentences(answer.errors + answer.output),
                hint: hint)
        } catch {
            if error.code == .interrupted { throw error }
            return ScaleError(.infrastructure, "no controller of Slurm answers", cause: error.message, hint: hint)
        }
    }

    /// As `scontrol` tells it; nil where it does not.
    func version() async -> String? {
        guard let answer = try? await ask("scontrol", ["--version"], within: .seconds(5)), answer.isSuccess else { return nil }
        return answer.output.split(whereSeparator: \.isWhitespace).last.map(String.init)
    }

    /// Hands a job in. It is done to its end in a cancelled task too: afterwards it is known whether there is a job.
    /// - Returns: its number.
    func submit(_ arguments: [String], script: String, variables: [String: String]) async throws(ScaleError) -> Int {
        let answer = try await uncancelled { () async throws(ScaleError) in
            try await ask("sbatch", arguments, input: script, variables: variables)
        }
        if answer.isSuccess, let id = Int(answer.output.prefix { $0.isNumber }) { return id }
        throw ScaleError(
            .usage, "sbatch refuses the job", cause: SlurmComplaint.sentences(answer.isSuccess ? answer.output : answer.errors),
            hint: "check partition, account, qos, time, nodes, cpus, memory and extra")
    }

    /// Nil where Slurm knows nothing of it, or not any more.
    func job(_ id: Int, within deadline: Nanoseconds = .seconds(30)) async throws(ScaleError) -> SlurmJob? {
        let answer = try await ask("scontrol", ["--oneliner", "show", "job", "\(id)"], within: deadline)
        if answer.isSuccess { return SlurmJob(line: answer.output) }
        if answer.errors.contains("Invalid job id") { return nil }
        throw ScaleError(.infrastructure, "Slurm does not tell of job \(id)", cause: SlurmComplaint.sentences(answer.errors))
    }

    /// A job that is over when Slurm knows what it will have been, a moment after its end; as it is now where that takes
    /// longer than a second.
    func settled(_ job: SlurmJob, _ clock: any ControlClock) async -> SlurmJob {
        var job = job
        for _ in 0..<10 where job.isEnding {
            try? await clock.sleep(.milliseconds(100))
            guard let next = try? await self.job(job.id, within: .seconds(5)), next.standing == .isOver else { break }
            job = next
        }
        return job
    }

    func node(_ name: String) async throws(ScaleError) -> SlurmNode {
        let answer = try await ask("scontrol", ["--oneliner", "show", "node", name])
        if answer.isSuccess, let node = SlurmNode(line: answer.output) { return node }
        throw ScaleError(
            .infrastructure, "Slurm does not tell the address of node \(name)",
            cause: SlurmComplaint.sentences(answer.errors + answer.output))
    }

    struct Queued: Hashable, Sendable {
        var id: String
        var state: String
    }

    /// This user's jobs of exactly this name that are not over.
    func queued(_ name: String) async throws(ScaleError) -> [Queued] {
        let answer = try await ask("squeue", ["--noheader", "--name=\(name)", "--user=\(getuid())", "--format=%i|%T|%j"])
        guard answer.isSuccess else {
            throw ScaleError(
                .infrastructure, "Slurm does not tell whether there is a job \(name)", cause: SlurmComplaint.sentences(answer.errors))
        }
        return answer.output.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: "|", maxSplits: 2).map(String.init)
            return fields.count == 3 && fields[2] == name ? Queued(id: fields[0], state: fields[1]) : nil
        }
    }

    /// - Returns: what it complains of; nil where it obeys. What is over by then is no failure: whether it is gone is for
    ///   ``queued(_:)`` to tell.
    func cancel(_ ids: [String]) async throws(ScaleError) -> String? {
        let answer = try await ask("scancel", ids)
        return answer.isSuccess ? nil : SlurmComplaint.sentences(answer.errors) ?? "status \(answer.status)"
    }
}

/// Ends a job that is left.
struct JobSweeper: Sweeper {
    static let kind = Resource.Kind.job

    /// Slurm kills what does not end by itself after its own KillWait, 30 s by default.
    private static let patience = Nanoseconds.seconds(90)
    /// Where scancel fails.
    private static let shortPatience = Nanoseconds.seconds(5)

    func find(_ resource: Resource, _ request: LaunchRequest) async throws(ScaleError) -> [String] {
        try await commands(resource, request).queued(resource.name).map { "job \($0.id) \(resource.name) (\($0.state))" }
    }

    func remove(_ resource: Resource, _ request: LaunchRequest) async throws(ScaleError) {
        let commands = commands(resource, request)
        let began = request.clock.now
        var asked: Set<String> = []
        var complaint: String?
        while true {
            let left = try await commands.queued(resource.name)
            guard let first = left.first else { return }
            let new = left.map(\.id).filter { asked.insert($0).inserted }
            if !new.isEmpty { complaint = try await commands.cancel(new) }
            guard request.clock.now < began + (complaint == nil ? Self.patience : Self.shortPatience) else {
                throw ScaleError(
                    .infrastructure,
                    "job \(first.id) is still \(first.state) \(Int((request.clock.now - began).seconds)) s after scancel", cause: complaint,
                    hint: "look at it: scontrol show job \(first.id)")
            }
            try? await request.clock.sleep(.milliseconds(100))
        }
    }

    private func commands(_ resource: Resource, _ request: LaunchRequest) -> SlurmCommands {
        SlurmCommands(configuration: resource.place, clock: request.clock)
    }
}
