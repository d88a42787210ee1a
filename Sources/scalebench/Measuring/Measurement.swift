import ScaleControl
import ScaleCore
import ScaleEngine
import ScaleProviders
import ScaleRun

/// One run from its flags to its last line, for every command that measures.
struct Measurement {
    var target: TargetOptions
    var generator: GeneratorOptions
    var output: OutputOptions

    /// - Parameter sessionsFlag: the flag behind the largest N, for sentences about it.
    func run(_ plan: Plan, _ trace: Trace?, sessionsFlag: String) async throws {
        try output.check()
        if generator.requireHosts && generator.expectedHosts == nil {
            throw ScaleError.usage("--require-hosts needs to know how many", hint: "add --expected-hosts H")
        }
        if let action = plan.action { try RunRequest.checkAction(action) }
        let host = try HostProbe.facts()
        let (provider, specification) = try target.makeProvider()
        var plan = plan
        plan.addresses = try target.addresses()
        var request = RunRequest(
            plan: plan, trace: trace, provider: provider, specification: specification,
            launch: .own(host: host, startup: target.launched.startupTimeout, log: output.logs.logger),
            targetFlag: target.targetFlag, sessionsFlag: sessionsFlag, threads: generator.host.threads,
            processes: generator.host.processes,
            trust: try target.launched.certificates.trust(), preflight: !generator.noPreflight,
            expectedHosts: generator.expectedHosts, requireHosts: generator.requireHosts,
            calibrates: !generator.host.noCalibrate, resume: generator.resume,
            command: Redaction.command(["scalebench"] + CommandLine.arguments.dropFirst()), hardware: output.hardware,
            host: host)
        request.relaunches = target.relaunch
        request.permission = target.permission
        try await request.checkTargets()
        try request.checkProcesses()
        try request.checkDescriptors()
        let artifacts = try output.outputDir.map { try Artifacts(directory: $0, plots: output.plotsDir) }
        try await RecordedRun(request: request, output: output.run, artifacts: artifacts).run()
    }
}

extension OutputOptions {
    func check() throws(ScaleError) {
        if plotsDir != nil && outputDir == nil {
            throw .usage("--plots-dir is for the charts of --output-dir", hint: "give both")
        }
        try checkPaths()
    }

    func checkPaths() throws(ScaleError) {
        for (flag, path) in [("--db", db), ("--output-dir", outputDir), ("--plots-dir", plotsDir)] where path?.isEmpty == true {
            throw .usage("\(flag) '' names nothing", hint: "give a path")
        }
    }
}
