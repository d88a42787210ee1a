import ScaleCore

/// The providers there are.
public enum ProviderRegistry {
    /// In the order in which they are listed.
    public static let all: [any Provider.Type] = [
        LocalProvider.self, ProcessProvider.self, UVProvider.self, DockerProvider.self, SwarmProvider.self, SlurmProvider.self,
        KubernetesProvider.self, ExecProvider.self, OpenEnvProvider.self, URLProvider.self,
    ]

    /// What launches when nothing is asked for.
    public static let defaultName = LocalProvider.name

    public static func type(named name: String) -> (any Provider.Type)? { all.first { $0.name == name } }

    /// The provider of a string such as `local:workers=2`.
    /// - Throws: usage, for an unknown provider, an unknown key or a bad value.
    public static func provider(for spec: ProviderSpec) throws(ScaleError) -> any Provider {
        guard let type = type(named: spec.name) else {
            let names = all.map { $0.name }
            let guess = Spelling.nearest(to: spec.name.lowercased(), among: names).map { "did you mean '\($0)'? Else " } ?? ""
            throw .usage(
                "\(spec.flag) names '\(spec.name)', which is no provider",
                hint: guess + "use a URL or one of \(names.joined(separator: ", "))")
        }
        guard type != URLProvider.self, let balancer = spec.text(balancerKey) else {
            try spec.check(against: type.options)
            return try type.init(spec: spec)
        }
        var inner = spec
        inner.options.removeAll { $0.key == balancerKey }
        try inner.check(against: type.options)
        return try balanced(try type.init(spec: inner), balancer, flag: spec.flag)
    }

    /// The key of what stands in front of any deployment that is launched. Of servers that run already it only names what
    /// stands there.
    public static let balancerKey = "balancer"

    /// The same with a balancer that is asked for beside the string: it is started even before servers that run already.
    public static func provider(
        for spec: ProviderSpec, behind balancer: (name: String, flag: String)?
    ) throws(ScaleError) -> any Provider {
        let provider = try provider(for: spec)
        guard let balancer else { return provider }
        return try balanced(provider, balancer.name, flag: balancer.flag)
    }

    /// A provider with a balancer in front of what it launches.
    /// - Parameter flag: what the user typed the balancer's name for.
    /// - Throws: usage, for a balancer that there is none of.
    public static func balanced(
        _ provider: any Provider, _ name: String, flag: String
    ) throws(ScaleError) -> any Provider {
        BalancedProvider(provider, try BalancerKind(name, flag: flag), flag: flag)
    }
}
