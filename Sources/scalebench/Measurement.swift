import ScaleControl
import ScaleCore
import ScaleEngine
import ScaleProviders
import ScaleRun
import ScaleTLS

/// One run from its flags to its last line, for every command that measures.
struct Measurement {
    var target: TargetOptions
    var generator: GeneratorOptions
    var output: OutputOptions

    /// - Parameter sessionsFlag: the flag behind the largest N, for sentences about it.
    func run(_ plan: Plan, _ trace: Trace?, sessionsFlag: String) async throws {
        if output.plotsDir != nil && output.outputDir == nil {
            throw ScaleError.usage("--plots-dir is for the charts of --output-dir", hint: "give both")
        }
        try output.checkPaths()
        if generator.requireHosts && generator.expectedHosts == nil {
            throw ScaleError.usage("--require-hosts needs to know how many", hint: "add --expected-hosts H")
        }
        if let action = plan.action { try RunRequest.checkAction(action) }
        // A file of authorities that cannot be read is found before anything is launched.
        if target.caFile != nil { _ = try TLSContext(trust: target.trust) }
        let host = try HostProbe.facts()
        let (provider, specification) = try target.makeProvider()
        let request = RunRequest(
            plan: plan, trace: trace, provider: provider, specification: specification, launch: target.launchRequest(host: host),
            targetFlag: target.targetFlag, sessionsFlag: sessionsFlag, threads: generator.host.threads,
            processes: generator.host.processes,
            trust: target.trust, preflight: !generator.noPreflight,
            expectedHosts: generator.expectedHosts, requireHosts: generator.requireHosts,
            calibrates: !generator.host.noCalibrate, resume: generator.resume,
            command: Redaction.command(["scalebench"] + CommandLine.arguments.dropFirst()), hardware: output.hardware,
            host: host)
        try request.checkProcesses()
        try request.checkDescriptors()
        let artifacts = try output.outputDir.map { try Artifacts(directory: $0, plots: output.plotsDir) }
        try await RecordedRun(request: request, output: output, artifacts: artifacts).run()
    }
}

extension OutputOptions {
    func checkPaths() throws(ScaleError) {
        for (flag, path) in [("--db", db), ("--output-dir", outputDir), ("--plots-dir", plotsDir)] where path?.isEmpty == true {
            throw .usage("\(flag) '' names nothing", hint: "give a path")
        }
    }
}

extension TargetOptions {
    /// The provider and, of one that launches, what it was asked for.
    func makeProvider() throws(ScaleError) -> (provider: any Provider, specification: String) {
        let given = [("--url", url), ("--urls", urls), ("--provider", provider)].filter { $0.1 != nil }.map(\.0)
        if given.count > 1 { throw .usage("\(given.joined(separator: " and ")) are both given", hint: "use one of them") }
        if !given.isEmpty, given[0] != "--provider", workers != nil || maxConcurrentEnvs != nil {
            throw .usage(
                "--workers and --max-concurrent-envs belong to a launched server, not to \(given[0])", hint: "drop them, or use --provider")
        }
        if let url { return (URLProvider(endpoints: [try Endpoint(url: url)]), "") }
        if let urls {
            var endpoints: [Endpoint] = []
            for part in urls.split(separator: ",", omittingEmptySubsequences: false) {
                endpoints.append(try Endpoint(url: String(part.filter { $0 != " " }), flag: "--urls"))
            }
            return (URLProvider(endpoints: endpoints), "")
        }
        var spec = try ProviderSpec(provider ?? ProviderRegistry.defaultName)
        try add("workers", workers, from: "--workers", to: &spec)
        try add("max-concurrent-envs", maxConcurrentEnvs, from: "--max-concurrent-envs", to: &spec)
        // Process ids and the like of servers that run already differ from run to run.
        return (try ProviderRegistry.provider(for: spec), spec.name == URLProvider.name ? "" : spec.description)
    }

    /// A flag fills in what the provider string leaves open.
    private func add(_ key: String, _ value: Int?, from flag: String, to spec: inout ProviderSpec) throws(ScaleError) {
        guard let value else { return }
        if spec.text(key) != nil { throw .usage("\(flag) and \(key) of --provider are both given", hint: "use one of them") }
        spec.options.append(.init(key, "\(value)"))
    }

    func launchRequest(host: HostFacts) -> LaunchRequest { .own(host: host, startup: startupTimeout) }

    /// The flag that names where the server is.
    var targetFlag: String { url != nil ? "--url" : urls != nil ? "--urls" : "--provider" }

    var trust: TLSTrust { insecure ? .insecure : caFile.map { .file($0) } ?? .system }
}

extension LaunchRequest {
    /// The bundled environment is this program itself.
    static func own(host: HostFacts, startup: Nanoseconds) -> LaunchRequest {
        LaunchRequest(
            program: "/proc/self/exe", arguments: ["serve"], hostCores: host.cores,
            client: ControlClient(version: Version.current), startupDeadline: startup)
    }
}
