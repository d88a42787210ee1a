import ScaleCore
import ScaleReactor
import ScaleWire
import Synchronization

/// What a peer has seen.
package struct PeerLog: Sendable {
    package var connections = 0
    package var requests: [String] = []
    package var frames: [(opcode: WebSocketOpcode, payload: String)] = []
    /// What did not go by the script; empty when all did.
    package var surprises: [String] = []

    mutating func add(_ other: PeerLog) {
        connections += other.connections
        requests += other.requests
        frames += other.frames
        surprises += other.surprises
    }
}

/// Where a peer can be reached.
package struct PeerPlace: Sendable {
    package var endpoint: Endpoint
    package var address: SocketAddress
}

/// A server that follows a script, on a port of its own: the n-th connection by the n-th script and all further ones by
/// the last.
package struct ScriptedPeer: ~Copyable {
    /// Hands out the scripts in the order of the connections.
    private final class Turns: Sendable {
        private let count = Atomic<Int>(0)

        func next() -> Int { count.add(1, ordering: .relaxed).oldValue }
    }

    private let listener: Socket
    private let stop: WakeUp
    private let scripts: [[Act]]
    private let turns: Turns
    private let identity: TestIdentity?
    private var log = PeerLog()
    private var accepting: Reactor

    /// Runs a peer while `body` runs.
    /// - Parameters:
    ///   - tls: what it shows a client that it speaks TLS with.
    ///   - lanes: how many connections it serves at a time, each on a thread; the others wait to be accepted.
    package static func serving<Value: Sendable>(
        _ scripts: [[Act]], tls: TestIdentity? = nil, lanes: Int = 1, isolation: isolated (any Actor)? = #isolation,
        _ body: (PeerPlace) async throws -> Value
    ) async throws -> (Value, PeerLog) {
        let address = try SocketAddress.resolve(host: "127.0.0.1", port: 0)[0]
        let listener = try Socket.bound(to: address, shared: false)
        try listener.listen()
        let bound = try listener.localAddress()
        let stop = try WakeUp()
        async let log = running(listener, stop, scripts, tls, lanes)
        let result: Result<Value, any Error>
        do {
            let endpoint = Endpoint(secure: tls != nil, host: "127.0.0.1", port: bound.port)
            result = .success(try await body(PeerPlace(endpoint: endpoint, address: bound)))
        } catch { result = .failure(error) }
        stop.ring()
        let seen = await log
        listener.close()
        stop.close()
        return (try result.get(), seen)
    }

    private static func running(
        _ listener: Socket, _ stop: WakeUp, _ scripts: [[Act]], _ tls: TestIdentity?, _ lanes: Int
    ) async -> PeerLog {
        let turns = Turns()
        return await withTaskGroup(of: PeerLog.self) { group in
            for _ in 0..<lanes {
                group.addTask {
                    await ReactorThread.run {
                        do {
                            var peer = try ScriptedPeer(listener, stop, scripts, turns, tls)
                            return try peer.serve()
                        } catch {
                            return PeerLog(surprises: ["\(error)"])
                        }
                    }
                }
            }
            return await group.reduce(into: PeerLog()) { $0.add($1) }
        }
    }

    private init(
        _ listener: Socket, _ stop: WakeUp, _ scripts: [[Act]], _ turns: Turns, _ identity: TestIdentity?
    ) throws(SystemFault) {
        self.identity = identity
        self.listener = listener
        self.stop = stop
        self.scripts = scripts
        self.turns = turns
        let reactor = try Reactor(capacity: 4)
        try reactor.add(listener.descriptor, .readable, token: 1)
        try reactor.add(stop.descriptor, .readable, token: 0)
        accepting = reactor
    }

    private mutating func serve() throws(SystemFault) -> PeerLog {
        while true {
            let count = try accepting.wait(until: .never)
            for number in 0..<count where accepting.event(number).token == 0 { return log }
            let descriptor = listener.accept()
            guard descriptor >= 0 else { continue }
            let script = scripts[min(turns.next(), scripts.count - 1)]
            log.connections += 1
            var connection = try PeerConnection(Socket(descriptor: descriptor), stop: stop, identity)
            for act in script {
                if let surprise = try connection.perform(act, &log) {
                    log.surprises.append(surprise)
                    break
                }
            }
        }
    }
}
