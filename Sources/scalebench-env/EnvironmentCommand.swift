import ArgumentParser
import ScaleCore
import ScaleEnv

@main
struct EnvironmentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scalebench-env",
        abstract: "Serve the benchmark environment: OpenEnv over WebSocket (/ws) and HTTP, with steps that only wait.",
        discussion: """
            A step {"wait_seconds": w} is answered after w seconds with how long it really took, the worker's pid, \
            the session's hash and the count of steps. Nothing else is computed, so what is measured is the way there.

            It stops on SIGINT, SIGTERM or SIGHUP, after telling every session (close code 1001).
            """)

    @Option(help: "Address to listen on; 0.0.0.0 for every interface, as a container needs. [HOST] (default: 127.0.0.1)")
    var host: String?

    @Option(parsing: .unconditional, help: "Port, or 0 to let the kernel choose. [PORT] (default: 8000)")
    var port: String?

    @Option(parsing: .unconditional, help: "Server processes that share the port. [WORKERS] (default: 1)")
    var workers: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Sessions each worker admits, or 'unlimited'. [MAX_CONCURRENT_ENVS] (default: unlimited)", valueName: "n"))
    var maxConcurrentEnvs: String?

    @Option(
        help: ArgumentHelp(
            "What observations call this host. [ADVERTISE_HOST] (default: --host, or the host's name for every interface)",
            valueName: "name"))
    var advertiseHost: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Processor time each step takes of its worker before it waits: 500us, 2ms, 1s. [STEP_CPU] (default: none)",
            valueName: "time"))
    var stepCpu: String?

    @Option(
        help: ArgumentHelp(
            """
            Let something go wrong on purpose; may be repeated: reset-error=1%, slow-step=3s@1%, drop=0.5%, close-1011=1%, \
            stall-accept=5s, half-frame=1%, garbage=1%, slowdown=10%. [FAULT, with commas] (default: none)
            """, valueName: "name=value"))
    var fault: [String] = []

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Which sessions and steps the faults hit. [FAULT_SEED] (default: 0)", valueName: "n"))
    var faultSeed: String?

    @Flag(help: .hidden)
    var worker = false

    @Flag(help: .hidden)
    var lifeline = false

    func run() throws {
        let options = EnvironmentOptions(
            host: host, port: port, workers: workers, maxConcurrentEnvs: maxConcurrentEnvs, advertisedHost: advertiseHost,
            stepCPU: stepCpu, faults: fault, faultSeed: faultSeed)
        let status = try EnvironmentService.run(
            options.configuration(), as: worker ? .worker : .service, endsWithInput: lifeline)
        throw ExitCode(status)
    }

    /// Exit statuses are those of `scalebench`: 2 for a wrong command line, 5 for a port that is taken.
    static func main() {
        do {
            let command = try parse()
            do {
                try command.run()
            } catch let error as ScaleError {
                EnvironmentService.report(error)
                throw ExitCode(error.code.exitStatus)
            }
        } catch {
            let isUsage = exitCode(for: error) == .validationFailure
            if isUsage { EnvironmentService.report(text: fullMessage(for: error)) }
            exit(withError: isUsage ? ExitCode(ScaleError.Code.usage.exitStatus) : error)
        }
    }
}
