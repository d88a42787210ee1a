import ScaleWire

/// Where a stream is cut into reads.
enum Cuts {
    case whole
    case every(Int)
    case once(Int)
    /// Pieces of random length up to 16 bytes; the same seed gives the same cuts.
    case random(UInt64)

    func pieces(of stream: [UInt8]) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var rest = stream[...]
        var state: UInt64 = if case .random(let seed) = self { seed } else { 0 }
        while !rest.isEmpty {
            let length: Int
            switch self {
            case .whole: length = rest.count
            case .every(let size): length = size
            case .once(let first): length = pieces.isEmpty && first > 0 ? first : rest.count
            case .random:
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                length = Int(state >> 60) + 1
            }
            pieces.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return pieces
    }
}

/// What a receiver made of a stream. Events own their bytes.
struct Feed<Event: Equatable>: Equatable {
    var events: [Event] = []
    var isMidMessage = false
    /// A rule the receiver broke whatever the bytes were.
    var problem: String?

    /// Gives one piece to a receiver in memory that is exactly as long as the piece and gone afterwards, so that a
    /// sanitizer sees every read outside. `step` returns whether more events may follow.
    mutating func feed(
        _ piece: ArraySlice<UInt8>, _ step: (inout UnsafeMutableRawBufferPointer, inout Self) -> Bool
    ) {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: piece.count, alignment: 1)
        defer { memory.deallocate() }
        memory.copyBytes(from: piece)
        var input = memory
        while step(&input, &self) {
            guard input.count > 0 else { continue }
            if input.baseAddress.map({ $0 + input.count }) != memory.baseAddress.map({ $0 + memory.count }) {
                problem = "the input is not the rest of what was given"
                return
            }
        }
        if input.count > 0 { problem = problem ?? "bytes are left over" }
        // What was delivered must have been copied; a receiver that still points here reads this.
        memory.initializeMemory(as: UInt8.self, repeating: 0xAA)
    }
}

func owned(_ bytes: UnsafeRawBufferPointer) -> [UInt8] { [UInt8](bytes) }

/// Gives a closure the bytes in memory of exactly their length.
func withExactBytes<Result>(_ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { memory.deallocate() }
    memory.copyBytes(from: bytes)
    return body(UnsafeRawBufferPointer(memory))
}

// MARK: WebSocket

enum OwnedWebSocketEvent: Equatable {
    case message(WebSocketOpcode, [UInt8])
    case ping([UInt8])
    case pong([UInt8])
    case close(UInt16?, [UInt8])
    case violation(WebSocketViolation)
}

func feedWebSocket(
    _ stream: [UInt8], role: WireRole, maxMessageBytes: Int = 1 << 20, cuts: Cuts = .whole
) -> Feed<OwnedWebSocketEvent> {
    var receiver = WebSocketReceiver(role: role, maxMessageBytes: maxMessageBytes)
    var feed = Feed<OwnedWebSocketEvent>()
    for piece in cuts.pieces(of: stream) {
        feed.feed(piece) { input, feed in
            switch receiver.next(&input) {
            case .needsMore: return false
            case .message(let opcode, let bytes): feed.events.append(.message(opcode, owned(bytes)))
            case .ping(let bytes): feed.events.append(.ping(owned(bytes)))
            case .pong(let bytes): feed.events.append(.pong(owned(bytes)))
            case .close(let code, let reason): feed.events.append(.close(code, owned(reason)))
            case .violation(let violation):
                if feed.events.last != .violation(violation) { feed.events.append(.violation(violation)) }
                return false
            }
            return true
        }
    }
    feed.isMidMessage = receiver.isMidMessage
    return feed
}

// MARK: HTTP

struct OwnedHead: Equatable {
    var status: Int
    var method: [UInt8]
    var target: [UInt8]
    var isHTTP10: Bool
    var fields: [[UInt8]] = []

    init(_ head: HTTPHead) {
        status = head.status
        method = owned(head.method)
        target = owned(head.target)
        isHTTP10 = head.isHTTP10
        var all = head.all
        while let field = all.next() { fields += [owned(field.name), owned(field.value)] }
    }
}

enum OwnedHTTPEvent: Equatable {
    case message(OwnedHead, body: [UInt8], keepAlive: Bool)
    case upgrade(OwnedHead)
    case violation(HTTPViolation)
    /// What the end of the connection completed.
    case finished(OwnedHead, body: [UInt8])
}

func feedHTTP(
    _ stream: [UInt8], role: WireRole, maxHeadBytes: Int = 4096, maxBodyBytes: Int = 1 << 20, cuts: Cuts = .whole
) -> Feed<OwnedHTTPEvent> {
    var receiver = HTTPReceiver(role: role, maxHeadBytes: maxHeadBytes, maxBodyBytes: maxBodyBytes)
    var feed = Feed<OwnedHTTPEvent>()
    for piece in cuts.pieces(of: stream) {
        feed.feed(piece) { input, feed in
            switch receiver.next(&input) {
            case .needsMore: return false
            case .message(let message):
                feed.events.append(
                    .message(OwnedHead(message.head), body: owned(message.body), keepAlive: message.keepAlive))
            case .upgrade(let head): feed.events.append(.upgrade(OwnedHead(head)))
            case .violation(let violation):
                if feed.events.last != .violation(violation) { feed.events.append(.violation(violation)) }
                return false
            }
            return true
        }
    }
    feed.isMidMessage = receiver.isMidMessage
    if let message = receiver.finish() { feed.events.append(.finished(OwnedHead(message.head), body: owned(message.body))) }
    return feed
}
