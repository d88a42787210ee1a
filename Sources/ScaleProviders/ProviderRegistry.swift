import ScaleCore

/// The providers there are.
public enum ProviderRegistry {
    /// In the order in which they are listed.
    public static let all: [any Provider.Type] = [LocalProvider.self, ProcessProvider.self, URLProvider.self]

    /// What launches when nothing is asked for.
    public static let defaultName = LocalProvider.name

    /// The provider of a string such as `local:workers=2`.
    /// - Throws: usage, for an unknown provider, an unknown key or a bad value.
    public static func provider(for spec: ProviderSpec) throws(ScaleError) -> any Provider {
        guard let type = all.first(where: { $0.name == spec.name }) else {
            let names = all.map { $0.name }.joined(separator: ", ")
            throw .usage(
                "\(spec.flag) names '\(spec.name)', which is no provider", hint: "use a URL or one of \(names)")
        }
        try spec.check(against: type.options)
        return try type.init(spec: spec)
    }
}
