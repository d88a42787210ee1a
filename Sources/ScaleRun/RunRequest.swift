import ScaleAnalysis
import ScaleCore
import ScaleEngine
import ScaleProviders
import ScaleTLS

/// Everything one run needs, checked and typed: what the command line was turned into.
public struct RunRequest: Sendable {
    public var plan: Plan
    /// The recorded episodes that the plan names.
    public var trace: Trace?
    /// What is measured, at least one. Several take turns.
    public var infrastructures: [Infrastructure]
    /// What every launch gets, unless its infrastructure says otherwise; the null server's as well.
    public var launch: LaunchRequest
    /// What makes the run an experiment; nil for a plain one, which has a single infrastructure.
    public var experiment: ExperimentSettings?
    /// What makes the run a duel of its two infrastructures, of which the first is A; nil for any other.
    public var duel: DuelSettings?
    /// The flag that says how many sessions.
    public var sessionsFlag: String
    /// Reactors of each process; nil for what pays on this host.
    public var threads: Int?
    /// Processes that make the load, this one included.
    public var processes: Int
    public var trust: TLSTrust
    /// Runs one session before the grid and refuses the run when the environment refuses it.
    public var preflight: Bool
    /// Distinct hosts that must have answered, and whether too few end the run or only warn.
    public var expectedHosts: Int?
    public var requireHosts: Bool
    /// Measures the generator's own ceiling where it is not known yet; what is known is used anyway.
    public var calibrates: Bool
    /// How often servers that were ended in mid-grid are launched again, for the same cell; nil for the usual number.
    public var relaunches: Int?
    var mostRelaunches: Int { relaunches ?? (experiment == nil ? 0 : ExperimentSettings.usualRelaunches) }
    /// Which hosts load may be sent to.
    public var permission = TargetPermission()
    /// Goes on with the latest unfinished run of the same plan.
    public var resume: Bool
    /// The command line for the record, without secrets.
    public var command: String
    public var hardware: String
    public var host: HostFacts
    /// What the generator is calibrated against; nil for the bundled environment that ``launch`` can start.
    var nullServer: (any Provider)?

    public init(
        plan: Plan, trace: Trace? = nil, infrastructures: [Infrastructure], launch: LaunchRequest,
        sessionsFlag: String = "--requests",
        threads: Int? = nil, processes: Int = 1, trust: TLSTrust = .system,
        preflight: Bool = true, expectedHosts: Int? = nil, requireHosts: Bool = false,
        calibrates: Bool = true, resume: Bool = false,
        command: String, hardware: String, host: HostFacts
    ) {
        self.plan = plan
        self.trace = trace
        self.infrastructures = infrastructures
        self.launch = launch
        self.sessionsFlag = sessionsFlag
        self.threads = threads
        self.processes = processes
        self.trust = trust
        self.preflight = preflight
        self.expectedHosts = expectedHosts
        self.requireHosts = requireHosts
        self.calibrates = calibrates
        self.resume = resume
        self.command = command
        self.hardware = hardware
        self.host = host
    }

    /// A run of one infrastructure.
    public init(
        plan: Plan, trace: Trace? = nil, provider: any Provider, specification: LaunchSpecification = .none, launch: LaunchRequest,
        targetFlag: String = "--url",
        sessionsFlag: String = "--requests",
        threads: Int? = nil, processes: Int = 1, trust: TLSTrust = .system,
        preflight: Bool = true, expectedHosts: Int? = nil, requireHosts: Bool = false,
        calibrates: Bool = true, resume: Bool = false,
        command: String, hardware: String, host: HostFacts
    ) {
        self.init(
            plan: plan, trace: trace,
            infrastructures: [Infrastructure(provider: provider, flag: targetFlag, specification: specification)], launch: launch,
            sessionsFlag: sessionsFlag, threads: threads, processes: processes, trust: trust, preflight: preflight,
            expectedHosts: expectedHosts, requireHosts: requireHosts, calibrates: calibrates, resume: resume, command: command,
            hardware: hardware, host: host)
    }

    /// Of each process. All loops together are no more than there are sessions, or connections of a pool: each has one
    /// of both at least.
    func threads(for cell: CellKey) -> Int {
        let share = cell.sessions / processes
        let wanted = threads ?? LoadEngine.usefulThreads(sessions: share, cores: host.cores / processes)
        return max(1, min(wanted, needed(cell) / processes))
    }

    /// Of all processes.
    func loops(for cell: CellKey) -> Int { threads(for: cell) * processes }

    /// More processes than this help nobody on one host.
    public static let mostProcesses = 64

    /// Refuses processes for which there is nothing to do.
    public func checkProcesses() throws(ScaleError) {
        guard let least = extremes.min(by: { needed($0) < needed($1) }) else { return }
        let flag = "--processes \(processes)"
        if processes < 1 || processes > Self.mostProcesses {
            throw .usage("\(flag) is not from 1 to \(Self.mostProcesses)", hint: "use as few as the descriptor limit allows")
        }
        if processes <= needed(least) { return }
        if needed(least) < least.sessions {
            throw .usage(
                "\(flag) is more than the connections of --http-connections \(plan.httpConnections)",
                hint: "use fewer processes, or a larger pool")
        }
        if plan.search != nil {
            throw .usage(
                "\(flag) is more than the \(least.sessions) sessions that a search may try", hint: "use fewer processes")
        }
        throw .usage(
            "\(flag) is more than the sessions of \(sessionsFlag) \(least.sessions)", hint: "use fewer processes, or more sessions")
    }

