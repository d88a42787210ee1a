import ScaleCore

/// The configuration of HAProxy 2.4 or later (its configuration manual, sections 3 to 5).
struct HAProxyConfiguration: Hashable, Sendable {
    var plan: BalancerPlan

    /// Its names of what the sessions come through and of the servers.
    static let frontend = "sessions"
    static let backend = "servers"

    /// No deadline of its own ends a session before the run's own do. A connection that cannot be made is a result, so it is
    /// tried once. A server that is slow under load is not taken for dead: its health may take half a minute to come, three
    /// times in a row. Its own `/health` is good when all servers are, and is asked of no server, so that each
    /// session that one has counted is a real one. A connection of HTTP calls stays with its server, as it would without a balancer.
    var text: String {
        """
        # Made for one launch, and removed with it.
        global
            maxconn \(plan.connectionLimit)
            nbthread \(plan.threads)
            hard-stop-after 1s

        defaults
            mode http
            maxconn \(plan.connectionLimit)
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

        frontend \(Self.frontend)
            bind \(plan.endpoint.address) backlog \(plan.connectionLimit)
            monitor-uri \(plan.healthPath)
            monitor fail if { nbsrv(\(Self.backend)) lt \(plan.backends.count) }
            default_backend \(Self.backend)

        backend \(Self.backend)
            balance \(plan.algorithm.rawValue)
            option httpchk GET \(plan.healthPath)
            http-check expect status 200
            default-server check inter 2s fastinter 200ms downinter 200ms fall 3 rise 1
        \(servers)

        listen statistics
            bind \(plan.statisticsSocket) mode 600
            stats enable
            stats uri /

        """
    }

    private var servers: String {
        plan.backends.enumerated().map { "    server \(BalancerPlan.name($0)) \($1.address)" }.joined(separator: "\n")
    }
}

extension Endpoint {
    /// `host:port` or `[v6]:port`, whatever the port is.
    var address: String { Self.address(host, Int(port)) }

    static func address(_ host: String, _ port: Int) -> String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }
}
