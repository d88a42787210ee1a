import Foundation
import ScaleCore
import Testing

@testable import ScaleProviders

@Suite struct BalancerConfigurationTests {
    static let plan = BalancerPlan(
        port: 4000,
        backends: [
            Endpoint(secure: false, host: "127.0.0.1", port: 8000), Endpoint(secure: false, host: "::1", port: 80),
            Endpoint(secure: false, host: "node-3.cluster", port: 8000),
        ], algorithm: .leastconn, connectionLimit: 9000, threads: 4, statisticsSocket: "/tmp/sb-0-1/statistics")

    @Test func haproxyToTheLastByte() {
        #expect(
            HAProxyConfiguration(plan: Self.plan).text == """
                # Made for one launch, and removed with it.
                global
                    maxconn 9000
                    nbthread 4
                    hard-stop-after 1s

                defaults
                    mode http
                    maxconn 9000
                    timeout connect 1h
                    timeout client 1h
                    timeout server 1h
                    timeout queue 1h
                    timeout tunnel 1h
                    timeout check 30s
                    retries 0
                    option abortonclose
                    option http-keep-alive
                    option http-no-delay
                    option prefer-last-server
                    http-reuse safe

                frontend sessions
                    bind 127.0.0.1:4000 backlog 9000
                    monitor-uri /health
                    monitor fail if { nbsrv(servers) lt 3 }
                    default_backend servers

                backend servers
                    balance leastconn
                    option httpchk GET /health
                    http-check expect status 200
                    default-server check inter 2s fastinter 200ms downinter 200ms fall 3 rise 1
                    server r0 127.0.0.1:8000
                    server r1 [::1]:80
                    server r2 node-3.cluster:8000

                listen statistics
                    bind /tmp/sb-0-1/statistics mode 600
                    stats enable
                    stats uri /

                """)
    }

    @Test func aCommonPathIsPartOfTheAddress() {
        var plan = Self.plan
        plan.algorithm = .roundrobin
        plan.backends = [1, 2].map { Endpoint(secure: false, host: "127.0.0.1", port: $0, prefix: "/env") }
        let text = HAProxyConfiguration(plan: plan).text
        for line in ["monitor-uri /env/health", "option httpchk GET /env/health", "balance roundrobin", "{ nbsrv(servers) lt 2 }"] {
            #expect(text.contains(line))
        }
        #expect(plan.endpoint.redacted == "http://127.0.0.1:4000/env")
    }

    /// What of Envoy's configuration sessions depend on, by its place in the tree.
    private static let wanted: [(place: String, value: String)] = [
        ("admin.address.pipe.path", "/tmp/sb-0-1/statistics"), ("admin.address.pipe.mode", "384"),
        ("static_resources.listeners.0.address.socket_address.address", "127.0.0.1"),
        ("static_resources.listeners.0.address.socket_address.port_value", "4000"),
        ("\(manager).@type", type + "network.http_connection_manager.v3.HttpConnectionManager"),
        ("\(manager).upgrade_configs.0.upgrade_type", "websocket"), ("\(manager).stream_idle_timeout", "0s"),
        ("\(manager).request_timeout", "0s"), ("\(manager).common_http_protocol_options.idle_timeout", "3600s"),
        ("\(manager).route_config.virtual_hosts.0.domains.0", "*"), ("\(route).match.prefix", "/"),
        ("\(route).route.cluster", "servers"), ("\(route).route.timeout", "0s"), ("\(route).route.idle_timeout", "0s"),
        ("\(manager).http_filters.0.typed_config.pass_through_mode", "0"),
        ("\(manager).http_filters.0.typed_config.cluster_min_healthy_percentages.servers.value", "100"),
        ("\(manager).http_filters.0.typed_config.headers.0.string_match.exact", "/health"),
        ("\(manager).http_filters.1.name", "envoy.filters.http.router"), ("\(cluster).type", "STRICT_DNS"),
        ("\(cluster).lb_policy", "LEAST_REQUEST"), ("\(cluster).circuit_breakers.thresholds.0.max_connections", "9000"),
        ("\(cluster).circuit_breakers.thresholds.0.max_pending_requests", "9000"),
        ("\(cluster).circuit_breakers.thresholds.0.max_requests", "9000"),
        ("\(cluster).health_checks.0.http_health_check.path", "/health"),
        ("\(cluster).load_assignment.endpoints.0.lb_endpoints.0.endpoint.address.socket_address.port_value", "8000"),
        ("\(cluster).load_assignment.endpoints.0.lb_endpoints.1.endpoint.address.socket_address.address", "::1"),
        ("\(cluster).load_assignment.endpoints.0.lb_endpoints.2.endpoint.address.socket_address.address", "node-3.cluster"),
    ]
    private static let manager = "static_resources.listeners.0.filter_chains.0.filters.0.typed_config"
    private static let route = manager + ".route_config.virtual_hosts.0.routes.0"
    private static let cluster = "static_resources.clusters.0"
    private static let type = "type.googleapis.com/envoy.extensions.filters."

    @Test func envoyHasEveryLimitOutOfTheWay() throws {
        let tree = try JSONSerialization.jsonObject(with: Data(EnvoyConfiguration(plan: Self.plan).text.utf8))
        for (place, value) in Self.wanted { #expect(Self.value(at: place, in: tree) == value, "\(place)") }
    }

    @Test func envoyLooksUpNamesOnly() throws {
        var plan = Self.plan
        plan.backends.removeLast()
        plan.algorithm = .roundrobin
        let tree = try JSONSerialization.jsonObject(with: Data(EnvoyConfiguration(plan: plan).text.utf8))
        #expect(Self.value(at: Self.cluster + ".type", in: tree) == "STATIC")
        #expect(Self.value(at: Self.cluster + ".lb_policy", in: tree) == "ROUND_ROBIN")
    }

    /// Nil for what is not there.
    private static func value(at place: String, in tree: Any) -> String? {
        var node: Any? = tree
        // A type's URL has points of its own, but no place has one behind it.
        for key in place.split(separator: ".") {
            if let place = Int(key) {
                node = (node as? [Any]).flatMap { $0.indices.contains(place) ? $0[place] : nil }
            } else {
                node = (node as? [String: Any])?[String(key)]
            }
        }
        return (node as? String) ?? (node as? NSNumber)?.stringValue
    }

    @Test(arguments: [
        ("haproxy", "haproxy", "-haproxy"), ("haproxy:leastconn", "haproxy", "-haproxy"),
        ("haproxy:roundrobin", "haproxy:roundrobin", "-haproxy-roundrobin"), ("envoy", "envoy", "-envoy"),
    ])
    func kinds(text: String, name: String, suffix: String) throws {
        let kind = try BalancerKind(text, flag: "--balancer")
        #expect(kind.name == name && kind.suffix == suffix)
    }

    @Test(arguments: ["nginx", "", "HAProxy", "haproxy:", "haproxy:first", "haproxy:roundrobin:2", ":leastconn"])
    func otherKindsAreRefused(text: String) {
        let error = #expect(throws: ScaleError.self) { try BalancerKind(text, flag: "--balancer") }
        #expect(error?.code == .usage && error?.message.hasPrefix("--balancer") == true && error?.hint?.hasPrefix("use ") == true)
    }

    @Test(arguments: [(20_000, 2, 2, 9_944), (1_024, 2, 64, 332), (0, 1, 1, 1), (10_000_000, 2, 2, 400_000)])
    func connectionsTakeTwoDescriptors(descriptors: Int, backends: Int, threads: Int, connections: Int) {
        #expect(BalancerPlan.connections(descriptors: descriptors, backends: backends, threads: threads) == connections)
    }

    @Test(
        arguments: [
            ("https://a", "speaks no TLS"), ("http://u:p@a", "wants credentials"), ("http://a?token=1", "wants credentials"),
            ("http://a/other", "its path is not that of the others"), ("http://a'b", "characters"), ("http://a#b", nil),
            ("http://$HOME", "characters"), ("http://[fe80::1%eth0]:1", "characters"), ("http://a-b.c_d:8000", nil),
            ("http://127.0.0.1:1", nil),
        ] as [(String, String?)])
    func whatItCannotStandBefore(url: String, problem: String?) throws {
        let endpoint = try Endpoint(url: url)
        let first = Endpoint(secure: false, host: "127.0.0.1", port: 1)
        let refusal = BalancerPlan.refusal(of: [first, endpoint], BalancerKind(.haproxy), flag: "--balancer")
        #expect(refusal?.code == (problem == nil ? nil : .usage))
        if let problem { #expect(refusal?.message.contains(problem) == true) }
    }
}
