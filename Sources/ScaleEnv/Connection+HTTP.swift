import ScaleCore
import ScaleWire

/// The stateless calls: each builds an environment of its own and takes no slot.
extension Connection {
    /// Reads the next request; nil when it is answered and there may be more.
    mutating func takeHTTP(
        _ input: inout UnsafeMutableRawBufferPointer, _ worker: inout Worker, _ out: inout ByteQueue
    ) -> Outlook? {
        switch requests.next(&input) {
        case .needsMore: return .open
        case .upgrade(let head): upgrade(head, &worker, &out)
        case .violation(let violation):
            out.appendResponse(
                violation.status, "Invalid HTTP request received.", contentType: "text/plain; charset=utf-8",
                keepAlive: false)
            mode = .draining
        case .message(let message): return route(message, &worker, &out)
        }
        return nil
    }

    private enum Route {
        case health, metadata, schema, state, reset, step, mcp

        init?(_ path: UnsafeRawBufferPointer) {
            if path.matches("/step") {
                self = .step
            } else if path.matches("/reset") {
                self = .reset
            } else if path.matches("/health") {
                self = .health
            } else if path.matches("/state") {
                self = .state
            } else if path.matches("/metadata") {
                self = .metadata
            } else if path.matches("/schema") {
                self = .schema
            } else if path.matches("/mcp") {
                self = .mcp
            } else {
                return nil
            }
        }

        var method: StaticString {
            switch self {
            case .health, .metadata, .schema, .state: "GET"
            case .reset, .step, .mcp: "POST"
            }
        }
    }

    private mutating func route(
        _ message: HTTPMessage, _ worker: inout Worker, _ out: inout ByteQueue
    ) -> Outlook? {
        // HTTP/1.0 would have to be told that the connection stays.
        let keepAlive = message.keepAlive && !message.head.isHTTP10
        let (path, _) = message.head.target.splitAtQuery()
        guard let route = Route(path) else {
            out.appendResponse(404, #"{"detail":"Not Found"}"#, keepAlive: keepAlive)
            return afterAnswer(keepAlive)
        }
        guard message.head.method.matches(route.method) else {
            refuseMethod(message.head.method, allowed: route.method, keepAlive, &out)
            return afterAnswer(keepAlive)
        }
        switch route {
        case .health: out.appendResponse(200, #"{"status":"healthy"}"#, keepAlive: keepAlive)
        case .metadata: out.appendResponse(200, Description.metadata, keepAlive: keepAlive)
        case .schema: out.appendResponse(200, Description.schema, keepAlive: keepAlive)
        case .state: return finish(respondOnce(to: .state, keepAlive: keepAlive, &worker, &out), keepAlive)
        case .reset, .step:
            let request =
                route == .reset
                ? OpenEnvRequest.parse(httpReset: message.body) : OpenEnvRequest.parse(httpStep: message.body)
            return finish(call(request, keepAlive, &worker, &out), keepAlive)
        case .mcp:
            let request = JSONValue.parse(message.body)
            out.appendResponse(200, size: ToolProtocol.size(of: request), keepAlive: keepAlive) {
                ToolProtocol.write(refusing: request, to: $0)
            }
        }
        return afterAnswer(keepAlive)
    }

    private mutating func afterAnswer(_ keepAlive: Bool) -> Outlook? {
        if !keepAlive { mode = .draining }
        return nil
    }

    private mutating func finish(_ outlook: Outlook?, _ keepAlive: Bool) -> Outlook? {
        // What an answer's fault has made of the connection stays.
        outlook ?? (mode == .http ? afterAnswer(keepAlive) : nil)
    }

    private mutating func call(
        _ request: OpenEnvRequest, _ keepAlive: Bool, _ worker: inout Worker, _ out: inout ByteQueue
    ) -> Outlook? {
        switch request {
        case .reset(_, let data):
            let episode = data?.member("episode_id")?.string
            return respondOnce(to: .reset(episode: episode), keepAlive: keepAlive, &worker, &out)
        case .step(let data):
            switch BenchmarkAction.parse(data) {
            case .action(let action):
                return respondOnce(to: .step(wait: action.waitSeconds), keepAlive: keepAlive, &worker, &out)
            case .rejected(let rejection): reject(rejection, keepAlive, &out)
            }
        case .rejected(let rejection): reject(rejection, keepAlive, &out)
        case .state, .mcp, .close: break
        }
        return nil
    }

    private func reject(_ rejection: OpenEnvRejection, _ keepAlive: Bool, _ out: inout ByteQueue) {
        out.appendResponse(422, size: OpenEnvWriter.size(of: rejection), keepAlive: keepAlive) {
            OpenEnvWriter.writeRejection(rejection, .http, to: $0)
        }
    }

    /// RFC 9110 section 15.5.6: a 405 says what is allowed; and section 9.3.2: an answer to HEAD has no body.
    private func refuseMethod(
        _ method: UnsafeRawBufferPointer, allowed: StaticString, _ keepAlive: Bool, _ out: inout ByteQueue
    ) {
        var fields = [("Content-Type", "application/json"), ("Allow", allowed.description)]
        if !keepAlive { fields.append(("Connection", "close")) }
        let body = method.matches("HEAD") ? [] : Array(#"{"detail":"Method Not Allowed"}"#.utf8)
        HTTPSerializer.response(status: 405, headers: fields, body: body).withUnsafeBytes { out.append($0) }
    }

    func writeHTTP(
        _ pending: Pending, keepAlive: Bool, waited: Nanoseconds, _ worker: borrowing Worker, _ out: inout ByteQueue
    ) {
        switch pending.reply {
        case .observation(let reward, let stepCount):
            out.appendResponse(200, size: worker.observationSize, keepAlive: keepAlive) {
                worker.writeObservation(
                    reward: reward, stepCount: stepCount, waited: waited, session: pending.session, .http, to: $0)
            }
        case .state(let episode, let stepCount):
            episode.map(JSONText.escape).withOptionalBytes { name in
                out.appendResponse(200, size: OpenEnvWriter.stateSize(episodeID: name), keepAlive: keepAlive) {
                    OpenEnvWriter.writeState(episodeID: name, stepCount: stepCount, .http, to: $0)
                }
            }
        case .failure:
            out.appendResponse(
                500, "Internal Server Error", contentType: "text/plain; charset=utf-8", keepAlive: keepAlive)
        }
    }
}
