import Foundation
import ScaleAnalysis
import ScaleCore
import ScaleReactor
import ScaleTLS
import Testing

@testable import ScaleEngine

/// Everything that opens sockets, one test after the other: each checks that the engine leaves none behind.
@Suite(.serialized) struct LoopbackTests {}

/// Connections to a port that this process holds the client's end of. Only while somebody owns the port is it known
/// whose they are.
func heldConnections(to port: UInt16) throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap { Int32($0) }.count { descriptor in
        var peer = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        // Descriptors of others may be gone by now.
        let code = withUnsafeMutablePointer(to: &peer) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &size) }
        }
        return code == 0 && peer.sin_family == sa_family_t(AF_INET) && UInt16(bigEndian: peer.sin_port) == port
    }
}

/// A deadline that is only met by a defect, or by a peer that is silent on purpose.
let patience = Nanoseconds.milliseconds(300)

func cell(_ mode: Mode, sessions: Int = 1, wait: Nanoseconds = .zero, steps: Int = 1) -> CellKey {
    CellKey(mode: mode, sessions: sessions, wait: wait, steps: steps, rep: 1)
}

/// The cell of a table: sessions that send a plain action, so that the answers need not be the benchmark's.
func spec(
    _ target: LoadTarget, _ key: CellKey, _ connections: ConnectionPolicy = .perSession,
    timeouts: PhaseTimeouts = .all(.seconds(60))
) throws -> LoadSpec {
    LoadSpec(
        key: key, targets: [target], timeouts: timeouts, httpConnections: connections,
        action: try ActionTemplate(#"{"step": {{step}}}"#, wait: key.wait))
}

func run(_ spec: LoadSpec) async throws -> CellOutcome {
    try await LoadEngine.run(spec, board: ProgressBoard(threads: spec.threads))
}

/// How a session ended, as a table says it.
enum Ending: Equatable, Sendable {
    case success
    case failure(FailureKind, Phase, Int32? = nil)

    init(_ session: SessionRecord) {
        if let failure = session.failure {
            self = .failure(failure.kind, failure.phase, failure.code)
        } else {
            self = .success
        }
    }
}

/// One behaviour of a peer and what the engine makes of it.
struct PeerCase: Sendable, CustomTestStringConvertible {
    var name: String
    var scripts: [[Act]]
    var endings: [Ending]
    var mode: Mode
    var steps: Int
    var connections: ConnectionPolicy
    /// Where the peer is silent on purpose.
    var silentIn: Phase?
    /// The client speaks TLS, whatever the peer does.
    var isSecure = false

    init(
        _ name: String, _ scripts: [[Act]], _ endings: Ending..., mode: Mode = .ws, steps: Int = 1,
        connections: ConnectionPolicy = .perSession, silentIn: Phase? = nil
    ) {
        self.name = name
        self.scripts = scripts
        self.endings = endings
        self.mode = mode
        self.steps = steps
        self.connections = connections
        self.silentIn = silentIn
    }

    var testDescription: String { name }

    private var timeouts: PhaseTimeouts {
        var limits = PhaseTimeouts.all(.seconds(60))
        switch silentIn {
        case .connect, .queue: limits.connect = patience
        case .reset: limits.reset = patience
        case .step: limits.step = patience
        case .close: limits.close = patience
        case nil: break
        }
        return limits
    }

    /// Runs one session against the peer, and checks its ending and that nothing was left open.
    @discardableResult func check(
        sessions: Int = 1, tls: TLSIdentity? = nil, trust: TLSTrust = .insecure
    ) async throws -> (CellOutcome, PeerLog) {
        let context = try TLSContext(trust: trust)
        let begun = MonotonicClock.now()
        let (outcome, log) = try await ScriptedPeer.following(scripts, tls: tls) { target in
            var spec = try spec(target, cell(mode, sessions: sessions, steps: steps), connections, timeouts: timeouts)
            spec.targets[0].endpoint.secure = tls != nil || isSecure
            spec.tls = context
            let outcome = try await run(spec)
            #expect(try heldConnections(to: target.address.port) == 0)
            return outcome
        }
        let session = try #require(outcome.recording.sessions.first)
        #expect(endings.contains(Ending(session)), "\(Ending(session)), surprises \(log.surprises)")
        #expect(MonotonicClock.now() - begun < .seconds(30), "it waited for a timeout")
        return (outcome, log)
    }
}
