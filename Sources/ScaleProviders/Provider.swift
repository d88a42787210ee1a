import ScaleControl
import ScaleCore

/// Launches environment servers somewhere. A value made from a ``ProviderSpec``; nothing happens before ``launch(_:)``.
public protocol Provider: Sendable {
    /// As it stands in a provider string: lower-case letters, digits and hyphens.
    static var name: String { get }
    /// One line for the list of providers.
    static var summary: String { get }
    /// What a host must have for it, e.g. `a Docker engine at /var/run/docker.sock`; nil where that is nothing.
    static var needs: String? { get }
    static var options: [OptionDescription] { get }
    /// The key of the value that may stand without one right behind the name, as in `exec:./launch.py`; nil for none.
    static var positional: String? { get }

    /// - Throws: usage, for a value that it cannot take. Keys are checked before.
    init(spec: ProviderSpec) throws(ScaleError)

    /// Servers that are there before the launch: whether they may be reached is decided before anything is sent to them.
    var attached: [Endpoint] { get }

    /// Whether this host has what is needed. It launches nothing and takes at most a few seconds.
    static func availability(_ client: ControlClient) async -> ProviderAvailability

    /// Starts the servers and answers as soon as their addresses are known; whether they serve is for `Readiness` to
    /// find. Every resource is in the request's ledger before it is made, and carries its mark.
    /// - Throws: with nothing left behind, or what is left in the ledger; interrupted when the task is cancelled.
    func launch(_ request: LaunchRequest) async throws(ScaleError) -> any Deployment
}

extension Provider {
    public static var needs: String? { nil }
    public static var positional: String? { nil }
    public var attached: [Endpoint] { [] }
    public static func availability(_ client: ControlClient) async -> ProviderAvailability { .available(nil) }
}

public enum ProviderAvailability: Hashable, Sendable {
    /// With what was found, e.g. `Docker 20.10.24`.
    case available(String?)
    /// What is missing, as a sentence's end, e.g. `kubectl is not on this host`.
    case missing(String)
}

/// One option of a provider, for its help and for the check of what the user wrote.
public struct OptionDescription: Hashable, Sendable {
    public var key: String
    /// What stands for the value in help, e.g. `N`.
    public var placeholder: String
    /// One sentence without a final stop.
    public var summary: String
    /// What holds without it; nil where that is nothing in particular.
    public var defaultValue: String?

    public init(_ key: String, _ placeholder: String, _ summary: String, defaultValue: String? = nil) {
        self.key = key
        self.placeholder = placeholder
        self.summary = summary
        self.defaultValue = defaultValue
    }

    /// As a key, it stands for all keys.
    public static let any = "KEY"

    /// The variables of the servers' environment: any key that begins with `env.`.
    public static let environment = OptionDescription(
        "env.NAME", "VALUE", "a variable of the servers' environment; also --env NAME=VALUE")
}
