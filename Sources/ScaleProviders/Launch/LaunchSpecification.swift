import ScaleCore

/// What a launch was asked for: once to be stored and printed, and once to tell two of them apart.
public struct LaunchSpecification: Hashable, Sendable {
    /// The provider string as it may be read by anyone: without secrets and without the values of variables.
    public let shown: String
    /// The same with the values of variables, apart from secrets: never stored and never printed, only fed into the hash of a
    /// plan. A token that was renewed leaves the plan what it was.
    public let identity: String

    public init(_ spec: ProviderSpec, behind balancer: String? = nil) {
        let front = balancer.map { " behind \($0)" } ?? ""
        shown = spec.description + front
        identity = spec.identity + front
    }

    init(_ text: String) {
        shown = text
        identity = text
    }

    /// Of servers that run already, whose endpoints say it all.
    public static let none = LaunchSpecification("")
}
