import COpenSSL
import ScaleCore
import ScaleWire

/// Servers whose TLS is not what it should be. The client trusts ``TestIdentity/authority`` alone.
extension Hostile {
    /// Both ways of speaking through TLS.
    private static func secure(
        _ name: String, _ script: [Act], _ endings: [Ending], identity: TestIdentity? = nil, silentIn: Phase? = nil
    ) -> [PeerCase] {
        Mode.allCases.map { mode in
            var peer = PeerCase(
                "\(mode.rawValue) over TLS: \(name)", [script], .success, mode: mode, sessions: crowd, silentIn: silentIn)
            peer.endings = endings
            peer.isSecure = true
            peer.identity = identity
            return peer
        }
    }

    static let certificates: [PeerCase] =
        [
            ("another name", TestIdentity.elsewhere, X509_V_ERR_IP_ADDRESS_MISMATCH),
            ("an expired certificate", .expired, X509_V_ERR_CERT_HAS_EXPIRED),
            ("a certificate that is not valid yet", .early, X509_V_ERR_CERT_NOT_YET_VALID),
            ("a self-signed certificate", .selfSigned, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT),
        ].flatMap { (name: String, identity: TestIdentity, code: Int32) in
            secure(name, [.request, .untilEnd], [.failure(.tls, .connect, code)], identity: identity)
        } + [goodOverTLS]

    /// So that the failures above are not those of everybody.
    private static let goodOverTLS: PeerCase = {
        var peer = ws("a good certificate", Course.good, .success)
        peer.identity = .good
        peer.isSecure = true
        return peer
    }()

    private static let broken = Ending.failure(.tls, .connect)
    private static let goneAtOnce: [Ending] = [broken, .failure(.reset, .connect, 104), .failure(.reset, .connect, 32)]

    static let belowTLS: [PeerCase] =
        secure("plain HTTP", [.anything, .send(Wire.response(400)), .untilEnd], [broken])
        + secure("garbage", [.anything, .send((0..<200).map { UInt8(truncatingIfNeeded: $0 &* 89 &+ 7) }), .untilEnd], [broken])
        + secure("an alert", [.anything, .send([0x15, 3, 3, 0, 2, 2, 40]), .untilEnd], [broken])
        + secure(
            "a record that is too long", [.anything, .send([0x16, 3, 3, 0xFF, 0xFF] + [UInt8](repeating: 0, count: 100)), .untilEnd],
            [broken])
        + secure("closed at once", [.close], goneAtOnce) + secure("RST at once", [.reset], goneAtOnce)
        + secure("FIN after the hello", [.anything, .close], [broken])
        + secure("half-close after the hello", [.anything, .halfClose, .untilEnd], [broken])
        + secure("RST after the hello", [.anything, .reset], [.failure(.reset, .connect, 104)])
        + secure("silence", [.untilEnd], [.failure(.timeout, .connect)], silentIn: .connect)
        + secure(
            "half a record, then silence", [.anything, .send([0x16, 3, 3, 0x10, 0, 2]), .untilEnd], [.failure(.timeout, .connect)],
            silentIn: .connect)
        + [
            underTLS("garbage in mid-step", .ws, Course.wasReset + [.raw(ascii("HTTP/1.1 200 OK\r\n\r\n"))], .failure(.tls, .step)),
            underTLS("FIN without a TLS close in mid-step", .ws, Course.wasReset + [.close], .failure(.closedMidSession, .step)),
            underTLS("RST in mid-step", .ws, Course.wasReset + [.reset], .failure(.closedMidSession, .step, 104)),
            underTLS("garbage instead of an answer", .http, [.request, .raw(ascii("HTTP/1.1 200 OK\r\n\r\n"))], .failure(.tls, .reset)),
            underTLS("FIN instead of an answer", .http, [.request, .close], .failure(.closedMidSession, .reset)),
        ]

    private static func underTLS(_ name: String, _ mode: Mode, _ script: [Act], _ ending: Ending) -> PeerCase {
        var peer = PeerCase("\(mode.rawValue) over TLS: \(name)", [script + [.untilEnd]], ending, mode: mode, sessions: crowd)
        peer.identity = .good
        peer.isSecure = true
        return peer
    }
}
