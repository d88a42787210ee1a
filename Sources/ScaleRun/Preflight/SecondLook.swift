import ScaleControl
import ScaleCore
import ScaleEngine
import ScaleTLS

/// What a load session does not keep of how it was refused: the header fields of an answer, and what the port speaks.
struct SecondLook: Sendable {
    var target: LoadTarget
    var client: ControlClient

    init(at target: LoadTarget, trust: TLSTrust, _ client: ControlClient) {
        self.target = target
        self.client = client
        switch trust {
        case .system: self.client.trust = .system
        case .file(let path): self.client.trust = .file(path)
        case .insecure: self.client.trust = .insecure
        }
        self.client.maximumBody = 1 << 20
    }

    /// Where a session asks in a phase.
    static func path(_ mode: Mode, _ phase: Phase) -> String { mode == .ws ? "/ws" : phase == .step ? "/step" : "/reset" }

    /// The answer to the same request once more.
    /// - Returns: nil where it is another one by now.
    func answer(to failure: SessionFailure, _ mode: Mode) async -> HTTPResponse? {
        let status: Int
        switch failure.kind {
        case .httpStatus, .gateway: status = Int(failure.code ?? 0)
        // What is wrong is in the body.
        case .protocolViolation where mode == .http: status = 200
        default: return nil
        }
        let path = Self.path(mode, failure.phase)
        let again: HTTPResponse?
        switch mode {
        case .ws: again = await client.ask(target.endpoint, .get, path, headers: Self.upgrade)
        case .http:
            let body = Array((failure.phase == .step ? #"{"action": {}}"# : "{}").utf8)
            again = await client.ask(
                target.endpoint, .post, path, headers: [HTTPHeader("Content-Type", "application/json")], body: body)
        }
        return again?.status == status ? again : nil
    }

    /// As of RFC 6455, section 1.3, with its key.
    private static let upgrade = [
        HTTPHeader("Connection", "Upgrade"), HTTPHeader("Upgrade", "websocket"), HTTPHeader("Sec-WebSocket-Version", "13"),
        HTTPHeader("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ]

    /// What the port speaks, where it is not what the URL says; nil where it is, or cannot be told.
    /// - Parameter limit: for each of two questions.
    func otherTransport(for failure: SessionFailure, _ mode: Mode, within limit: Nanoseconds) async -> SpokenTransport? {
        // Whoever was understood once speaks what the URL says.
        guard failure.phase == .connect || (mode == .http && failure.phase == .reset) else { return nil }
        switch failure.kind {
        // Its certificate was seen: it speaks TLS.
        case .tls where failure.code != nil: return nil
        case .tls, .badHandshake, .protocolViolation, .closedMidSession, .reset: break
        case .httpStatus where failure.code == 400: break
        case .timeout where failure.phase == .connect: break
        default: return nil
        }
        guard let spoken = await SpokenTransport.heard(at: target, timeout: min(limit, .seconds(5))) else { return nil }
        return (spoken == .tls) == target.endpoint.secure ? nil : spoken
    }

    /// Why TLS cannot be agreed on, in the words of the TLS library; nil where that is not what failed.
    func complaint(about failure: SessionFailure) async -> String? {
        guard failure.kind == .tls, failure.code == nil, case .notYet(let reason) = await client.health(of: target.endpoint) else {
            return nil
        }
        return reason
    }

    /// What the environment takes as an action; nil where it does not say.
    func schema() async -> ActionSchema? {
        guard let answer = await client.ask(target.endpoint, .get, "/schema"), answer.isSuccess else { return nil }
        return ActionSchema(answer.body)
    }
}

extension Endpoint {
    /// Of a port that speaks TLS where the URL says http, or the other way round.
    /// - Parameter flag: what names where the server is.
    func speaks(_ spoken: SpokenTransport, flag: String, isLaunched: Bool = false) -> ScaleError {
        var right = self
        right.secure = spoken == .tls
        let scheme = right.secure ? "https" : "http"
        let place = ["--url", "--urls"].contains(flag) && !isCapability ? ": \(flag) \(right.redacted)" : " in \(flag)"
        return ScaleError(
            isLaunched ? .infrastructure : .usage, "the server at \(redacted) speaks \(right.secure ? "TLS" : "no TLS")",
            hint: "use \(scheme)\(place)")
    }
}
