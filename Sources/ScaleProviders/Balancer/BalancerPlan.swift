import Glibc
import ScaleCore

/// What a balancer is to do, before it is said in the words of its configuration.
struct BalancerPlan: Hashable, Sendable {
    /// Of the loopback address; it passes on what comes there.
    var port: UInt16
    /// The n-th is the n-th server; all are plain http and have the same prefix.
    var backends: [Endpoint]
    var algorithm: BalancerKind.Algorithm
    /// Connections that it holds at a time.
    var connectionLimit: Int
    var threads: Int
    /// A unix socket at which it is asked what it has done.
    var statisticsSocket: String

    /// What clients use in place of the servers' own addresses.
    var endpoint: Endpoint { Endpoint(secure: false, host: "127.0.0.1", port: port, prefix: backends.first?.prefix ?? "") }

    /// Where it looks whether a server is well, and says itself whether all are.
    var healthPath: String { (backends.first?.prefix ?? "") + "/health" }

    /// How a configuration names the n-th server.
    static func name(_ backend: Int) -> String { "r\(backend)" }

    /// The most connections that fit under a limit of descriptors: each takes two, one on either side. Some are left for
    /// what it opens for itself, its checks of the servers, and what each thread needs.
    static func connections(descriptors: Int, backends: Int, threads: Int) -> Int {
        let own = 100 + 4 * threads + 2 * backends
        return max(1, min((descriptors - own) / 2, mostConnections))
    }

    /// More than the ephemeral ports of a host allow to a few servers; it bounds the tables that HAProxy makes at its start.
    private static let mostConnections = 400_000

    /// The hard limit of descriptors, up to which a balancer raises its own.
    static var descriptorLimit: Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        return Int(clamping: limit.rlim_max)
    }

    /// Why a balancer cannot stand before these servers; nil where it can.
    static func refusal(of backends: [Endpoint], _ kind: BalancerKind, flag: String) -> ScaleError? {
        let name = kind.software.rawValue
        if let secure = backends.first(where: \.secure) {
            return .usage(
                "\(flag) \(name) does not stand before \(secure.redacted): it speaks no TLS to servers",
                hint: "use their http addresses, or a balancer of your own as a URL")
        }
        if let secret = backends.first(where: \.carriesSecrets) {
            return .usage(
                "\(flag) \(name) does not stand before \(secret.redacted), which wants credentials",
                hint: "leave user, password and query out, or use a balancer of your own as a URL")
        }
        if let other = backends.first(where: { $0.prefix != backends.first?.prefix }) {
            return .usage(
                "\(flag) \(name) does not stand before \(other.redacted): its path is not that of the others",
                hint: "give all the same path")
        }
        if let odd = backends.first(where: { !isPlain($0.host) || !isPlain($0.prefix) }) {
            return .usage(
                "\(flag) \(name) does not stand before \(odd.redacted): its name or path has characters that a configuration does not take",
                hint: "name it by its address")
        }
        return nil
    }

    /// Whether text means itself in a configuration.
    private static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || "-._~:/".utf8.contains(byte)
        }
    }
}
