import Glibc
import Testing

@testable import ScaleProviders

@Suite struct PortClaimTests {
    private static let host = "127.0.0.1"

    @Test func aClaimedPortIsFreeForItsServer() throws {
        let claims = try (0..<20).map { _ in try #require(PortClaim.choose(on: Self.host)) }
        #expect(claims.allSatisfy { FreePort.isFree($0.number, on: Self.host) && !FreePort.isTaken($0.number, on: Self.host) })
        #expect(PortClaim.choose(on: "not-an-address") == nil)
    }

    /// A port that is only chosen goes to two of so many almost always.
    @Test func noTwoLaunchesAreGivenTheSamePort() async throws {
        let claims = await withTaskGroup(of: PortClaim?.self) { group in
            for _ in 0..<600 { group.addTask { PortClaim.choose(on: Self.host) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(!claims.contains(nil) && Set(claims.map { $0?.number }).count == 600)
    }

    /// Nor does the kernel give it to a listener or a connection that takes any.
    @Test func theKernelGivesItToNobody() throws {
        try #require(!PortClaim.unassigned.isEmpty, "this host's kernel gives all ports: see ip_local_port_range in ip(7)")
        let claim = try #require(PortClaim.choose(on: Self.host))
        #expect(PortClaim.unassigned.contains(claim.number))
        for _ in 0..<200 { #expect(!PortClaim.unassigned.contains(try #require(FreePort.ofTheKernel(on: Self.host)))) }
    }

    @Test func itIsHeldUntilItsServerIsGone() throws {
        var claim = PortClaim.choose(on: Self.host)
        let number = try #require(claim?.number)
        #expect(PortClaim.choose(on: Self.host, from: [number])?.number != number)
        claim = nil
        claim = PortClaim.choose(on: Self.host, from: [number])
        #expect(claim?.number == number)
    }

    @Test func whatSomebodyListensAtIsNotChosen() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        #expect(listen(listener, 1) == 0)
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listener, $0, &size) }
        }
        let taken = UInt16(bigEndian: address.sin_port)
        #expect(code == 0 && FreePort.isTaken(taken, on: Self.host))
        #expect(PortClaim.choose(on: Self.host, from: [taken]).map { $0.number != taken } == true)
    }
}
