import COpenSSL
import ScaleCore
import ScaleTLS
import ScaleTestKit
import Testing

@Suite struct TLSTrustTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var trust: TLSTrust
        var identity: TestIdentity
        var host: String
        /// Nil where the certificate is accepted.
        var reason: TLSFault.Reason?
        var code: Int32 = 0
    }

    static let cases: [Case] = {
        let ours = TLSTrust.file(TestIdentity.authorityFile)
        return [
            Case(testDescription: "name", trust: ours, identity: .good, host: "localhost"),
            Case(testDescription: "name with a final dot", trust: ours, identity: .good, host: "localhost."),
            Case(testDescription: "wildcard", trust: ours, identity: .good, host: "env-7.example.test"),
            Case(testDescription: "IPv4", trust: ours, identity: .good, host: "127.0.0.1"),
            Case(testDescription: "IPv6", trust: ours, identity: .good, host: "::1"),
            Case(
                testDescription: "other name", trust: ours, identity: .good, host: "other.test", reason: .nameMismatch,
                code: X509_V_ERR_HOSTNAME_MISMATCH),
            Case(
                testDescription: "a wildcard is one label", trust: ours, identity: .good, host: "a.b.example.test",
                reason: .nameMismatch, code: X509_V_ERR_HOSTNAME_MISMATCH),
            Case(
                testDescription: "other address", trust: ours, identity: .good, host: "127.0.0.2",
                reason: .nameMismatch,
                code: X509_V_ERR_IP_ADDRESS_MISMATCH),
            Case(
                testDescription: "expired", trust: ours, identity: .expired, host: "localhost",
                reason: .certificateExpired, code: X509_V_ERR_CERT_HAS_EXPIRED),
            Case(
                testDescription: "not yet valid", trust: ours, identity: .early, host: "localhost",
                reason: .certificateNotYetValid, code: X509_V_ERR_CERT_NOT_YET_VALID),
            Case(
                testDescription: "self-signed", trust: ours, identity: .selfSigned, host: "localhost",
                reason: .certificateUntrusted, code: X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT),
            Case(
                testDescription: "the system does not know our authority", trust: .system, identity: .good,
                host: "localhost", reason: .certificateUntrusted, code: X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY),
            Case(
                testDescription: "self-signed, its own file", trust: .file(TestIdentity.selfSignedFile),
                identity: .selfSigned, host: "localhost"),
            Case(testDescription: "self-signed, insecure", trust: .insecure, identity: .selfSigned, host: "localhost"),
            Case(testDescription: "expired, insecure", trust: .insecure, identity: .expired, host: "127.0.0.2"),
        ]
    }()

    @Test(arguments: cases) func certificate(_ item: Case) throws {
        let server = TestServer(.init(identity: item.identity))
        var end = try ClientEnd(try TLSContext(trust: item.trust), item.host)
        let fault = end.connect(to: server)
        #expect(fault?.reason == item.reason)
        #expect(fault?.verifyCode ?? 0 == item.code)
        if item.reason != nil {
            #expect(fault?.message.isEmpty == false)
            #expect(server.handshakeError != 0, "the server is told by an alert")
        }
    }

    @Test(arguments: [("localhost", "localhost"), ("localhost.", "localhost"), ("127.0.0.1", nil), ("::1", nil)])
    func onlyNamesAreToldToTheServer(host: String, asked: String?) throws {
        let server = TestServer()
        var end = try ClientEnd(try TLSContext(trust: .insecure), host)
        #expect(end.connect(to: server) == nil)
        #expect(server.askedName == asked)
    }

    @Test(arguments: ["/nonexistent/ca.pem", "/etc/hostname"]) func aBadFileNamesTheFlag(path: String) {
        let error = #expect(throws: ScaleError.self) { _ = try TLSContext(trust: .file(path)) }
        #expect(error?.code == .usage)
        #expect(error?.message.contains("--ca-file '\(path)'") == true)
        #expect(error?.cause?.isEmpty == false)
    }
}
