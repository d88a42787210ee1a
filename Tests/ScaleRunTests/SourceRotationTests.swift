import ScaleCore
import ScaleEngine
import ScaleReactor
import Testing

@testable import ScaleRun

/// Where the connections of a cell come from.
@Suite struct SourceRotationTests {
    struct Decision: Sendable {
        var connections: Int
        var timeWait = 0
        var ports: Int
        var count: Int
    }

    @Test(arguments: [
        Decision(connections: 16_384, ports: 64_512, count: 1), Decision(connections: 60_480, ports: 64_512, count: 1),
        Decision(connections: 60_481, ports: 64_512, count: 2), Decision(connections: 64_513, ports: 64_512, count: 3),
        Decision(connections: 32_000, timeWait: 32_000, ports: 64_512, count: 2),
        Decision(connections: 4_096, ports: 1_001, count: 9), Decision(connections: 938, ports: 1_000, count: 1),
        Decision(connections: 939, ports: 1_000, count: 2), Decision(connections: 10_000_000, ports: 1_000, count: 1_024),
        Decision(connections: 5, ports: 1, count: 5), Decision(connections: 5, ports: 0, count: 1),
    ])
    func theKernelChoosesWhileOneAddressDoes(_ decision: Decision) {
        let count = SourceRotation.count(
            connections: decision.connections, timeWait: decision.timeWait, ports: decision.ports)
        #expect(count == decision.count)
    }

    @Test func theAddressesAreOfTheLoopbackBlock() {
        let texts = SourceRotation.addresses(SourceRotation.most).map(\.text)
        #expect(texts.count == SourceRotation.most && Set(texts).count == SourceRotation.most)
        #expect(texts[0] == "127.0.0.1" && texts[255] == "127.0.1.0" && texts.allSatisfy { $0.hasPrefix("127.0.") })
        #expect(SourceRotation.addresses(3).allSatisfy { $0.port == 0 })
    }

    static func target(_ host: String, port: UInt16 = 9) throws -> LoadTarget {
        let address = try #require(try SocketAddress.resolve(host: host, port: port).first)
        return LoadTarget(endpoint: Endpoint(secure: false, host: host, port: port), address: address)
    }

    /// Toward ports on which there has been nothing, from a host of a thousand ports.
    @Test(arguments: [
        (["127.0.0.1"], 900, [0]), (["127.0.0.1"], 4_000, [8]), (["127.9.8.7"], 4_000, [8]), (["::1"], 4_000, [0]),
        (["0.0.0.0"], 4_000, [0]), (["10.9.9.1"], 4_000, [0]), (["127.0.0.1", "127.0.0.2"], 1_800, [0, 0]),
        (["127.0.0.1", "127.0.0.1"], 1_800, [4, 4]), (["127.0.0.1", "10.9.9.1"], 2_000, [2, 0]),
    ])
    func onlyLoopbackTargetsThatNeedItAreRotated(hosts: [String], connections: Int, sources: [Int]) throws {
        let targets = try hosts.map { try Self.target($0) }
        let drain = SocketDrain(targets: targets, ports: [1001, 2000], reusesPorts: true)
        #expect(drain.rotated(targets, before: connections).map(\.sources.count) == sources)
        let unknown = SocketDrain(targets: targets, ports: [], reusesPorts: true)
        #expect(unknown.rotated(targets, before: connections).allSatisfy { $0.sources.isEmpty })
    }

    @Test func rotationEndsWithTheNeedForIt() throws {
        let target = try Self.target("127.0.0.1")
        let drain = SocketDrain(targets: [target], ports: [1001, 2000], reusesPorts: true)
        let rotated = drain.rotated([target], before: 4_000)
        #expect(drain.rotated(rotated, before: 10).allSatisfy { $0.sources.isEmpty })
    }

    /// TIME_WAIT of one address is no reason to wait where others are used.
    @Test func whatIsRotatedIsNotWaitedFor() throws {
        let drain = SocketDrain(targets: [try Self.target("127.0.0.1")], ports: [1001, 2000], reusesPorts: false)
        #expect(drain.obstacle([.init(open: 0, timeWait: 1_000)], before: 1_000) == nil)
        #expect(drain.obstacle([.init(open: 0, timeWait: 1_023_001)], before: 1_000) == .ports(missing: 1))
        #expect(drain.obstacle([.init(open: 1, timeWait: 0)], before: 1_000) == .open(1))
        let fixed = SocketDrain(targets: [try Self.target("10.9.9.1")], ports: [1001, 2000], reusesPorts: false)
        #expect(fixed.obstacle([.init(open: 0, timeWait: 1_000)], before: 1_000) == .ports(missing: 1_000))
    }

    @Test(
        arguments: [
            (["10.9.9.1"], 1_000, nil), (["10.9.9.1"], 1_001, "http://10.9.9.1:9 is to get 1001 connections"),
            (["::1"], 1_001, "1000 local ports"), (["127.0.0.1"], 500_000, nil), (["10.9.9.1", "10.9.9.2"], 2_000, nil),
            (["127.0.0.1", "10.9.9.2"], 2_002, "http://10.9.9.2:9 is to get 1001"),
        ] as [([String], Int, String?)])
    func tooFewPortsAreAnnounced(hosts: [String], connections: Int, says: String?) throws {
        let targets = try hosts.map { try Self.target($0) }
        let said = SocketDrain(targets: targets, ports: [1001, 2000], reusesPorts: true).shortage(targets, before: connections)
        if let says { #expect(said?.contains(says) == true, "\(said ?? "nothing")") } else { #expect(said == nil) }
    }

    @Test func everyCallOfItsOwnNeedsAPort() throws {
        var plan = plan(sessions: [10])
        (plan.modes, plan.steps, plan.httpConnections) = ([.http], 3, .perRequest)
        let perCall = request(plan, nil)
        #expect(perCall.connections(plan.cells[0]) == 40)
        plan.httpConnections = .pool(4)
        #expect(request(plan, nil).connections(plan.cells[0]) == 4)
    }
}
