import ScaleCore
import ScaleWire

/// The bytes a loop sends, prebuilt per target: what differs from one request to the next is written into place.
///
/// Owned by one loop. The buffers it answers are valid until its next call.
struct RequestFactory: ~Copyable {
    private struct Target {
        var upgrade: WebSocketUpgradeRequest
        var reset: UnsafeMutableRawBufferPointer
        /// Head of a reset and of a step up to the digits of its content length.
        var resetHead: UnsafeMutableRawBufferPointer
        var stepHead: UnsafeMutableRawBufferPointer
        /// The whole step where every one is the same.
        var step: UnsafeMutableRawBufferPointer?
    }

    private static let resetMessage = Array("{\"type\":\"reset\",\"data\":{}}".utf8)
    private static let closeMessage = Array("{\"type\":\"close\"}".utf8)
    private static let resetOpening = Array("{\"type\":\"reset\",\"data\":".utf8)
    private static let stepOpening = Array("{\"type\":\"step\",\"data\":".utf8)
    private static let callOpening = Array("{\"action\":".utf8)

    private let targets: [Target]
    private let action: ActionTemplate
    private let trace: Trace?
    private let payload: UnsafeMutableRawBufferPointer
    private let frame: UnsafeMutableRawBufferPointer
    private let stepPayload: [UInt8]?
    private var random: SplitMix64

    /// - Parameter trace: whose resets and actions are sent instead of `action`.
    init(targets: [LoadTarget], action: ActionTemplate, trace: Trace? = nil, seed: UInt64) {
        self.action = action
        self.trace = trace
        let isConstant = action.isConstant && trace == nil
        let targets = targets.map { Self.target($0.endpoint, action: isConstant ? action : nil) }
        self.targets = targets
        let content = max(action.maximumSize, trace?.largestPiece ?? 0) + 64
        let longestHead = targets.map { max($0.upgrade.size, $0.stepHead.count, $0.resetHead.count) }.max() ?? 0
        payload = .allocate(byteCount: content, alignment: 16)
        frame = .allocate(byteCount: content + longestHead + 256, alignment: 16)
        random = SplitMix64(seed: seed)
        stepPayload =
            isConstant
            ? Self.stepOpening + Array(action.text(step: 1, session: 0).utf8) + Array("}".utf8) : nil
    }

    deinit {
        payload.deallocate()
        frame.deallocate()
        for target in targets {
            target.reset.deallocate()
            target.resetHead.deallocate()
            target.stepHead.deallocate()
            target.step?.deallocate()
        }
    }

    /// - Parameter action: where every step is the same.
    private static func target(_ endpoint: Endpoint, action: ActionTemplate?) -> Target {
        var headers: [(String, String)] = [("User-Agent", "scalebench")]
        if let credentials = endpoint.credentials {
            headers.append(("Authorization", "Basic " + String(decoding: Base64.encode(Array(credentials.utf8)), as: UTF8.self)))
        }
        headers += endpoint.headers.map { ($0.name, $0.value) }
        func path(_ name: String) -> String { endpoint.prefix + "/" + name + (endpoint.query.map { "?" + $0 } ?? "") }
        let upgrade = WebSocketUpgradeRequest(target: path("ws"), host: endpoint.authority, headers: headers)
        let json = headers + [("Content-Type", "application/json")]
        func call(_ name: String, _ body: [UInt8]) -> [UInt8] {
            HTTPSerializer.request(method: "POST", target: path(name), host: endpoint.authority, headers: json, body: body)
        }
        func head(_ name: String) -> UnsafeMutableRawBufferPointer {
            let whole = HTTPSerializer.request(
                method: "POST", target: path(name), host: endpoint.authority, headers: json, body: nil)
            return Self.stored(whole.dropLast(2) + Array("Content-Length: ".utf8))
        }
        let body = action.map { Self.callOpening + Array($0.text(step: 1, session: 0).utf8) + Array("}".utf8) }
        return Target(
            upgrade: upgrade, reset: Self.stored(call("reset", Array("{}".utf8))), resetHead: head("reset"),
            stepHead: head("step"), step: body.map { Self.stored(call("step", $0)) })
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

    mutating func resetFrame(session: Int) -> UnsafeRawBufferPointer {
        if trace != nil { return masked(.text, write(Self.resetOpening, step: 0, session: session, closing: true)) }
        return Self.resetMessage.withUnsafeBytes { masked(.text, $0) }
    }

    mutating func closeFrame() -> UnsafeRawBufferPointer {
        Self.closeMessage.withUnsafeBytes { masked(.text, $0) }
    }

    /// - Parameter wait: only used where the action leaves it open.
    mutating func stepFrame(step: Int, session: Int, wait: Nanoseconds) -> UnsafeRawBufferPointer {
        if let stepPayload { return stepPayload.withUnsafeBytes { masked(.text, $0) } }
        return masked(.text, write(Self.stepOpening, step: step, session: session, wait: wait, closing: true))
    }

    /// A control frame; `payload` is at most 125 bytes.
    mutating func control(_ opcode: WebSocketOpcode, _ payload: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        masked(opcode, payload)
    }

    /// A reset over HTTP.
    mutating func reset(_ target: Int, session: Int) -> UnsafeRawBufferPointer {
        if trace == nil { return UnsafeRawBufferPointer(targets[target].reset) }
        return call(targets[target].resetHead, write([], step: 0, session: session, closing: false))
    }

    /// A step over HTTP.
    mutating func step(_ target: Int, step: Int, session: Int, wait: Nanoseconds) -> UnsafeRawBufferPointer {
        if let whole = targets[target].step { return UnsafeRawBufferPointer(whole) }
        return call(
            targets[target].stepHead, write(Self.callOpening, step: step, session: session, wait: wait, closing: true))
    }

    private func call(_ head: UnsafeMutableRawBufferPointer, _ content: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
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

    /// Writes the action of a step, or of a trace also the data of a reset (`step` 0), behind an opening.
    private func write(
        _ opening: [UInt8], step: Int, session: Int, wait: Nanoseconds = .zero, closing: Bool
    ) -> UnsafeRawBufferPointer {
        payload.copyBytes(from: opening)
        var at = opening.count
        let place = UnsafeMutableRawBufferPointer(rebasing: payload[at...])
        if let trace {
            at += trace.write(session: session, step: step, to: place)
        } else {
            at += action.write(step: step, session: session, wait: wait, to: place)
        }
        if closing {
            payload[at] = UInt8(ascii: "}")
            at += 1
        }
        return UnsafeRawBufferPointer(rebasing: payload[..<at])
    }

    private mutating func masked(_ opcode: WebSocketOpcode, _ content: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let key = UInt32(truncatingIfNeeded: random.next())
        let size = WebSocketFrame.write(opcode, payload: content, mask: key, to: frame)
        return UnsafeRawBufferPointer(rebasing: frame[..<size])
    }
}
