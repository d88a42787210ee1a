import ArgumentParser
import ScaleCore
import ScaleProviders
import ScaleRun

struct LifecycleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lifecycle",
        abstract: "Measure how long a launch takes: launch and stop repeatedly, with one session each.",
        discussion: """
            Launches, waits until it serves, tries a session on every replica and stops, so many times, and says how long each \
            stage took: the least, median, 90th percentile and longest. Every launch is stored as it ends, and reports and \
            charts show them. A launch that fails is counted and the others go on; the exit status is 5 then.

            Examples:
              scalebench lifecycle
              scalebench lifecycle --provider local --workers 4 --reps 20
              scalebench lifecycle --provider docker --image my-env -o out
              scalebench lifecycle --provider docker:my-env --replicas 2 --json
            """)

    @OptionGroup(title: "What is launched") var target: LaunchedOptions

    @Option(parsing: .unconditional, help: ArgumentHelp("How many launches; 10 by default.", valueName: "R"), transform: Quantity.count)
    var reps = 10

    @Option(name: [.customShort("m"), .long], help: "How the first session talks: ws or http.", completion: .modes)
    var mode = "ws"

    @Option(
        help: ArgumentHelp(
            "The action of its step for an environment other than the benchmark one; {{session}} is filled in.", valueName: "json"))
    var action: String?

    @Option(
        name: [.customShort("t"), .long], parsing: .unconditional,
        help: ArgumentHelp("The most time each of its phases may take; 120 by default.", valueName: "seconds"), transform: Quantity.deadline
    )
    var timeout: Nanoseconds = .seconds(120)

    @OptionGroup(title: "Results") var output: OutputOptions

    func run() async throws {
        try output.check()
        guard let mode = Mode(rawValue: mode) else { throw ScaleError.usage("--mode '\(mode)' is not known", hint: "use ws or http") }
        if let action { try RunRequest.checkAction(action) }
        let (provider, specification) = try target.makeProvider()
        if provider is URLProvider {
            throw ScaleError.usage("--provider url launches nothing, so that there is nothing to time", hint: "name what launches it")
        }
        let host = try HostProbe.facts()
        var request = RunRequest(
            plan: LaunchSeries.plan(mode: mode, count: reps, timeout: timeout, action: action), provider: provider,
            specification: specification, launch: .own(host: host, startup: target.startupTimeout, log: output.logs.logger),
            targetFlag: "--provider", trust: try target.certificates.trust(), calibrates: false,
            command: Redaction.command(["scalebench"] + CommandLine.arguments.dropFirst()), hardware: output.hardware, host: host)
        request.permission = target.permission()
        let artifacts = try output.outputDir.map { try Artifacts(directory: $0, plots: output.plotsDir) }
        try await RecordedRun(request: request, output: output.run, artifacts: artifacts, work: .launches(reps)).run()
    }
}
