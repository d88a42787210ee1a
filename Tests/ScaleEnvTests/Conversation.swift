import ScaleCore
import ScaleWire

@testable import ScaleEnv

/// What a server said, as a client reads it.
enum Said: Hashable, CustomStringConvertible {
    case http(Int, String)
    case upgraded
    case text(String)
    case pong(String)
    case close(UInt16?)
    case garbage(String)

    var description: String {
        switch self {
        case .http(let status, let body): "\(status) \(body)"
        case .upgraded: "101"
        case .text(let text): text
        case .pong(let text): "pong \(text)"
        case .close(let code): "close \(code.map(String.init) ?? "")"
        case .garbage(let what): "garbage: \(what)"
        }
    }
}

/// Reads what a server sends, HTTP first and frames after an upgrade.
struct Ear: ~Copyable {
    private var http = HTTPReceiver(role: .client, maxBodyBytes: 1 << 24)
    private var frames = WebSocketReceiver(role: .client, maxMessageBytes: 1 << 24)
    private var isUpgraded = false

    mutating func hear(_ bytes: [UInt8]) -> [Said] {
        var bytes = bytes
        var said: [Said] = []
        bytes.withUnsafeMutableBytes { buffer in
            var rest = buffer
            while let next = isUpgraded ? nextFrame(&rest) : nextResponse(&rest) { said.append(next) }
        }
        return said
    }

    private mutating func nextResponse(_ rest: inout UnsafeMutableRawBufferPointer) -> Said? {
        switch http.next(&rest) {
        case .needsMore: return nil
        case .upgrade:
            isUpgraded = true
            return .upgraded
        case .message(let message): return .http(message.head.status, String(decoding: message.body, as: UTF8.self))
        case .violation(let violation): return rest.isEmpty ? nil : .garbage("\(violation)")
        }
    }

    private mutating func nextFrame(_ rest: inout UnsafeMutableRawBufferPointer) -> Said? {
        switch frames.next(&rest) {
        case .needsMore: return nil
        case .message(_, let text): return .text(String(decoding: text, as: UTF8.self))
        case .ping(let payload): return .garbage("ping \(payload.count)")
        case .pong(let payload): return .pong(String(decoding: payload, as: UTF8.self))
        case .close(let code, _): return .close(code)
        case .violation(let violation): return rest.isEmpty ? nil : .garbage("\(violation)")
        }
    }
}

/// What a client sends.
enum Client {
    static let upgrade = upgrade("/ws")

    static func upgrade(_ target: String, version: String = "13") -> [UInt8] {
        Array(
            ("GET \(target) HTTP/1.1\r\nHost: env\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: \(version)\r\n\r\n").utf8)
    }

    static func text(_ text: String) -> [UInt8] { frame(.text, Array(text.utf8)) }

    static func frame(_ opcode: WebSocketOpcode, _ payload: [UInt8], final: Bool = true) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: WebSocketFrame.size(payload: payload.count, masked: true))
        payload.withUnsafeBytes { payload in
            _ = bytes.withUnsafeMutableBytes {
                WebSocketFrame.write(opcode, final: final, payload: payload, mask: 0xA1B2_C3D4, to: $0)
            }
        }
        return bytes
    }

    static func close(_ code: UInt16?) -> [UInt8] {
        frame(.close, code.map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } ?? [])
    }

    static func request(_ method: String, _ target: String, _ body: String? = nil, fields: String = "") -> [UInt8] {
        let length = body.map { "Content-Length: \($0.utf8.count)\r\n" } ?? ""
        return Array("\(method) \(target) HTTP/1.1\r\nHost: env\r\n\(fields)\(length)\r\n\(body ?? "")".utf8)
    }

    static func reset(_ data: String = "{}") -> [UInt8] { text(#"{"type":"reset","data":\#(data)}"#) }
    static func step(_ seconds: String) -> [UInt8] { text(#"{"type":"step","data":{"wait_seconds":\#(seconds)}}"#) }
}

/// A connection without sockets, driven as the server's loop drives it.
struct Conversation: ~Copyable {
    var connection = Connection()
    var worker: Worker
    private var ear = Ear()
    private var delays: [Nanoseconds] = []
    private(set) var outlook = Outlook.open
    private(set) var said: [Said] = []

    init(limit: Int? = nil, taken: Int = 0) {
        worker = Worker(limit: limit, seed: 0, pid: 77, hostURL: "env:8000")
        for _ in 0..<taken { _ = worker.admission.admit() }
    }

    /// The client sends these pieces; a step is answered when its time has come, and before more is read if need be.
    mutating func send(_ pieces: [[UInt8]]) {
        for piece in pieces {
            while !connection.wantsInput { answer() }
            receive(piece)
        }
    }

    mutating func finish() {
        while connection.pending != nil { answer() }
    }

    mutating func receive(_ piece: [UInt8]) {
        var piece = piece
        var out = ByteQueue()
        outlook = piece.withUnsafeMutableBytes { connection.receive($0, &worker, &out) }
        take(out)
    }

    /// The step under way takes a thousandth longer than asked.
    mutating func answer() {
        guard let delay = delays.popLast() else { return }
        var out = ByteQueue()
        outlook = connection.answer(waited: delay + .milliseconds(1), &worker, &out)
        take(out)
    }

    mutating func stop() {
        var out = ByteQueue()
        outlook = connection.stop(&worker, &out)
        take(out)
    }

    private mutating func take(_ out: borrowing ByteQueue) {
        if case .wait(let delay) = outlook { delays.append(delay) }
        said += ear.hear(Array(out.bytes))
    }
}
