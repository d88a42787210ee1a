import ScaleCore

/// Every way of a server to answer badly, or so oddly that a reader might stumble, each with what a session must make of
/// it: the one table.
///
/// A session that the table calls a success met something unusual that the standards allow, or that came when its work
/// was done.
package enum Hostile {
    package static let table: [PeerCase] =
        upgrades + frames + fragments + messages + closes + cuts + websocketSilence + statuses + httpBodies + httpCuts
        + certificates + belowTLS

    /// Sessions of one case that run at a time.
    static let crowd = 3

    /// One peer that does to every connection what the script says.
    static func ws(
        _ name: String, _ script: [Act], _ endings: Ending..., steps: Int = 1, sessions: Int = crowd,
        silentIn: Phase? = nil
    ) -> PeerCase {
        var peer = PeerCase("ws: " + name, [script], .success, steps: steps, sessions: sessions, silentIn: silentIn)
        peer.endings = endings
        return peer
    }

    static func http(
        _ name: String, _ script: [Act], _ endings: Ending..., connections: ConnectionPolicy = .perSession,
        silentIn: Phase? = nil
    ) -> PeerCase {
        var peer = PeerCase(
            "http: " + name, [script], .success, mode: .http, sessions: crowd, connections: connections, silentIn: silentIn)
        peer.endings = endings
        return peer
    }

    /// The bytes as the answer to the reset, and as the answer to the step.
    static func answers(_ name: String, _ bytes: [UInt8], _ kind: FailureKind, _ code: Int32? = nil) -> [PeerCase] {
        [
            ws(name + ", to the reset", Course.resetAnswered(bytes), .failure(kind, .reset, code)),
            ws(name + ", to the step", Course.stepAnswered(bytes), .failure(kind, .step, code)),
        ]
    }

    static func answers(_ name: String, _ bytes: [UInt8], _ breach: ProtocolBreach) -> [PeerCase] {
        answers(name, bytes, .protocolViolation, breach.rawValue)
    }

    /// A session that is answered by these bytes, to the reset and to the step, and goes on.
    static func fine(_ name: String, _ bytes: [UInt8]) -> PeerCase {
        ws(name, Course.opened + [.frame, .send(bytes), .frame, .send(bytes)] + Course.farewell, .success)
    }

    static func ascii(_ text: String) -> [UInt8] { Array(text.utf8) }
}
