import ArgumentParser
import ScaleControl
import ScaleCore
import ScaleProviders
import ScaleReactor
import ScaleRun

/// What is measured: a server that is there, or what launches one.
struct TargetOptions: ParsableArguments {
    @Option(name: [.customShort("u"), .long], help: "A server that is already there, e.g. http://127.0.0.1:8000.")
    var url: String?

    @Option(
        help: ArgumentHelp("Several servers that are already there: sessions are spread over them round robin.", valueName: "url,url,…"))
    var urls: String?

    @Option(
        help: ArgumentHelp(
            "Of a name that has several addresses, which get sessions: all that answer (the default), in turn, or the first.",
            valueName: "which"),
        completion: .addressChoices)
    var resolve = AddressChoice.all.rawValue

    @OptionGroup var launched: LaunchedOptions

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How often servers that were ended during a cell are launched again for it, at most; 0 by default.", valueName: "N"),
        transform: Quantity.repeats)
    var relaunch: Int?
}

/// What is launched, and how it is reached.
struct LaunchedOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What launches the server: NAME, NAME:key=value,… or a URL; see `scalebench providers`. Default: the bundled environment on this host.",
            valueName: "spec"),
        completion: .providers)
    var provider: String?

    @OptionGroup var launch: LaunchOptions

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How long a launched server may take to be ready; 60 by default.", valueName: "seconds"),
        transform: Quantity.deadline)
    var startupTimeout: Nanoseconds = .seconds(60)

    @OptionGroup var permissions: PermissionOptions

    @OptionGroup var certificates: TrustOptions
}

/// What of a launch has a flag of its own; everything else has `--provider-option`.
struct LaunchOptions: ParsableArguments {
    @Option(
        parsing: .unconditional, help: ArgumentHelp("Server processes of the launched deployment.", valueName: "N"),
        transform: Quantity.count)
    var workers: Int?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Sessions that one of its workers admits.", valueName: "N"),
        transform: Quantity.count)
    var maxConcurrentEnvs: Int?

    @Option(parsing: .unconditional, help: ArgumentHelp("Copies of the server.", valueName: "N"), transform: Quantity.count)
    var replicas: Int?

    @Option(help: ArgumentHelp("The container image of the server.", valueName: "name"))
    var image: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Processors that each copy may use.", valueName: "N"))
    var cpus: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Memory that each copy may use: 512m, 2g.", valueName: "size"))
    var memory: String?

    @Option(
        name: .customLong("env"),
        help: ArgumentHelp(
            "A variable of the server's environment; may be repeated. Without =V this process's own is given.", valueName: "K=V"))
    var variables: [String] = []

    @Option(
        name: .customLong("provider-option"),
        help: ArgumentHelp("Any other key of the provider; may be repeated.", valueName: "k=v"))
    var others: [String] = []

    @Option(help: ArgumentHelp("What is put in front of several servers: haproxy or envoy.", valueName: "name"))
    var balancer: String?
}

/// What must be said on the command line itself, whatever a file or a provider says.
struct PermissionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Another host that load may be sent to, when what is launched serves there or a file names it; * for any.",
            valueName: "host,host,…"))
    var allowTarget: String?

    @Flag(help: "Send credentials to this machine's loopback addresses without TLS.")
    var allowPlainCredentials = false

    /// - Parameter named: hosts that other flags name.
    func permission(named: [String] = []) -> TargetPermission {
        let allowed = allowTarget?.split(separator: ",").map { String($0.filter { $0 != " " }) } ?? []
        return TargetPermission(hosts: allowed + named, allowsPlainCredentials: allowPlainCredentials)
    }
}

extension LaunchOptions {
    /// What the flags say, as keys of the provider.
    func options() throws(ScaleError) -> [(flag: String, ProviderSpec.Option)] {
        var found: [(String, ProviderSpec.Option)] = []
        func add(_ flag: String, _ key: String, _ value: String?) {
            if let value { found.append((flag, .init(key, value))) }
        }
        add("--workers", "workers", workers.map(String.init))
        add("--max-concurrent-envs", "max-concurrent-envs", maxConcurrentEnvs.map(String.init))
        add("--replicas", "replicas", replicas.map(String.init))
        add("--image", "image", image)
        add("--cpus", "cpus", cpus)
        add("--memory", "memory", memory)
        add("--balancer", ProviderRegistry.balancerKey, balancer)
        for text in variables {
            let (name, value) = Self.pair(text)
            guard !name.isEmpty, let value = value ?? ThisProcess.environment(name) else {
                throw .usage(
                    name.isEmpty ? "--env names no variable" : "--env \(name): this process has no such variable",
                    hint: "write it like --env NAME=VALUE")
            }
            add("--env \(name)", "env." + name, value)
        }
        for text in others {
            let (name, value) = Self.pair(text)
            guard !name.isEmpty, let value else {
                throw .usage(
                    "--provider-option '\(Redaction.process(text, isOption: false))' is not key=value",
                    hint: "write it like --provider-option port=8000")
            }
            add("--provider-option \(name)", name, value)
        }
        return found
    }

