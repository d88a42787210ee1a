import ScaleCore
import ScaleEngine
import ScaleReactor

/// Which hosts load may be sent to, and how credentials may travel there. Whatever a provider or a file answers, nothing
/// leaves this host unless its user named the other one on the command line.
public struct TargetPermission: Hashable, Sendable {
    /// Hosts as the command line spells them.
    public var hosts: Set<String>
    /// `*` was among them.
    public var allowsAll: Bool
    /// Credentials may go to this machine's loopback addresses without TLS.
    public var allowsPlainCredentials: Bool

    public init(hosts: [String] = [], allowsPlainCredentials: Bool = false) {
        self.hosts = Set(hosts.map { $0.lowercased() })
        allowsAll = hosts.contains("*")
        self.allowsPlainCredentials = allowsPlainCredentials
    }

    /// - Parameter flag: what names where the server is.
    /// - Throws: usage.
    func check(_ endpoints: [Endpoint], flag: String) async throws(ScaleError) {
        for endpoint in endpoints {
            if endpoint.carriesSecrets, !endpoint.secure { try checkPlain(endpoint, flag) }
            if allowsAll || hosts.contains(endpoint.host.lowercased()) || endpoint.isLoopback { continue }
            let hint = "--allow-target \(endpoint.isCapability ? "'*'" : endpoint.host) sends load there"
            do throws(ResolveFault) {
                if try await TargetResolver.addresses(of: endpoint).allSatisfy(\.isOfThisHost) { continue }
            } catch {
                throw ScaleError(
                    .usage,
                    "\(flag) leads to \(endpoint.redacted), whose host cannot be resolved, and the command line does not allow it",
                    cause: error.message, hint: hint)
            }
            throw .usage(
                "\(flag) leads to \(endpoint.redacted), which is another host, and the command line does not allow it", hint: hint)
        }
    }

    private func checkPlain(_ endpoint: Endpoint, _ flag: String) throws(ScaleError) {
        guard endpoint.isLoopback else {
            throw .usage(
                "\(flag): credentials for \(endpoint.redacted) would travel unencrypted",
                hint: "use https, or leave user, password and query out")
        }
        if allowsPlainCredentials { return }
        throw .usage(
            "\(flag): credentials for \(endpoint.redacted) would travel unencrypted",
            hint: "use https, or --allow-plain-credentials for this machine's loopback addresses")
    }
}
