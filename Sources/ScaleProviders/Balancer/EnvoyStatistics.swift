import FoundationEssentials
import ScaleCore

/// What Envoy tells of a cluster's hosts at `/clusters?format=json` of its administration interface.
struct EnvoyStatistics: Hashable, Sendable {
    struct Host: Hashable, Sendable {
        /// `address:port`, and the same with the name that the address was found by.
        var addresses: [String]
        var isHealthy: Bool
        /// So far.
        var requests: Int
    }

    var hosts: [Host]

    private struct Answer: Decodable {
        struct Cluster: Decodable {
            var name: String
            var host_statuses: [Status]?
        }
        struct Status: Decodable {
            struct Address: Decodable {
                struct Socket: Decodable {
                    var address: String
                    var port_value: Int
                }
                var socket_address: Socket?
            }
            /// Numbers of 64 bits are strings in it, and a zero is left out.
            struct Statistic: Decodable {
                var name: String
                var value: String?
            }
            struct Health: Decodable {
                var failed_active_health_check: Bool?
                var eds_health_status: String?
            }
            var address: Address?
            var hostname: String?
            var stats: [Statistic]?
            var health_status: Health?
        }
        var cluster_statuses: [Cluster]?
    }

    /// Nil for what is no such answer.
    init?(json: [UInt8], cluster: String) {
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(json)) else { return nil }
        let found = answer.cluster_statuses?.first { $0.name == cluster }
        hosts = (found?.host_statuses ?? []).compactMap { status in
            guard let socket = status.address?.socket_address else { return nil }
            let requests = status.stats?.first { $0.name == "rq_total" }?.value.flatMap { Int($0) } ?? 0
            return Host(
                addresses: [socket.address, status.hostname].compactMap { $0 }.map { Endpoint.address($0, socket.port_value) },
                isHealthy: status.health_status?.failed_active_health_check != true, requests: requests)
        }
    }
}
