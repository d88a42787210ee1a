import ScaleCore

/// Which balancer is put in front of servers, and how it spreads sessions: `haproxy`, `envoy`, or either of them with the
/// algorithm behind a colon, `haproxy:roundrobin`.
struct BalancerKind: Hashable, Sendable {
    enum Software: String, Hashable, Sendable, CaseIterable {
        case haproxy
        case envoy
    }

    enum Algorithm: String, Hashable, Sendable, CaseIterable {
        /// The server with the fewest open sessions gets the next.
        case leastconn
        case roundrobin
    }

    var software: Software
    var algorithm: Algorithm

    init(_ software: Software, _ algorithm: Algorithm = .leastconn) {
        self.software = software
        self.algorithm = algorithm
    }

    /// - Parameter flag: what the user typed it for.
    init(_ text: String, flag: String) throws(ScaleError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let software = Software(rawValue: parts[0]) else {
            throw .usage(
                "\(flag) names the balancer '\(parts[0])', which there is none of",
                hint: "use \(Self.list(Software.allCases.map(\.rawValue)))")
        }
        self.software = software
        algorithm = .leastconn
        guard parts.count == 2 else { return }
        guard let algorithm = Algorithm(rawValue: parts[1]) else {
            throw .usage(
                "\(flag): '\(parts[1])' is no algorithm of the balancer \(software.rawValue)",
                hint: "use \(Self.list(Algorithm.allCases.map { "\(software.rawValue):\($0.rawValue)" }))")
        }
        self.algorithm = algorithm
    }

    private static func list(_ names: [String]) -> String { names.joined(separator: " or ") }

    /// As reports call it: with the algorithm where that is not the usual one.
    var name: String { algorithm == .leastconn ? software.rawValue : "\(software.rawValue):\(algorithm.rawValue)" }

    /// What tells a deployment behind it from others.
    var suffix: String { "-" + software.rawValue + (algorithm == .leastconn ? "" : "-" + algorithm.rawValue) }
}
