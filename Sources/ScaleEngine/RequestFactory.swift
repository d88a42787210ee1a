import ScaleCore
import ScaleWire

/// The bytes a loop sends, prebuilt per target: what differs from one request to the next is written into place.
///
/// Owned by one loop. The buffers it answers are valid until its next call.
struct RequestFactory: ~Copyable {
    private struct Target {
        var upgrade: WebSocketUpgradeRequest
        var reset: UnsafeMutableRawBufferPointer
        /// Head of a step up to the digits of its content length.
        var stepHead: UnsafeMutableRawBufferPointer
        /// The whole step where every one is the same.
        var step: UnsafeMutableRawBufferPointer?
    }

    private static let resetMessage = Array("{\"type\":\"reset\",\"data\":{}}".utf8)
    private static let closeMessage = Array("{\"type\":\"close\"}".utf8)
    private static let stepOpening = Array("{\"type\":\"step\",\"data\":".utf8)
    private static let callOpening = Array("{\"action\":".utf8)

    private let targets: [Target]
    private let action: ActionTemplate
    private let payload: UnsafeMutableRawBufferPointer
    private let frame: UnsafeMutableRawBufferPointer
    private let stepPayload: [UInt8]?
    private var random: SplitMix64

    init(targets: [LoadTarget], action: ActionTemplate, seed: UInt64) {
        self.action = action
        let targets = targets.map { Self.target($0.endpoint, action: action) }
        self.targets = targets
        let content = action.maximumSize + 64
        let longestHead = targets.map { max($0.upgrade.size, $0.stepHead.count) }.max() ?? 0
        payload = .allocate(byteCount: content, alignment: 16)
        frame = .allocate(byteCount: content + longestHead + 256, alignment: 16)
        random = SplitMix64(seed: seed)
        stepPayload =
            action.isConstant
            ? Self.stepOpening + Array(action.text(step: 1, session: 0).utf8) + Array("}".utf8) : nil
    }

    deinit {
        payload.deallocate()
        frame.deallocate()
        for target in targets {
            target.reset.deallocate()
            target.stepHead.deallocate()
            target.step?.deallocate()
        }
    }

    private static func target(_ endpoint: Endpoint, action: ActionTemplate) -> Target {
        var headers: [(String, String)] = [("User-Agent", "scalebench")]
        if let credentials = endpoint.credentials {
            headers.append(("Authorization", "Basic " + String(decoding: Base64.encode(Array(credentials.utf8)), as: UTF8.self)))
        }
        func path(_ name: String) -> String { endpoint.prefix + "/" + name + (endpoint.query.map { "?" + $0 } ?? "") }
        let upgrade = WebSocketUpgradeRequest(target: path("ws"), host: endpoint.authority, headers: headers)
        let json = headers + [("Content-Type", "application/json")]
        func call(_ name: String, _ body: [UInt8]) -> [UInt8] {
            HTTPSerializer.request(method: "POST", target: path(name), host: endpoint.authority, headers: json, body: body)
        }
        let body = Self.callOpening + Array(action.text(step: 1, session: 0).utf8) + Array("}".utf8)
        var head = HTTPSerializer.request(
            method: "POST", target: path("step"), host: endpoint.authority, headers: json, body: nil)
        head.removeLast(2)
        return Target(
            upgrade: upgrade, reset: Self.stored(call("reset", Array("{}".utf8))),
            stepHead: Self.stored(head + Array("Content-Length: ".utf8)),
            step: action.isConstant ? Self.stored(call("step", body)) : nil)
    }

    private static func stored(_ bytes: [UInt8]) -> UnsafeMutableRawBufferPointer {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 16)
        memory.copyBytes(from: bytes)
        return memory
    }

    /// The request to upgrade, with a fresh key.
    mutating func upgrade(_ target: Int) -> (bytes: UnsafeRawBufferPointer, nonce: WebSocketNonce) {
        let nonce = WebSocketNonce(random.next(), random.next())
        let size = targets[target].upgrade.write(nonce, to: frame)
        return (UnsafeRawBufferPointer(rebasing: frame[..<size]), nonce)
    }

    mutating func resetFrame() -> UnsafeRawBufferPointer {
        Self.resetMessage.withUnsafeBytes { masked(.text, $0) }
    }

    mutating func closeFrame() -> UnsafeRawBufferPointer {
        Self.closeMessage.withUnsafeBytes { masked(.text, $0) }
    }

    /// - Parameter wait: only used where the action leaves it open.
    mutating func stepFrame(step: Int, session: Int, wait: Nanoseconds) -> UnsafeRawBufferPointer {
        if let stepPayload { return stepPayload.withUnsafeBytes { masked(.text, $0) } }
        return masked(.text, writeAction(after: Self.stepOpening, step: step, session: session, wait: wait))
    }

    /// A control frame; `payload` is at most 125 bytes.
    mutating func control(_ opcode: WebSocketOpcode, _ payload: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        masked(opcode, payload)
    }

    /// A reset over HTTP.
    func reset(_ target: Int) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(targets[target].reset) }

    /// A step over HTTP.
    mutating func step(_ target: Int, step: Int, session: Int, wait: Nanoseconds) -> UnsafeRawBufferPointer {
        if let whole = targets[target].step { return UnsafeRawBufferPointer(whole) }
        let content = writeAction(after: Self.callOpening, step: step, session: session, wait: wait)
        let head = targets[target].stepHead
        frame.copyMemory(from: UnsafeRawBufferPointer(head))
        var at = head.count
        at += Digits.write(content.count, to: UnsafeMutableRawBufferPointer(rebasing: frame[at...]))
        for byte: UInt8 in [13, 10, 13, 10] {
            frame[at] = byte
            at += 1
        }
        UnsafeMutableRawBufferPointer(rebasing: frame[at...]).copyMemory(from: content)
        return UnsafeRawBufferPointer(rebasing: frame[..<(at + content.count)])
    }

    private func writeAction(
        after opening: [UInt8], step: Int, session: Int, wait: Nanoseconds
    ) -> UnsafeRawBufferPointer {
        payload.copyBytes(from: opening)
        var at = opening.count
        at += action.write(
            step: step, session: session, wait: wait, to: UnsafeMutableRawBufferPointer(rebasing: payload[at...]))
        payload[at] = UInt8(ascii: "}")
        return UnsafeRawBufferPointer(rebasing: payload[...at])
    }

    private mutating func masked(_ opcode: WebSocketOpcode, _ content: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let key = UInt32(truncatingIfNeeded: random.next())
        let size = WebSocketFrame.write(opcode, payload: content, mask: key, to: frame)
        return UnsafeRawBufferPointer(rebasing: frame[..<size])
    }
}
