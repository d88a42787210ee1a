import ScaleControl
import ScaleCore

/// One option of a provider, for its help and for the check of what the user wrote.
public struct OptionDescription: Hashable, Sendable {
    public var key: String
    /// What stands for the value in help, e.g. `N`.
    public var placeholder: String
    /// One sentence without a final stop.
    public var summary: String
    /// What holds without it; nil where that is nothing in particular.
    public var defaultValue: String?

    public init(_ key: String, _ placeholder: String, _ summary: String, defaultValue: String? = nil) {
        self.key = key
        self.placeholder = placeholder
        self.summary = summary
        self.defaultValue = defaultValue
    }
}

/// What a launch needs from the program around it.
public struct LaunchRequest: Sendable {
    /// The program that serves the bundled environment, usually this one: `/proc/self/exe`.
    public var program: String
    /// What comes before the flags of the service, usually `serve`.
    public var arguments: [String]
    /// What comes before a foreign command that is to end with this process, even when that is killed, usually `keep`.
    public var keeper: [String]
    /// Processors that processes of this host may use.
    public var hostCores: Int
    /// How long a resource may take until it says where it serves; each provider has its own default.
    public var startupDeadline: Nanoseconds?
    /// How long a process may take to end when it is asked to, before it is killed.
    public var stopGrace: Nanoseconds
    /// For the control planes of remote providers.
    public var client: ControlClient
    public var clock: any ControlClock

    public init(
        program: String, arguments: [String], keeper: [String] = ["keep"], hostCores: Int, client: ControlClient,
        startupDeadline: Nanoseconds? = nil,
        stopGrace: Nanoseconds = .seconds(5), clock: any ControlClock = SystemClock()
    ) {
        self.program = program
        self.arguments = arguments
        self.keeper = keeper
        self.hostCores = hostCores
        self.startupDeadline = startupDeadline
        self.stopGrace = stopGrace
        self.client = client
        self.clock = clock
    }
}

/// Launches environment servers somewhere. A value made from a ``ProviderSpec``; nothing happens before ``launch(_:)``.
public protocol Provider: Sendable {
    /// As it stands in a provider string: lower-case letters, digits and hyphens.
    static var name: String { get }
    /// One line for the list of providers.
    static var summary: String { get }
    static var options: [OptionDescription] { get }

    /// - Throws: usage, for a value that it cannot take. Keys are checked before.
    init(spec: ProviderSpec) throws(ScaleError)

    /// Starts the servers and answers as soon as their addresses are known; whether they serve is for `Readiness` to
    /// find.
    /// - Throws: with nothing left behind; interrupted when the task is cancelled.
    func launch(_ request: LaunchRequest) async throws(ScaleError) -> any Deployment
}

/// Servers that a provider launched. Whoever holds it stops it.
public protocol Deployment: Sendable {
    var facts: DeploymentRecord { get }
    /// One for each address that sessions are spread over; at least one.
    var endpoints: [Endpoint] { get }
    /// Processes of this host whose CPU and memory, with those of their descendants, are the servers'; empty where they
    /// run elsewhere or have ended.
    var processes: [Int32] { get }
    /// The same of a balancer between the generator and the servers; empty where there is none to read.
    var balancerProcesses: [Int32] { get }
    /// The stages of the launch so far.
    var lifecycle: [LifecycleRecord] { get }

    /// What the provider knows about the resource, which may not serve yet.
    func health() async -> DeploymentHealth
    /// The last lines of the servers' own output, oldest first.
    func logs(last count: Int) async -> [String]
    /// Ends everything that was launched, within a bounded time; again, it does nothing. It works in a cancelled task
    /// too.
    func stop() async
}

extension Deployment {
    public var balancerProcesses: [Int32] { [] }
}

public enum DeploymentHealth: Hashable, Sendable {
    case alive
    /// It will not serve any more.
    case ended(Readiness.Terminal)

    /// For `Readiness.wait`.
    public var terminal: Readiness.Terminal? {
        switch self {
        case .alive: nil
        case .ended(let terminal): terminal
        }
    }
}
