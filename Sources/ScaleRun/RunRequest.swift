import ScaleCore
import ScaleEngine
import ScaleProviders
import ScaleTLS

/// Everything one run needs, checked and typed: what the command line was turned into.
public struct RunRequest: Sendable {
    public var plan: Plan
    /// The recorded episodes that the plan names.
    public var trace: Trace?
    public var provider: any Provider
    public var launch: LaunchRequest
    /// The flag that names where the server is, for sentences about it.
    public var targetFlag: String
    /// The flag that says how many sessions.
    public var sessionsFlag: String
    /// Reactors; nil for what pays on this host.
    public var threads: Int?
    public var trust: TLSTrust
    /// Runs one session before the grid and refuses the run when the environment refuses it.
    public var preflight: Bool
    /// Distinct hosts that must have answered, and whether too few end the run or only warn.
    public var expectedHosts: Int?
    public var requireHosts: Bool
    /// Measures the generator's own ceiling where it is not known yet; what is known is used anyway.
    public var calibrates: Bool
    /// Goes on with the latest unfinished run of the same plan.
    public var resume: Bool
    /// The command line for the record, without secrets.
    public var command: String
    public var hardware: String
    public var host: HostFacts
    /// What the generator is calibrated against; nil for the bundled environment that ``launch`` can start.
    var nullServer: (any Provider)?

    public init(
        plan: Plan, trace: Trace? = nil, provider: any Provider, launch: LaunchRequest, targetFlag: String = "--url",
        sessionsFlag: String = "--requests",
        threads: Int? = nil, trust: TLSTrust = .system,
        preflight: Bool = true, expectedHosts: Int? = nil, requireHosts: Bool = false,
        calibrates: Bool = true, resume: Bool = false,
        command: String, hardware: String, host: HostFacts
    ) {
        self.plan = plan
        self.trace = trace
        self.provider = provider
        self.launch = launch
        self.targetFlag = targetFlag
        self.sessionsFlag = sessionsFlag
        self.threads = threads
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

    var providerName: String { type(of: provider).name }

    /// A server that was launched may still be starting; one that was there before is taken as it is.
    var waitsForHealth: Bool { !(provider is URLProvider) }

    /// No more than there are sessions, or connections of a pool: each loop has one of both at least.
    func threads(for cell: CellKey) -> Int {
        let wanted = threads ?? LoadEngine.usefulThreads(sessions: cell.sessions, cores: host.cores)
        return max(1, min(wanted, needed(cell)))
    }

    /// Descriptors the process needs besides a cell's sockets: the database, pipes, epoll and libraries.
    static let otherDescriptors = 116

    /// Whether so many sockets fit under the descriptor limit.
    public static func fits(sessions: Int, _ host: HostFacts) -> Bool { sessions + otherDescriptors <= host.descriptorLimit }

    /// Refuses a grid whose sockets do not fit under the descriptor limit.
    public func checkDescriptors() throws(ScaleError) {
        guard let largest = plan.cells.max(by: { needed($0) < needed($1) }) else { return }
        let total = needed(largest) + Self.otherDescriptors
        if total <= host.descriptorLimit { return }
        // The soft limit has been raised to the hard one before.
        throw .usage(
            "\(sessionsFlag) \(largest.sessions) needs \(grouped(total)) descriptors, limit \(grouped(host.descriptorLimit))",
            hint: "ask for fewer, or raise the hard limit: ulimit -Hn \(total) as root")
    }

    private func needed(_ cell: CellKey) -> Int {
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
    /// Refuses an action that is no JSON object or has unknown placeholders.
    public static func checkAction(_ text: String) throws(ScaleError) {
        _ = try ActionTemplate(text, wait: .zero)
    }
}
