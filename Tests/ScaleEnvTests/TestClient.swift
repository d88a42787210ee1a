import ScaleCore
import ScaleEnv
import ScaleReactor

/// A client that blocks its thread, over loopback.
///
/// Unchecked: a test uses it from one thread at a time.
final class TestClient: @unchecked Sendable {
    struct Trouble: Error, CustomStringConvertible {
        var description: String
    }

    /// So long that no machine is too busy to answer.
    private static let patience = Nanoseconds.seconds(600)

    private let socket: Socket
    private var reactor: Reactor
    private var ear = Ear()
    private var heard: [Said] = []
    private var isOpen = true
    /// The server has closed or reset the connection.
    private var isOver = false

    init(_ port: UInt16) throws {
        guard let address = try SocketAddress.resolve(host: "127.0.0.1", port: port).first else {
            throw Trouble(description: "no address")
        }
        socket = Socket(descriptor: Socket.open(for: address))
        reactor = try Reactor()
        _ = socket.connect(to: address)
        try reactor.add(socket.descriptor, .writable, token: 0)
        _ = try reactor.wait(until: MonotonicClock.now() + Self.patience)
        if socket.takeError() != 0 { throw Trouble(description: "cannot connect") }
        try reactor.modify(socket.descriptor, .readable, token: 0)
    }

    /// Opens a WebSocket and hears that it is open.
    static func session(_ port: UInt16) throws -> TestClient {
        let client = try TestClient(port)
        try client.send(Client.upgrade)
        let answer = try client.next()
        guard answer == .upgraded else { throw Trouble(description: "\(answer)") }
        return client
    }

    deinit { close() }

    func send(_ pieces: [UInt8]...) throws {
        let bytes = pieces.flatMap { $0 }
        let sent = bytes.withUnsafeBytes { socket.send($0) }
        if sent != bytes.count { throw Trouble(description: "sent \(sent) of \(bytes.count)") }
    }

    /// The next thing the server says.
    func next() throws -> Said {
        while heard.isEmpty {
            if isOver { throw Trouble(description: "the connection is over") }
            try read()
        }
        return heard.removeFirst()
    }

    /// Everything the server says until it closes.
    func rest() throws -> [Said] {
        while !isOver { try read() }
        defer { heard = [] }
        return heard
    }

    func ask(_ message: [UInt8]) throws -> Said {
        try send(message)
        return try next()
    }

    private func read() throws {
        guard try reactor.wait(until: MonotonicClock.now() + Self.patience) > 0 else { throw Trouble(description: "silence") }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = bytes.withUnsafeMutableBytes { socket.receive(into: $0) }
        if count > 0 { heard += ear.hear(Array(bytes[..<count])) } else { isOver = true }
    }

    func finishSending() { socket.shutdownWrite() }

    func close(reset: Bool = false) {
        guard isOpen else { return }
        isOpen = false
        if reset { socket.resetOnClose() }
        socket.close()
    }
}
