import ScaleCore

/// The configuration of Envoy 1.20 or later with its v3 API, as JSON, which is YAML too.
struct EnvoyConfiguration: Hashable, Sendable {
    var plan: BalancerPlan

    static let cluster = "servers"

    /// As with ``HAProxyConfiguration``: no deadline of its own, no second try, and a `/health` that is good when all servers
    /// are and reaches none of them. Limits of a cluster are 1,024 by default, below many a batch.
    var text: String {
        JSONTree.object([
            ("admin", .object([("address", .object([("pipe", .object([("path", .string(plan.statisticsSocket)), ("mode", 0o600)]))]))])),
            ("static_resources", .object([("listeners", .array([listener])), ("clusters", .array([cluster]))])),
        ]).text
    }

    private var listener: JSONTree {
        .object([
            ("name", "sessions"), ("address", Self.address(plan.endpoint)), ("tcp_backlog_size", .int(plan.connectionLimit)),
            (
                "filter_chains",
                .array([.object([("filters", .array([.object(typed("envoy.filters.network.http_connection_manager", manager))]))])])
            ),
        ])
    }

    /// Zero switches a timeout off.
    private var manager: [(String, JSONTree)] {
        [
            ("@type", .string(Self.filters + "network.http_connection_manager.v3.HttpConnectionManager")),
            ("stat_prefix", "sessions"), ("codec_type", "HTTP1"), ("stream_idle_timeout", "0s"), ("request_timeout", "0s"),
            ("common_http_protocol_options", .object([("idle_timeout", "3600s")])),
            ("upgrade_configs", .array([.object([("upgrade_type", "websocket")])])),
            ("route_config", routes),
            (
                "http_filters",
                .array([.object(typed("envoy.filters.http.health_check", health)), .object(typed("envoy.filters.http.router", router))])
            ),
        ]
    }

    private var routes: JSONTree {
        let route = JSONTree.object([
            ("match", .object([("prefix", "/")])),
            ("route", .object([("cluster", .string(Self.cluster)), ("timeout", "0s"), ("idle_timeout", "0s")])),
        ])
        let host = JSONTree.object([("name", "all"), ("domains", .array(["*"])), ("routes", .array([route]))])
        return .object([("name", "all"), ("virtual_hosts", .array([host]))])
    }

    private var health: [(String, JSONTree)] {
        let path = JSONTree.object([("name", ":path"), ("string_match", .object([("exact", .string(plan.healthPath))]))])
        return [
            ("@type", .string(Self.filters + "http.health_check.v3.HealthCheck")), ("pass_through_mode", false),
            ("cluster_min_healthy_percentages", .object([(Self.cluster, .object([("value", 100)]))])), ("headers", .array([path])),
        ]
    }

    private var router: [(String, JSONTree)] { [("@type", .string(Self.filters + "http.router.v3.Router"))] }

    private var cluster: JSONTree {
        let limits = ["max_connections", "max_pending_requests", "max_requests"].map { ($0, JSONTree.int(plan.connectionLimit)) }
        // A name is looked up, an address is not.
        let isNamed = plan.backends.contains {
            !$0.host.contains(":") && !$0.host.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (48...57).contains($0) }
        }
        return .object([
            ("name", .string(Self.cluster)), ("type", isNamed ? "STRICT_DNS" : "STATIC"), ("connect_timeout", "3600s"),
            ("lb_policy", plan.algorithm == .leastconn ? "LEAST_REQUEST" : "ROUND_ROBIN"),
            ("circuit_breakers", .object([("thresholds", .array([.object([("priority", "DEFAULT")] + limits + [("max_retries", 0)])]))])),
            ("health_checks", .array([healthCheck])),
            (
                "load_assignment",
                .object([("cluster_name", .string(Self.cluster)), ("endpoints", .array([.object([("lb_endpoints", .array(endpoints))])]))])
            ),
        ])
    }

    private var healthCheck: JSONTree {
        .object([
            ("timeout", "30s"), ("interval", "2s"), ("unhealthy_interval", "0.200s"), ("no_traffic_interval", "0.200s"),
            ("unhealthy_threshold", 3),
            ("healthy_threshold", 1), ("http_health_check", .object([("path", .string(plan.healthPath))])),
        ])
    }

    private var endpoints: [JSONTree] {
        plan.backends.map { .object([("endpoint", .object([("address", Self.address($0))]))]) }
    }

    private static let filters = "type.googleapis.com/envoy.extensions.filters."

    private func typed(_ name: String, _ configuration: [(String, JSONTree)]) -> [(String, JSONTree)] {
        [("name", .string(name)), ("typed_config", .object(configuration))]
    }

    private static func address(_ endpoint: Endpoint) -> JSONTree {
        .object([("socket_address", .object([("address", .string(endpoint.host)), ("port_value", .int(Int(endpoint.port)))]))])
    }
}
