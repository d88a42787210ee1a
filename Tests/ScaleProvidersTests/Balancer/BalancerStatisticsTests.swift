import ScaleCore
import Testing

@testable import ScaleProviders

@Suite struct BalancerStatisticsTests {
    static let plan = BalancerPlan(
        port: 4000, backends: [8000, 8001, 8002].map { Endpoint(secure: false, host: "127.0.0.1", port: $0) }, algorithm: .leastconn,
        connectionLimit: 100, threads: 1, statisticsSocket: "/tmp/s")

    /// As HAProxy 2.6 answers, with fewer columns.
    static func csv(_ servers: [(name: String, sessions: Int, status: String)]) -> String {
        (["# pxname,svname,qcur,stot,last_chk,status,", "sessions,FRONTEND,,99,,OPEN,"]
            + servers.map { "servers,\($0.name),0,\($0.sessions),\"Layer7 OK, \"\"fine\"\"\",\($0.status)," }
            + ["servers,BACKEND,0,99,,UP,", "other,r0,0,0,,DOWN,", ""]).joined(separator: "\n")
    }

    @Test(
        arguments: [
            ([("r0", 1, "UP"), ("r1", 2, "UP 1/3"), ("r2", 3, "no check")], []),
            ([("r0", 0, "UP"), ("r1", 2, "UP"), ("r2", 3, "UP")], ["http://127.0.0.1:8000"]),
            (
                [("r0", 1, "UP"), ("r1", 2, "DOWN"), ("r2", 3, "DOWN 1/2")],
                ["http://127.0.0.1:8001 (DOWN for haproxy)", "http://127.0.0.1:8002 (DOWN 1/2 for haproxy)"]
            ),
            ([("r2", 3, "UP"), ("r0", 1, "UP")], ["http://127.0.0.1:8001 (unknown to haproxy)"]),
        ] as [([(name: String, sessions: Int, status: String)], [String])])
    func haproxyTellsWhomNobodyReached(servers: [(name: String, sessions: Int, status: String)], unreached: [String]) {
        #expect(BalancerProcess.unreached(Array(Self.csv(servers).utf8), Self.plan, .haproxy) == unreached)
    }

    @Test(arguments: ["", "<html>", "# pxname,svname,status", "pxname,svname,stot,status"])
    func otherAnswersOfHAProxyAreNone(text: String) {
        #expect(BalancerProcess.unreached(Array(text.utf8), Self.plan, .haproxy) == nil)
    }

    @Test func envoyTellsWhomNobodyReached() {
        let text = """
            {"cluster_statuses": [{"name": "other"}, {"name": "servers", "host_statuses": [
              {"address": {"socket_address": {"address": "127.0.0.1", "port_value": 8000}},
               "stats": [{"name": "cx_total", "value": "7"}, {"name": "rq_total", "value": "5", "type": "COUNTER"}],
               "health_status": {"eds_health_status": "HEALTHY"}},
              {"address": {"socket_address": {"address": "127.0.0.1", "port_value": 8001}}, "stats": [{"name": "rq_total"}],
               "health_status": {"failed_active_health_check": true}},
              {"address": {"pipe": {"path": "/x"}}},
              {"address": {"socket_address": {"address": "127.0.0.1", "port_value": 8002}}, "stats": [{"name": "rq_total"}]}]}]}
            """
        #expect(
            BalancerProcess.unreached(Array(text.utf8), Self.plan, .envoy)
                == ["http://127.0.0.1:8001 (unhealthy for envoy)", "http://127.0.0.1:8002"])
        let named =
            #"{"cluster_statuses": [{"name": "servers", "host_statuses": [{"hostname": "127.0.0.1", "address": {"socket_address": {"address": "10.0.0.1", "port_value": 8000}}, "stats": [{"name": "rq_total", "value": "1"}]}]}]}"#
        #expect(BalancerProcess.unreached(Array(named.utf8), Self.plan, .envoy)?.count == 2)
        #expect(BalancerProcess.unreached(Array("{}".utf8), Self.plan, .envoy)?.count == 3)
        #expect(BalancerProcess.unreached(Array("no".utf8), Self.plan, .envoy) == nil)
    }

    @Test(
        arguments: [
            (
                "[NOTICE]   (7) : haproxy version is 2.6\n[ALERT]    (7) : config : parsing [/tmp/x:3] : unknown keyword 'a'.\n[ALERT]    (7) : config : Fatal errors",
                "parsing [/tmp/x:3] : unknown keyword 'a'."
            ),
            ("[ALERT]    (7) : Starting frontend sessions: cannot bind socket", "Starting frontend sessions: cannot bind socket"),
            ("error initializing config\n\n", "error initializing config"), ("\n", nil), ("", nil),
        ] as [(String, String?)])
    func complaints(text: String, sentence: String?) { #expect(BalancerProcess.complaint(text) == sentence) }
}
