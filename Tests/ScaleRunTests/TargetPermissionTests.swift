import ScaleCore
import Testing

@testable import ScaleRun

@Suite struct TargetPermissionTests {
    static func endpoint(_ host: String) -> Endpoint { Endpoint(secure: false, host: host, port: 8000) }

    @Test(arguments: ["127.0.0.1", "localhost", "::1", "0.0.0.0"])
    func thisHostIsAllowed(host: String) async throws {
        try await TargetPermission().check([Self.endpoint(host)], flag: "--provider")
    }

    @Test(arguments: [TargetPermission(hosts: ["no-such-host.invalid"]), TargetPermission(hosts: ["*"])])
    func whatTheCommandLineNamesNeedNotBeResolved(permission: TargetPermission) async throws {
        try await permission.check([Self.endpoint("no-such-host.invalid")], flag: "--provider")
    }

    @Test func anotherHostIsNot() async {
        let error = await #expect(throws: ScaleError.self) {
            try await TargetPermission(hosts: ["elsewhere"]).check([Self.endpoint("192.0.2.1")], flag: "--provider")
        }
        #expect(error?.code == .usage)
        #expect(
            error?.message == "--provider leads to http://192.0.2.1:8000, which is another host, and the command line does not allow it")
        #expect(error?.hint == "--allow-target 192.0.2.1 sends load there")
    }

    /// Nobody knows whose it is.
    @Test func aNameThatCannotBeResolvedIsNotThisHost() async {
        let error = await #expect(throws: ScaleError.self) {
            try await TargetPermission().check([Self.endpoint("no-such-host.invalid")], flag: "--provider")
        }
        #expect(error?.code == .usage)
        #expect(error?.message.contains("http://no-such-host.invalid:8000, whose host cannot be resolved") == true, "\(error as Any)")
        #expect(error?.hint == "--allow-target no-such-host.invalid sends load there")
    }
}
