import ScaleWire

/// What must hold for any bytes at all. Each check returns what is wrong, or nil; the fuzzers and the replay of their
/// corpus run the same ones.
enum Invariants {
    /// First byte: role, limit; second: seed of the random cuts; the rest is the stream.
    static func webSocket(_ data: [UInt8]) -> String? {
        guard data.count >= 2 else { return nil }
        let role: WireRole = data[0] & 1 == 0 ? .client : .server
        let limit = data[0] & 2 == 0 ? 1 << 20 : 300
        let stream = Array(data.dropFirst(2))
        let whole = feedWebSocket(stream, role: role, maxMessageBytes: limit)
        if let problem = whole.problem { return problem }
        for cuts in [Cuts.every(1), .random(UInt64(data[1])), .once(stream.count / 2)] {
            let cut = feedWebSocket(stream, role: role, maxMessageBytes: limit, cuts: cuts)
            if cut != whole { return "cut \(cuts): \(cut) instead of \(whole)" }
        }
        for (index, event) in whole.events.enumerated() {
            if let problem = judge(event, limit, isLast: index == whole.events.count - 1) { return problem }
        }
        // What was understood, written anew, is understood the same.
        let sent = whole.events.compactMap { frame($0, masked: role == .server) }.flatMap { $0 }
        let again = feedWebSocket(sent, role: role, maxMessageBytes: limit)
        let wanted = whole.events.filter { if case .violation = $0 { false } else { true } }
        return again.events == wanted ? nil : "written anew: \(again.events) instead of \(wanted)"
    }

    private static func judge(_ event: OwnedWebSocketEvent, _ limit: Int, isLast: Bool) -> String? {
        switch event {
        case .message(let opcode, let bytes):
            if bytes.count > limit { return "a message above the limit" }
            if opcode == .text, String(validating: bytes, as: UTF8.self) == nil { return "text that is not UTF-8" }
            return opcode == .text || opcode == .binary ? nil : "a message of type \(opcode)"
        case .ping(let bytes), .pong(let bytes): return bytes.count > 125 ? "a long control frame" : nil
        case .close(_, let reason):
            if String(validating: reason, as: UTF8.self) == nil { return "a reason that is not UTF-8" }
            return isLast ? nil : "an event after a close"
        case .violation: return isLast ? nil : "an event after a violation"
        }
    }

    static func frame(_ event: OwnedWebSocketEvent, masked: Bool) -> [UInt8]? {
        let mask: UInt32? = masked ? 0xA1B2_C3D4 : nil
        switch event {
        case .message(let opcode, let bytes): return frame(opcode, bytes, mask: mask)
        case .ping(let bytes): return frame(.ping, bytes, mask: mask)
        case .pong(let bytes): return frame(.pong, bytes, mask: mask)
        case .close(let code, let reason):
            let codeBytes = code.map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } ?? []
            return frame(.close, codeBytes + reason, mask: mask)
        case .violation: return nil
        }
    }

    static func frame(_ opcode: WebSocketOpcode, final: Bool = true, _ payload: [UInt8], mask: UInt32? = nil) -> [UInt8] {
        let size = WebSocketFrame.size(payload: payload.count, masked: mask != nil)
        return [UInt8](unsafeUninitializedCapacity: size) { target, count in
            count = payload.withUnsafeBytes { bytes in
                WebSocketFrame.write(opcode, final: final, payload: bytes, mask: mask, to: UnsafeMutableRawBufferPointer(target))
            }
        }
    }

    /// First byte: role, limits; second: seed of the random cuts; the rest is the stream.
    static func http(_ data: [UInt8]) -> String? {
        guard data.count >= 2 else { return nil }
        let role: WireRole = data[0] & 1 == 0 ? .client : .server
        let (maxHead, maxBody) = (data[0] & 2 == 0 ? 4096 : 64, data[0] & 4 == 0 ? 1 << 20 : 16)
        let stream = Array(data.dropFirst(2))
        let whole = feedHTTP(stream, role: role, maxHeadBytes: maxHead, maxBodyBytes: maxBody)
        if let problem = whole.problem { return problem }
        for cuts in [Cuts.every(1), .random(UInt64(data[1])), .once(stream.count / 2)] {
            let cut = feedHTTP(stream, role: role, maxHeadBytes: maxHead, maxBodyBytes: maxBody, cuts: cuts)
            if cut != whole { return "cut \(cuts): \(cut) instead of \(whole)" }
        }
        for (index, event) in whole.events.enumerated() {
            switch event {
            case .message(let head, let body, let keepAlive):
                if body.count > maxBody { return "a body above the limit" }
                if let problem = rewrite(head, body, keepAlive, role) { return problem }
            case .finished(_, let body):
                if role == .server { return "a request that lasted until the close" }
                if body.count > maxBody { return "a body above the limit" }
            case .upgrade(let head):
                if role == .client, head.status != 101 { return "an upgrade by \(head.status)" }
            case .violation: if index != whole.events.count - 1 { return "an event after a violation" }
            }
        }
        return nil
    }

    /// A message that was understood, written anew with one Content-Length, is understood the same.
    private static func rewrite(_ head: OwnedHead, _ body: [UInt8], _ keepAlive: Bool, _ role: WireRole) -> String? {
        let headers = keepAlive ? [] : [("Connection", "close")]
        let (method, target) = (String(decoding: head.method, as: UTF8.self), String(decoding: head.target, as: UTF8.self))
        let bytes =
            role == .client
            ? HTTPSerializer.response(status: head.status, headers: headers, body: body)
            : HTTPSerializer.request(method: method, target: target, host: "h", headers: headers, body: body)
        let again = feedHTTP(bytes, role: role)
        guard case .message(let newHead, let newBody, let newKeepAlive) = again.events.first, again.events.count == 1,
            (newHead.status, newHead.method, newHead.target) == (head.status, head.method, head.target),
            newKeepAlive == keepAlive, newBody == body
        else { return "written anew: \(again.events)" }
        return nil
    }
}
