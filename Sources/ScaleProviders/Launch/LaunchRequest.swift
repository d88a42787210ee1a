import Logging
import ScaleControl
import ScaleCore

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
    /// What this launch's resources carry; another one for each launch.
    public var mark: LaunchMark
    /// Where each resource is noted before it is made.
    public var ledger: Ledger
    public var log: Logger
    /// Takes a line for a person on what is waited for, e.g. how far an image is; from any task.
    public var progress: @Sendable (String) -> Void

    public init(
        program: String, arguments: [String], keeper: [String] = ["keep"], hostCores: Int, client: ControlClient,
        startupDeadline: Nanoseconds? = nil, stopGrace: Nanoseconds = .seconds(5), clock: any ControlClock = SystemClock(),
        run: String = "", ledger: Ledger = .inMemory(), log: Logger = .silent, progress: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.program = program
        self.arguments = arguments
        self.keeper = keeper
        self.hostCores = hostCores
        self.startupDeadline = startupDeadline
        self.stopGrace = stopGrace
        self.client = client
        self.clock = clock
        self.ledger = ledger
        self.log = log
        self.progress = progress
        mark = ledger.mark(run: run)
    }

    /// The same for another launch.
    public func next(run: String? = nil, log: Logger? = nil) -> LaunchRequest {
        var next = self
        next.mark = ledger.mark(run: run ?? mark.run)
        next.log = log ?? self.log
        return next
    }

    /// What marks the processes of this launch.
    var variables: [String: String] { [LaunchMark.variable: mark.name] }
    var processes: Resource { Resource(.processes, mark.name) }

    /// Logs that a resource has come so far.
    public func reached(_ stage: LifecycleRecord.Stage, _ resource: String, replica: Int? = nil) {
        var metadata: Logger.Metadata = ["stage": "\(stage.rawValue)", "resource": "\(resource)"]
        if let replica { metadata["replica"] = "\(replica)" }
        log.info("reached a stage", metadata: metadata)
    }
}

extension Logger {
    /// Says nothing.
    public static let silent = Logger(label: "scalebench") { _ in SwiftLogNoOpLogHandler() }
}