    private static func pair(_ text: String) -> (String, String?) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        return (String(parts[0]), parts.count == 2 ? String(parts[1]) : nil)
    }
}

extension LaunchedOptions {
    /// The provider and, of one that launches, what it was asked for.
    func makeProvider() throws(ScaleError) -> (provider: any Provider, specification: LaunchSpecification) {
        var spec = try ProviderSpec(provider ?? ProviderRegistry.defaultName)
        var front: (name: String, flag: String)?
        for (flag, option) in try launch.options() {
            // In the string of attached servers it only names what stands there.
            if spec.name == URLProvider.name, option.key == ProviderRegistry.balancerKey {
                front = (option.value, flag)
                continue
            }
            if spec.text(option.key) != nil {
                throw .usage("\(flag) and \(option.key) of --provider are both given", hint: "use one of them")
            }
            try Self.check(option, flag, of: spec)
            spec.options.append(option)
        }
        // Process ids and the like of servers that run already differ from run to run.
        return (try ProviderRegistry.provider(for: spec, behind: front), spec.name == URLProvider.name ? .none : LaunchSpecification(spec))
    }

    /// Refuses what the provider does not take by the name that the user typed.
    private static func check(_ option: ProviderSpec.Option, _ flag: String, of spec: ProviderSpec) throws(ScaleError) {
        guard let type = ProviderRegistry.type(named: spec.name), option.key != ProviderRegistry.balancerKey else { return }
        do throws(ScaleError) {
            try ProviderSpec(name: spec.name, options: [option], flag: spec.flag).check(against: type.options)
        } catch {
            throw .usage("\(flag) is nothing that the provider \(spec.name) takes", hint: error.hint)
        }
    }

    /// Hosts that the command line itself names may be loaded.
    /// - Parameter others: hosts that other flags name.
    func permission(naming others: [String] = []) -> TargetPermission {
        var named = others
        if let provider, let spec = try? ProviderSpec(provider), let attached = try? URLProvider(spec: spec) {
            named += attached.endpoints.map(\.host)
        }
        return permissions.permission(named: named)
    }
}

extension TargetOptions {
    /// The provider and, of one that launches, what it was asked for.
    func makeProvider() throws(ScaleError) -> (provider: any Provider, specification: LaunchSpecification) {
        let given = [("--url", url), ("--urls", urls), ("--provider", launched.provider)].filter { $0.1 != nil }.map(\.0)
        if given.count > 1 { throw .usage("\(given.joined(separator: " and ")) are both given", hint: "use one of them") }
        guard let flag = given.first, flag != "--provider" else { return try launched.makeProvider() }
        let options = try launched.launch.options()
        if let stranger = options.first(where: { $0.1.key != ProviderRegistry.balancerKey }) {
            throw .usage("\(stranger.flag) belongs to a launched server, not to \(flag)", hint: "drop it, or use --provider")
        }
        let attached = URLProvider(endpoints: try endpoints())
        guard let balancer = options.first else { return (attached, .none) }
        return (try ProviderRegistry.balanced(attached, balancer.1.value, flag: balancer.flag), .none)
    }

    private func endpoints() throws(ScaleError) -> [Endpoint] {
        if let url { return [try Endpoint(url: url)] }
        var endpoints: [Endpoint] = []
        for part in (urls ?? "").split(separator: ",", omittingEmptySubsequences: false) {
            endpoints.append(try Endpoint(url: String(part.filter { $0 != " " }), flag: "--urls"))
        }
        return endpoints
    }

    func addresses() throws(ScaleError) -> AddressChoice {
        guard let choice = AddressChoice(rawValue: resolve) else {
            throw .usage("--resolve '\(resolve)' is not known", hint: "use all or first")
        }
        return choice
    }

    /// The flag that names where the server is.
    var targetFlag: String { url != nil ? "--url" : urls != nil ? "--urls" : "--provider" }

    var permission: TargetPermission {
        let named = url == nil && urls == nil ? nil : try? endpoints()
        return launched.permission(naming: named?.map(\.host) ?? [])
    }
}
