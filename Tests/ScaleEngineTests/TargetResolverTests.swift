import ScaleCore
import ScaleReactor
import ScaleTestKit
import Testing

@testable import ScaleEngine

@Suite("Addresses of a name") struct TargetResolverTests {
    static let name = Endpoint(secure: false, host: "envs.example", port: 8000)

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// Each address of the name with the `errno` of its try, 0 for one that answers.
        var tries: [(String, Int32)]
        var used: [String]
        var notice: String?
        var warning: String?
    }

    static let cases = [
        Case(testDescription: "one address", tries: [("192.0.2.1", 0)], used: ["192.0.2.1:8000"]),
        Case(
            testDescription: "several that answer", tries: [("192.0.2.1", 0), ("192.0.2.2", 0)],
            used: ["192.0.2.1:8000", "192.0.2.2:8000"],
            notice:
                "http://envs.example:8000 has 2 addresses, and each gets its share of the sessions: 192.0.2.1:8000, 192.0.2.2:8000; --resolve first takes one"
        ),
        Case(
            testDescription: "both families", tries: [("2001:db8::1", 0), ("192.0.2.1", 0)],
            used: ["[2001:db8::1]:8000", "192.0.2.1:8000"],
            notice:
                "http://envs.example:8000 has 2 addresses, and each gets its share of the sessions: [2001:db8::1]:8000, 192.0.2.1:8000; IPv4 and IPv6 may lead to one server; --resolve first takes one"
        ),
        Case(
            testDescription: "one that refuses", tries: [("192.0.2.1", 0), ("192.0.2.2", Errno.connectionRefused)],
            used: ["192.0.2.1:8000"],
            warning:
                "1 of the 2 addresses of http://envs.example:8000 does not answer and gets no sessions: 192.0.2.2:8000 (Connection refused)"
        ),
        Case(
            testDescription: "the first two are silent",
            tries: [("192.0.2.1", Errno.timedOut), ("192.0.2.2", Errno.connectionRefused), ("192.0.2.3", 0)], used: ["192.0.2.3:8000"],
            warning:
                "2 of the 3 addresses of http://envs.example:8000 do not answer and get no sessions: 192.0.2.1:8000 (Connection timed out), 192.0.2.2:8000 (Connection refused)"
        ),
        Case(
            testDescription: "loopback on one family", tries: [("::1", Errno.connectionRefused), ("127.0.0.1", 0)],
            used: ["127.0.0.1:8000"]),
        Case(
            testDescription: "another loopback address that refuses", tries: [("127.0.0.1", 0), ("127.0.0.2", Errno.connectionRefused)],
            used: ["127.0.0.1:8000"],
            warning:
                "1 of the 2 addresses of http://envs.example:8000 does not answer and gets no sessions: 127.0.0.2:8000 (Connection refused)"
        ),
    ]

    @Test(arguments: cases) func thoseThatAnswerGetSessions(each: Case) throws {
        var resolved = ResolvedTargets()
        try resolved.add(try Self.tries(each.tries), of: Self.name, at: 3, flag: "--url")
        #expect(resolved.targets.map(\.address.textWithPort) == each.used)
        #expect(resolved.targets.allSatisfy { $0.endpoint == Self.name })
        #expect(resolved.places == each.used.map { _ in 3 })
        #expect(resolved.notices == [each.notice].compactMap(\.self))
        #expect(resolved.warnings == [each.warning].compactMap(\.self))
    }

    @Test func whereNoneAnswersNothingCanBeReached() throws {
        var resolved = ResolvedTargets()
        let tries = try Self.tries([("192.0.2.1", Errno.connectionRefused), ("192.0.2.2", Errno.timedOut)])
        let error = #expect(throws: ScaleError.self) { try resolved.add(tries, of: Self.name, at: 0, flag: "--urls") }
        #expect(
            error?.description
                == "nothing can be reached at http://envs.example:8000 (Connection timed out); start the server, or correct --urls")
    }

    /// Whoever knows the address of a tunnel may use it.
    @Test func addressesOfACapabilityAreNotShown() throws {
        var tunnel = Self.name
        tunnel.isCapability = true
        var resolved = ResolvedTargets()
        try resolved.add(
            Self.tries([("192.0.2.1", 0), ("192.0.2.2", 0), ("192.0.2.3", Errno.timedOut)]), of: tunnel, at: 0, flag: "--url")
        #expect(resolved.notices.count == 1 && resolved.warnings.count == 1)
        #expect((resolved.notices + resolved.warnings).allSatisfy { !$0.contains("192.0.2") && !$0.contains("envs.example") })
    }

    @Test(arguments: AddressChoice.allCases) func aPeerIsFound(choice: AddressChoice) async throws {
        let (resolved, _) = try await ScriptedPeer.serving([[.close]]) { place in
            try await TargetResolver.resolve([place.endpoint, place.endpoint], choice, timeout: .seconds(60))
        }
        #expect(resolved.targets.map(\.address.text) == ["127.0.0.1", "127.0.0.1"])
        #expect(resolved.places == [0, 1])
        #expect(resolved.notices + resolved.warnings == [])
    }

    private static func tries(_ tries: [(String, Int32)]) throws -> [AddressTry] {
        try tries.map { AddressTry(try #require(try SocketAddress.resolve(host: $0.0, port: name.port).first), code: $0.1) }
    }
}
