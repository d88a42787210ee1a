import Foundation
import ScaleAnalysis
import ScaleCore
import ScaleReactor
import ScaleTLS
import ScaleTestKit
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

extension ScriptedPeer {
    /// ``serving(_:tls:lanes:isolation:_:)`` with what the engine connects to.
    static func following<Value: Sendable>(
        _ scripts: [[Act]], tls: TestIdentity? = nil, lanes: Int = 1, isolation: isolated (any Actor)? = #isolation,
        _ body: (LoadTarget) async throws -> Value
    ) async throws -> (Value, PeerLog) {
        try await serving(scripts, tls: tls, lanes: lanes) { place in
            try await body(LoadTarget(endpoint: place.endpoint, address: place.address))
        }
    }
}

extension PeerCase {
    var timeouts: PhaseTimeouts {
        // No phase but the one that the peer is silent in may run into its deadline: a test that waits for another is stuck.
        var limits = PhaseTimeouts.all(.seconds(86_400))
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
        sessions: Int = 1, tls: TestIdentity? = nil, trust: TLSTrust = .insecure
    ) async throws -> (CellOutcome, PeerLog) {
        let context = try TLSContext(trust: trust)
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
        return (outcome, log)
    }
}