    /// Descriptors a process needs besides a cell's sockets: the database, pipes, epoll and libraries.
    static let otherDescriptors = 116

    /// Whether so many sockets of one process fit under the descriptor limit.
    public static func fits(sessions: Int, _ host: HostFacts) -> Bool { sessions + otherDescriptors <= host.descriptorLimit }

    /// Refuses a grid whose sockets do not fit under the descriptor limit, which holds for each process by itself.
    public func checkDescriptors() throws(ScaleError) {
        // At a rate, or over a ramp, how many are open at once depends on how long they take.
        guard plan.opensAllAtOnce, let largest = extremes.max(by: { needed($0) < needed($1) }) else { return }
        let total = descriptors(largest, processes: processes)
        if total <= host.descriptorLimit { return }
        let enough = (processes + 1..<max(processes + 1, Self.mostProcesses + 1)).first {
            $0 <= needed(largest) && descriptors(largest, processes: $0) <= host.descriptorLimit
        }
        // The soft limit has been raised to the hard one before.
        throw .usage(
            "\(sessionsFlag) \(largest.sessions) needs \(grouped(total)) descriptors\(processes > 1 ? " in each process" : ""), limit \(grouped(host.descriptorLimit))",
            hint: (enough.map { "use --processes \($0), " } ?? "")
                + "ask for fewer, or raise the hard limit: ulimit -Hn \(total) as root")
    }

    /// What to say of sessions that may become more than the descriptor limit allows; nil where they cannot.
    var descriptorWarning: String? {
        guard !plan.opensAllAtOnce, let largest = extremes.max(by: { needed($0) < needed($1) }) else { return nil }
        if descriptors(largest, processes: processes) <= host.descriptorLimit { return nil }
        return "\(sessionsFlag) \(largest.sessions) is more than the descriptor limit of \(grouped(host.descriptorLimit)) allows at "
            + "a time: should so many be open at once, the others fail with fd_limit"
    }

    /// The largest N that a search may try: as asked, or what fits under the descriptor limit. Not below the start,
    /// which is refused where it does not fit.
    var top: Int {
        let start = plan.sessions.first ?? 1
        guard let search = plan.search else { return plan.sessions.max() ?? start }
        if let asked = search.upTo { return asked }
        var (fits, tooMany) = (start, Self.mostSessions + 1)
        while tooMany - fits > 1 {
            let middle = (fits + tooMany) / 2
            let holds = keys(middle).allSatisfy { descriptors($0, processes: processes) <= host.descriptorLimit }
            if holds { fits = middle } else { tooMany = middle }
        }
        return fits
    }

    /// More than one generating host can make.
    public static let mostSessions = 10_000_000

    /// The cells with the fewest and the most connections are among these.
    private var extremes: [CellKey] {
        if plan.search == nil { return plan.cells }
        let least = min(plan.sessions.first ?? 1, PassRule().fewestToPass)
        return keys(least) + keys(max(top, plan.sessions.first ?? 1))
    }

    private func keys(_ sessions: Int) -> [CellKey] {
        plan.modes.map { CellKey(mode: $0, sessions: sessions, wait: .zero, steps: plan.steps, rep: 1) }
    }

    /// Of the process that has the most to do: its loops stand first in the round.
    private func descriptors(_ cell: CellKey, processes: Int) -> Int {
        var request = self
        request.processes = processes
        let threads = request.threads(for: cell)
        let sockets = (0..<threads).reduce(0) { $0 + LoadSpec.share(of: needed(cell), loop: $1, of: threads * processes) }
        return sockets + Self.otherDescriptors
    }

    /// Connections of a cell from its beginning to its end.
    func connections(_ cell: CellKey) -> Int {
        let calls = cell.mode == .http && plan.httpConnections == .perRequest ? 1 + cell.steps : 1
        return needed(cell) * calls
    }

    /// Connections that are open at one moment.
    func needed(_ cell: CellKey) -> Int {
        if cell.mode == .http, case .pool(let size) = plan.httpConnections { return min(size, cell.sessions) }
        return cell.sessions
    }

    private func grouped(_ value: Int) -> String {
        let digits = String(value)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0 && (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return text
    }
}

extension RunRequest {
    /// Refuses servers on hosts that the command line does not name, and credentials that would travel unencrypted.
    public func checkTargets() async throws(ScaleError) {
        for infrastructure in infrastructures { try await permission.check(infrastructure.provider.attached, flag: infrastructure.flag) }
    }

    /// Refuses an action that is no JSON object or has unknown placeholders.
    public static func checkAction(_ text: String) throws(ScaleError) {
        _ = try ActionTemplate(text, wait: .zero)
    }
}
