import ScaleCore
import ScaleReactor

/// The bundled environment as a program: one worker in this process, or several in processes of their own, started,
/// watched and stopped together.
public enum EnvironmentService {
    /// What a process does in the service.
    public enum Role: Sendable {
        /// What a user or a provider starts.
        case service
        /// One of several workers, started by a service: it says over its standard input that it listens, and stops
        /// when that ends.
        case worker
    }

    /// Serves until SIGINT, SIGTERM or SIGHUP, and answers the exit status of a good end, 0. Blocks; call it before any thread is
    /// started, since it takes these signals over.
    ///
    /// When all workers listen, one line goes to standard output:
    /// `scalebench-env listening on http://HOST:PORT (workers W, max concurrent envs C)`, in the brackets also the step's
    /// work and the faults that were asked for.
    /// - Parameters:
    ///   - endsWithInput: also stop when standard input ends, however its other end was lost.
    ///   - workerArguments: what makes this program a worker, in front of the options of `scalebench-env`.
    /// - Throws: usage for a host that is none; infrastructure for a port that is taken, or a worker that ended unasked.
    public static func run(
        _ configuration: EnvironmentConfiguration, as role: Role = .service, endsWithInput: Bool = false,
        workerArguments: [String] = ["--worker"]
    ) throws(ScaleError) -> Int32 {
        Signals.ignorePipe()
        var stops: [StopSource] = []
        do throws(SystemFault) {
            _ = try HostLimits.raiseDescriptors()
            stops.append(.signals(try Signals.descriptor()))
        } catch {
            throw ScaleError(.infrastructure, "the service cannot start", cause: error.description)
        }
        if endsWithInput || role == .worker { stops.append(.endOfInput) }
        if role == .worker {
            var shared = configuration
            shared.sharesPort = true
            var server = try EnvironmentServer(shared)
            WorkerGroup.announceReady()
            try server.run(until: stops)
        } else if configuration.workers == 1 {
            var server = try EnvironmentServer(configuration)
            announce(configuration, port: server.port)
            try server.run(until: stops)
        } else {
            try supervise(configuration, stops, workerArguments)
        }
        return 0
    }

    /// Prints an error the way the programs do: one sentence on standard error.
    public static func report(_ error: ScaleError) { report(text: "Error: \(error)") }

    /// Prints text and a line end on standard error.
    public static func report(text: String) { StandardStream.error.write(text + "\n") }

    private static func supervise(
        _ configuration: EnvironmentConfiguration, _ stops: [StopSource], _ workerArguments: [String]
    ) throws(ScaleError) {
        // Bound without listening, so that the port is settled once and nobody else's in between. It is shared only
        // afterwards: the bind itself must fail where another service listens.
        let holder = try Listener.bind(configuration)
        defer { holder.close() }
        do throws(SystemFault) { try holder.sharePort() } catch { throw Listener.fault(error, configuration) }
        var settled = configuration
        settled.port = holder.localPort
        var group = try WorkerGroup(settled, arguments: workerArguments)
        try group.run(until: stops) { announce(settled, port: settled.port) }
    }

    private static func announce(_ configuration: EnvironmentConfiguration, port: UInt16) {
        let cap = configuration.maxConcurrentEnvs.map(String.init) ?? "unlimited"
        StandardStream.output.write(
            "scalebench-env listening on http://\(configuration.place(port: port)) "
                + "(workers \(configuration.workers), max concurrent envs \(cap)\(disturbance(configuration)))\n")
    }

    private static func disturbance(_ configuration: EnvironmentConfiguration) -> String {
        let faults = configuration.faults
        return (configuration.stepCPU > .zero ? ", step cpu \(configuration.stepCPU.typed)" : "")
            + (faults.isEmpty ? "" : ", faults \(faults.texts.joined(separator: ",")) seed \(faults.seed)")
    }
}
