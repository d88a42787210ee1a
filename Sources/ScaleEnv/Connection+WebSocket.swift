import ScaleCore
import ScaleWire

/// The session over `/ws`.
extension Connection {
    private static let goodbye: UInt16 = 1000

    /// Judges an opening handshake. The slot is taken before the environment is made; a refusal comes as an error frame
    /// after the 101, and a normal close.
    mutating func upgrade(_ head: HTTPHead, _ worker: inout Worker, _ out: inout ByteQueue) {
        let (path, query) = head.target.splitAtQuery()
        guard path.matches("/ws") else { return refuse(403, "", &out) }
        switch WebSocketHandshake.request(in: head) {
        case .none: return refuse(400, "Invalid HTTP request received.", &out)
        case .refuse(status: 426):
            let fields = [("Sec-WebSocket-Version", "13"), ("Connection", "close")]
            HTTPSerializer.response(status: 426, headers: fields, body: []).withUnsafeBytes { out.append($0) }
            mode = .draining
            return
        case .refuse(let status): return refuse(status, "Invalid HTTP request received.", &out)
        case .open(let key):
            let room = out.reserve(WebSocketHandshake.responseSize)
            out.commit(WebSocketHandshake.writeResponse(forKey: key, to: room))
        }
        mode = .webSocket
        if query.namesSession {
            out.appendError(.session, "Unknown session_id: this environment has no sessions to attach to")
            return close(Self.goodbye, &worker, &out)
        }
        guard worker.admission.admit() else {
            let (active, limit) = (worker.admission.active, worker.admission.limit ?? 0)
            out.appendText(size: OpenEnvWriter.capacityErrorSize) {
                OpenEnvWriter.writeCapacityError(active: active, max: limit, to: $0)
            }
            return close(Self.goodbye, &worker, &out)
        }
        environment = worker.admission.makeEnvironment()
        ordinal = worker.admission.ordinal
    }

    private mutating func refuse(_ status: Int, _ text: StaticString, _ out: inout ByteQueue) {
        out.appendResponse(status, text, contentType: "text/plain; charset=utf-8", keepAlive: false)
        mode = .draining
    }

    /// Sends a close frame; the session is over.
    mutating func close(_ code: UInt16, _ worker: inout Worker, _ out: inout ByteQueue) {
        endSession(&worker)
        out.appendClose(code)
        mode = .closing
    }

    /// Reads frames up to and including the next message; nil when there may be more.
    mutating func takeMessage(
        _ input: inout UnsafeMutableRawBufferPointer, _ worker: inout Worker, _ out: inout ByteQueue
    ) -> Outlook? {
        switch frames.next(&input) {
        case .message(.text, let text): return take(text, &worker, &out)
        case .message:
            out.appendError(.session, "Messages are text frames, this one is binary")
            close(Self.goodbye, &worker, &out)
        case .needsMore: return .open
        case let event: takeControl(event, &worker, &out)
        }
        return nil
    }

    /// While a step is under way: takes the whole control frames at the front of the input, and nothing else.
    mutating func takeControl(
        _ input: inout UnsafeMutableRawBufferPointer, _ worker: inout Worker, _ out: inout ByteQueue
    ) -> Outlook? {
        guard let size = Self.controlFrameSize(input), size <= input.count else { return .waiting }
        var frame = UnsafeMutableRawBufferPointer(rebasing: input[..<size])
        input = UnsafeMutableRawBufferPointer(rebasing: input[size...])
        takeControl(frames.next(&frame), &worker, &out)
        return nil
    }

    /// The size of the control frame that begins here, as far as it has to be read to be judged; nil for another frame
    /// or too few bytes to know.
    private static func controlFrameSize(_ input: UnsafeMutableRawBufferPointer) -> Int? {
        guard input.count >= 2, input[0] & 8 != 0 else { return nil }
        let (isMasked, length) = (input[1] & 0x80 != 0, Int(input[1] & 0x7F))
        return isMasked && length <= 125 ? 6 + length : 2
    }

    private mutating func takeControl(_ event: WebSocketEvent, _ worker: inout Worker, _ out: inout ByteQueue) {
        switch event {
        case .ping(let payload): out.appendControl(.pong, payload)
        case .close(let code, _):
            endSession(&worker)
            out.appendClose(code)
            mode = .over
        case .violation(let violation):
            close(violation.replyCode, &worker, &out)
            mode = .draining
        case .pong, .message, .needsMore: break
        }
    }

    /// After this end's close frame: reads on to the other's.
    mutating func awaitClose(_ input: inout UnsafeMutableRawBufferPointer) -> Outlook? {
        switch frames.next(&input) {
        case .needsMore: return .closing
        case .close, .violation: mode = .over
        case .message, .ping, .pong: break
        }
        return nil
    }

    private mutating func take(
        _ text: UnsafeRawBufferPointer, _ worker: inout Worker, _ out: inout ByteQueue
    ) -> Outlook? {
        switch OpenEnvRequest.parse(webSocket: text) {
        case .step(let data):
            switch BenchmarkAction.parse(data) {
            case .action(let action): return respond(to: .step(wait: action.waitSeconds), &worker, &out)
            case .rejected(let rejection): reject(rejection, &worker, &out)
            }
        case .reset(_, let data):
            return respond(to: .reset(episode: data?.member("episode_id")?.string), &worker, &out)
        case .state: return respond(to: .state, &worker, &out)
        case .mcp(let data):
            out.appendText(size: ToolProtocol.size(of: data) + 32) { ToolProtocol.writeFrame(refusing: data, to: $0) }
        case .close: close(Self.goodbye, &worker, &out)
        case .rejected(let rejection): reject(rejection, &worker, &out)
        }
        return nil
    }

    private mutating func reject(_ rejection: OpenEnvRejection, _ worker: inout Worker, _ out: inout ByteQueue) {
        out.appendText(size: OpenEnvWriter.size(of: rejection)) {
            OpenEnvWriter.writeRejection(rejection, .webSocket, to: $0)
        }
        if rejection.code == .session { close(Self.goodbye, &worker, &out) }
    }

    func writeMessage(
        _ pending: Pending, waited: Nanoseconds, _ worker: borrowing Worker, _ out: inout ByteQueue
    ) {
        switch pending.reply {
        case .observation(let reward, let stepCount):
            out.appendText(size: worker.observationSize) {
                worker.writeObservation(
                    reward: reward, stepCount: stepCount, waited: waited, session: pending.session, .webSocket, to: $0)
            }
        case .state(let episode, let stepCount):
            let name = episode.map(JSONText.escape)
            name.withOptionalBytes { name in
                out.appendText(size: OpenEnvWriter.stateSize(episodeID: name)) {
                    OpenEnvWriter.writeState(episodeID: name, stepCount: stepCount, .webSocket, to: $0)
                }
            }
        case .failure(let message): out.appendError(.execution, message)
        }
    }
}

extension [UInt8]? {
    func withOptionalBytes(_ body: (UnsafeRawBufferPointer?) -> Void) {
        if let self { self.withUnsafeBytes { body($0) } } else { body(nil) }
    }
}

extension UnsafeRawBufferPointer {
    /// Whether a query has a `session_id`.
    fileprivate var namesSession: Bool {
        split(separator: UInt8(ascii: "&")).contains { part in
            UnsafeRawBufferPointer(rebasing: part).starts(with: "session_id=".utf8)
        }
    }
}
