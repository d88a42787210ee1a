import ScaleCore
import ScaleReactor
import ScaleWire

/// One thing a scripted peer does with a connection, after the one before is done.
package enum Act: Sendable {
    /// Reads a whole HTTP request, an upgrade included.
    case request
    /// Reads a whole frame of the client.
    case frame
    /// Reads whatever comes next, without looking into it or into TLS.
    case anything
    case send([UInt8])
    /// The same without TLS, also where there is TLS.
    case raw([UInt8])
    /// Sends the bytes one at a time, with a pause that lets the other end read each.
    case trickle([UInt8])
    /// Sends the bytes one at a time, so long after one another.
    case drip([UInt8], every: Nanoseconds)
    case pause(Nanoseconds)
    /// Answers the upgrade with the right accept key, and sends more behind it in the same write.
    case upgrade(then: [UInt8] = [])
    /// The same, one byte at a time.
    case trickledUpgrade
    /// The same in two parts, of which the first has so many bytes.
    case cutUpgrade(Int)
    /// Answers the upgrade with another head, in which `{accept}` stands for the right accept key.
    case head(String)
    /// Sends over and over until the client ends the connection.
    case flood([UInt8])
    /// Sends no more.
    case halfClose
    /// Ends the connection: unread bytes turn the FIN into an RST, as in any server.
    case close
    /// Ends it with an RST.
    case reset
    /// Reads until the client ends the connection.
    case untilEnd
}

/// The parts that most scripts begin or end with: a session over a WebSocket that resets, steps once and says goodbye.
package enum Course {
    package static let opened: [Act] = [.request, .upgrade()]
    /// The reset has been answered, and the step has come.
    package static let wasReset: [Act] = opened + [.frame, .send(Wire.observation), .frame]
    /// The step has been answered, and the goodbye has come.
    package static let wasStepped: [Act] = wasReset + [.send(Wire.observation), .frame]
    package static let farewell: [Act] = [.frame, .send(Wire.close(1000)), .frame, .close]
    package static let good: [Act] = wasReset + [.send(Wire.observation)] + farewell

    /// A script whose reset is answered by these bytes.
    package static func resetAnswered(_ bytes: [UInt8]) -> [Act] { opened + [.frame, .send(bytes), .untilEnd] }
    package static func stepAnswered(_ bytes: [UInt8]) -> [Act] { wasReset + [.send(bytes), .untilEnd] }
}

/// How a session ended, as a table says it.
package enum Ending: Equatable, Sendable {
    case success
    case failure(FailureKind, Phase, Int32? = nil)

    package static func violation(_ phase: Phase, _ breach: ProtocolBreach) -> Ending {
        .failure(.protocolViolation, phase, breach.rawValue)
    }

    package static func badHandshake(_ breach: ProtocolBreach) -> Ending {
        .failure(.badHandshake, .connect, breach.rawValue)
    }

    package init(_ session: SessionRecord) {
        if let failure = session.failure {
            self = .failure(failure.kind, failure.phase, failure.code)
        } else {
            self = .success
        }
    }
}

/// One behaviour of a peer and what a session makes of it.
package struct PeerCase: Sendable, CustomStringConvertible {
    package var name: String
    /// The n-th connection goes by the n-th, all further ones by the last.
    package var scripts: [[Act]]
    /// What is in order. More than one only where the kernel decides which of them it is.
    package var endings: [Ending]
    package var mode: Mode
    package var steps: Int
    package var sessions: Int
    package var connections: ConnectionPolicy
    /// Where the peer is silent on purpose.
    package var silentIn: Phase?
    /// The client speaks TLS, whatever the peer does.
    package var isSecure = false
    /// What the peer shows a client that it speaks TLS with.
    package var identity: TestIdentity?

    package init(
        _ name: String, _ scripts: [[Act]], _ endings: Ending..., mode: Mode = .ws, steps: Int = 1, sessions: Int = 1,
        connections: ConnectionPolicy = .perSession, silentIn: Phase? = nil
    ) {
        self.name = name
        self.scripts = scripts
        self.endings = endings
        self.mode = mode
        self.steps = steps
        self.sessions = sessions
        self.connections = connections
        self.silentIn = silentIn
    }

    package var description: String { name }
}
