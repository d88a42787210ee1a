import ScaleControl
import ScaleCore
import ScaleTestKit
import Testing

@Suite struct RetryPolicyTests {
    let policy = RetryPolicy(base: .seconds(1), cap: .seconds(30), attempts: 5)

    @Test(arguments: [(1, 0.5, 1.0), (2, 1.0, 2.0), (3, 2.0, 4.0), (4, 4.0, 8.0)])
    func waitsDoubleAndAreSpreadOverTheirUpperHalf(attempt: Int, low: Double, high: Double) {
        let outcome = RetryPolicy.Outcome.answered(HTTPResponse(status: 503))
        #expect(policy.delay(after: attempt, of: .get, outcome: outcome, random: 0) == .seconds(low))
        #expect(policy.delay(after: attempt, of: .get, outcome: outcome, random: 1) == .seconds(high))
        #expect(policy.delay(after: attempt, of: .get, outcome: outcome, random: 0.5) == .seconds((low + high) / 2))
    }

    @Test func waitsEndAtTheCapAndTriesAtTheirNumber() {
        let many = RetryPolicy(base: .seconds(2), cap: .seconds(30), attempts: 100)
        let outcome = RetryPolicy.Outcome.answered(HTTPResponse(status: 500))
        #expect(many.delay(after: 6, of: .get, outcome: outcome, random: 1) == .seconds(30))
        #expect(many.delay(after: 99, of: .get, outcome: outcome, random: 1) == .seconds(30))
        #expect(many.delay(after: 100, of: .get, outcome: outcome, random: 1) == nil)
        #expect(RetryPolicy.none.delay(after: 1, of: .get, outcome: outcome, random: 1) == nil)
    }

    @Test(arguments: [
        (200, false), (204, false), (301, false), (400, false), (401, false), (403, false), (404, false), (408, true),
        (409, false), (422, false), (429, true), (500, true), (502, true), (503, true), (504, true), (524, true),
        (599, true),
    ])
    func statuses(status: Int, retried: Bool) {
        let outcome = RetryPolicy.Outcome.answered(HTTPResponse(status: status))
        #expect((policy.delay(after: 1, of: .get, outcome: outcome, random: 0) != nil) == retried)
        for method in HTTPRequest.Method.allCases where !method.isRead {
            #expect(policy.delay(after: 1, of: method, outcome: outcome, random: 0) == nil, "writes are never repeated")
        }
    }

    @Test(arguments: [
        (TransportFailure.Kind.resolve, true), (.connect, true), (.timeout, true), (.broken, true), (.tls, false),
        (.tooLarge, false), (.cancelled, false), (.request, false),
    ])
    func transportFailures(kind: TransportFailure.Kind, retried: Bool) {
        let outcome = RetryPolicy.Outcome.failed(TransportFailure(kind, message: "x"))
        #expect((policy.delay(after: 1, of: .get, outcome: outcome, random: 0) != nil) == retried)
        #expect(policy.delay(after: 1, of: .post, outcome: outcome, random: 0) == nil)
    }

    static let date = "Fri, 09 Jan 2026 12:00:00 GMT"

    @Test(
        arguments: [
            ([("Retry-After", "7")], 7.0), ([("Retry-After", "0")], 0.0), ([("Retry-After", "soon")], nil),
            ([("Retry-After", "-1")], nil),
            ([("Retry-After", "999999999")], nil), ([], nil),
            ([("Retry-After", "Fri, 09 Jan 2026 12:01:30 GMT"), ("Date", date)], 90.0),
            ([("Retry-After", "Fri, 09 Jan 2026 11:00:00 GMT"), ("Date", date)], 0.0),
            ([("Retry-After", "Fri, 09 Jan 2026 12:01:30 GMT")], nil),
            ([("RateLimit", #""api";r=0;t=55"#)], 56.0), ([("RateLimit", #""api";r=3;t=55"#)], nil),
            ([("RateLimit", #""api";r=3;t=55"#), ("Retry-After", "4")], 4.0), ([("RateLimit", "nonsense")], nil),
        ] as [([(String, String)], Double?)])
    func theServerSaysWhen(headers: [(String, String)], seconds: Double?) {
        let response = HTTPResponse(status: 429, headers: headers.map { (name: $0.0, value: $0.1) })
        #expect(response.retryAfter == seconds.map { .seconds($0) })
        let delay = policy.delay(after: 1, of: .get, outcome: .answered(response), random: 1)
        #expect(delay == .seconds(seconds ?? 1))
    }

    @Test func aReadIsTriedUntilItWorks() async throws {
        let server = StandIn { number, _ in
            switch number {
            case 0: .answer(429, headers: ["Retry-After: 20"])
            case 1: .hangUp
            case 2: .answer(503)
            default: .answer(200, body: "at last")
            }
        }
        defer { server.stop() }
        let clock = ManualClock()
        let response = try await ControlClient(version: "1").send(
            HTTPRequest(.get, server.url), within: .seconds(20), retry: policy, budget: .seconds(100), clock: clock)
        #expect(response.text == "at last")
        #expect(clock.sleeps.count == 3)
        #expect(clock.sleeps.first == .seconds(20))
    }

    @Test func aWriteIsSentOnce() async throws {
        let server = StandIn { _, _ in .answer(503) }
        defer { server.stop() }
        let response = try await ControlClient(version: "1").send(
            HTTPRequest(.post, server.url), within: .seconds(20), retry: policy, budget: .seconds(100),
            clock: ManualClock())
        #expect(response.status == 503)
        #expect(server.requests.count == 1)
    }

    @Test func aWaitBeyondTheBudgetIsNotBegun() async throws {
        let server = StandIn { _, _ in .answer(429, headers: ["Retry-After: 60"]) }
        defer { server.stop() }
        let clock = ManualClock()
        let response = try await ControlClient(version: "1").send(
            HTTPRequest(.get, server.url), within: .seconds(20), retry: policy, budget: .seconds(59), clock: clock)
        #expect(response.status == 429)
        #expect(clock.sleeps.isEmpty)
    }
}
