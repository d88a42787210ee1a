import ScaleControl
import ScaleCore
import ScaleTLS

/// What is known of a session that failed before the grid, and what a person is told of it. Each cause has a sentence of
/// its own: 2 where the command line can mend it, 5 where only the server can.
struct SessionRefusal {
    var failure: SessionFailure
    var mode: Mode
    var endpoint: Endpoint
    /// The endpoint as sentences name it, with the address where it has several.
    var name: String
    /// What names where the server is.
    var flag: String
    var isLaunched: Bool
    var isTraced: Bool
    var trust: TLSTrust
    /// Whether something stands between that answers for servers that are gone.
    var isBalanced: Bool
    /// What the server said, as it came.
    var said: String?
    /// The same answer once more, with its header fields.
    var answer: HTTPResponse?

    var path: String { SecondLook.path(mode, failure.phase) }

    private var named: String { failure.kind.rawValue + (failure.kind.named(failure.code).map { ", \($0)" } ?? "") }

    /// What was violated, where that is known.
    private var nature: String { failure.kind.named(failure.code).map { " (\($0))" } ?? "" }

    /// The server's words, cleaned and cut.
    var words: String? {
        said.flatMap { ForeignWords.gist($0, hiding: endpoint) } ?? answer.flatMap { ForeignWords.body($0.body, hiding: endpoint) }
    }

    static let allTheSame = "--no-preflight measures all the same"

    func usage(_ message: String, cause: String? = nil, _ hint: String) -> ScaleError {
        ScaleError(.usage, message, cause: cause ?? words, hint: hint)
    }

    func server(_ message: String, cause: String? = nil, _ hint: String) -> ScaleError {
        ScaleError(.infrastructure, message, cause: cause ?? words, hint: hint)
    }

    var error: ScaleError {
        switch failure.kind {
        case .httpStatus, .gateway: return status(Int(failure.code ?? 0))
        case .closedMidSession where (failure.code ?? 0) >= 1000: return close(Int(failure.code ?? 0))
        case .tls: return tls
        case .providerTerminated: return server("the server at \(name) was ended", "look into its log")
        case .validation, .execution, .factory, .session, .capacityReached: return environment
        case .timeout where isLaunched, .refused where isLaunched, .reset where isLaunched, .unreachable where isLaunched,
            .closedMidSession where isLaunched:
            return server(
                "the server at \(name) failed one session in \(failure.phase.rawValue) with \(named)",
                "look into its log; \(Self.allTheSame)")
        case .badHandshake:
            guard let breach = failure.kind.named(failure.code) else {
                return usage(
                    "\(name) closed the connection instead of answering the request for a WebSocket at \(path)",
                    "check \(flag) and --mode, and look into its log")
            }
            return usage(
                "\(name) does not speak the OpenEnv protocol at \(path): its answer to the request for a WebSocket opens none (\(breach))",
                "check \(flag) and --mode")
        case .closedMidSession:
            return usage(
                "\(name) closed the connection instead of answering the \(failure.phase.rawValue) at \(path)",
                "check \(flag) and --mode, and look into its log")
        case .protocolViolation: return violation
        case .messageTooLarge:
            return server("an answer of \(name) at \(path) is larger than any that is taken", "let it send less")
        case .timeout:
            return usage(
                failure.phase == .connect
                    ? "\(name) opened no session at \(path) in time"
                    : "\(name) gave no answer to the \(failure.phase.rawValue) at \(path) in time",
                "check \(flag) and the timeouts, and what the server waits for")
        case _ where failure.kind.origin == .client:
            return server(
                "this host cannot open a session to \(name): \(named)",
                "raise its limits (ulimit -n, net.ipv4.ip_local_port_range), or end what uses them up")
        default:
            return usage(
                "one session against \(name) failed in \(failure.phase.rawValue) with \(named)",
                "check the server, \(flag) and the timeouts")
        }
    }

    private var violation: ScaleError {
        if let broken = failure.isolationBreak {
            return server(
                "the environment at \(name) mixes up sessions: \(broken.words)",
                "look at how its workers, or what balances between them, keep sessions apart; \(Self.allTheSame)")
        }
        if let coding = answer?.header("content-encoding").flatMap({ ForeignWords.cleaned($0) }) {
            return usage(
                "\(name) answers \(path) compressed (\(coding)), which it was not asked for", cause: "",
                "turn that off in the server, or in what stands before it")
        }
        return usage(
            "\(name) does not speak the OpenEnv protocol at \(path): its answer to the \(failure.phase.rawValue) is none of the protocol"
                + nature,
            "check \(flag) and --mode")
    }

    private var tls: ScaleError {
        guard let code = failure.code else {
            return usage("TLS with \(name) cannot be agreed on", "check the server's TLS, and \(flag)")
        }
        let fault = TLSFault(verifyCode: Int(code))
        let hint =
            switch fault.reason {
            case .certificateExpired, .certificateNotYetValid: "renew it, or --insecure to trust it unseen"
            case .nameMismatch: "use the name that it was made for in \(flag), or --insecure to trust it unseen"
            case _ where trust != .system:
                "none of --ca-file vouches for it: name its authority there, let the server send the intermediate certificates, or --insecure to trust it unseen"
            default: "give its authority with --ca-file, or --insecure to trust it unseen"
            }
        return usage("the certificate of \(name) is refused", cause: fault.message, hint)
    }

    /// What the environment itself said.
    private var environment: ScaleError {
        switch failure.kind {
        case .capacityReached:
            return server(
                "the environment at \(name) has no free session before the grid has begun", "end what holds its sessions, or raise its cap")
        case .validation where failure.phase == .reset:
            return usage(
                "the environment at \(name) rejected the reset: \(words ?? named)", cause: "",
                isTraced
                    ? "the reset data of --trace FILE is what was sent, \(Self.allTheSame)"
                    : #"--trace FILE sends a reset of your own, with lines like {"reset": {"task_id": "a"}, "steps": [{"action": {}}]}; "#
                        + "--action changes the steps alone")
        case .validation:
            return usage("the environment at \(name) rejected the action: \(words ?? named)", cause: "", actionHint)
        case .execution where failure.phase != .reset:
            return usage("the environment at \(name) failed at the action: \(words ?? named)", cause: "", actionHint)
        default:
            return server(
                "the environment at \(name) failed in its \(failure.phase.rawValue) with \(named)", "look into its log; \(Self.allTheSame)")
        }
    }

    private var actionHint: String {
        (isTraced ? "--trace FILE says what is sent, " : "--action JSON sets the action that each step sends, ") + Self.allTheSame
    }
}

// MARK: - What an answer's status, and a closing frame's code, say

extension SessionRefusal {
    private func status(_ code: Int) -> ScaleError {
        let status = "HTTP status \(code)"
        switch code {
        case 401, 407:
            let challenge = answer?.header(code == 401 ? "www-authenticate" : "proxy-authenticate")
                .flatMap { ForeignWords.cleaned($0, hiding: endpoint) }
            let cause = [status, challenge, words].compactMap(\.self).joined(separator: ", ")
            return usage("\(name) asks for authorization at \(path)", cause: cause, credentialsHint(challenge))
        case 403: return forbidden(status)
        case 300..<400: return redirect(status)
        case 404, 405, 410:
            return usage("\(name) has nothing to ask at \(path): \(status)", "check the path in \(flag), and --mode")
        case 429: return later(status)
        case 502, 504, 524: return gone(status)
        case 503: return isProxy ? gone(status) : later(status)
        case 500...:
            return server("the server at \(name) failed at \(path) with \(status)", "look into its log; \(Self.allTheSame)")
        case 400...:
            return usage(
                "\(name) does not take the request at \(path): \(status)",
                mode == .ws ? "check \(flag) and --mode" : "check \(flag), --mode and --action: over http every call stands alone")
        default:
            return usage(
                "\(name) does not speak the OpenEnv protocol at \(path): it answered \(status)\(mode == .ws ? " instead of opening a WebSocket" : "")",
                cause: "", "check \(flag) and --mode")
        }
    }

    private func credentialsHint(_ challenge: String?) -> String {
        if endpoint.credentials != nil { return "check user and password in \(flag)" }
        let asked = [challenge, words].compactMap { $0?.lowercased() }
        if asked.contains(where: { $0.contains("bearer") || $0.contains("token") || $0.contains("api key") }) {
            return
                "no flag sends a token: put it into the query of \(flag) where the server takes it there, or let an exec: plug-in send a header"
        }
        return "give user and password in the URL, like https://user:password@\(endpoint.isCapability ? "HOST" : endpoint.authority)"
    }

    /// A server built on uvicorn says no more than this where a WebSocket has no route, and Starlette where its code does not
    /// accept one.
    private func forbidden(_ status: String) -> ScaleError {
        if mode == .ws, words == nil {
            return usage(
                "\(name) has no WebSocket route at \(path), or forbids it: \(status) without a word", cause: "",
                "check the path in \(flag); --mode http where the environment serves that alone; or give it credentials")
        }
        return usage("\(name) forbids \(path): \(status)", "check the credentials in \(flag), and whom the server lets in")
    }

    private func redirect(_ status: String) -> ScaleError {
        guard let location = answer?.header("location"), let place = ForeignWords.cleaned(Redaction.url(location), hiding: endpoint) else {
            return usage("\(name) sends elsewhere from \(path), and does not say where: \(status)", "check \(flag)")
        }
        let message = "\(name) sends from \(path) to \(place): \(status)"
        if location == endpoint.prefix + path + "/" || location == endpoint.plain + path + "/" {
            return usage(
                message, cause: "", "its route ends in a slash, which no client of OpenEnv sends: mend the route, or try the other --mode")
        }
        let isWhole = place.contains("://")
        let base = isWhole && place.hasSuffix(path) ? String(place.dropLast(path.count)) : place
        return usage(message, cause: "", isWhole ? "give that: \(flag) \(base)" : "give that path in \(flag)")
    }

    /// A limit that will be lifted.
    private func later(_ reason: String) -> ScaleError {
        let wait = answer?.retryAfter.map { "try again in \(Int($0.seconds.rounded(.up))) s, as it says" } ?? "try again later"
        return server("the server at \(name) refuses for now: \(reason)", "\(wait), or raise its limit: load needs more than one session")
    }

    /// Whether the answer is one that a proxy gives for servers that are gone.
    private var isProxy: Bool {
        if isBalanced || answer?.header("via") != nil { return true }
        let server = answer?.header("server")?.lowercased() ?? ""
        return ["nginx", "envoy", "haproxy", "cloudflare", "traefik", "caddy", "awselb"].contains { server.contains($0) }
    }

    private func gone(_ status: String) -> ScaleError {
        server("a proxy at \(name) has no server behind it: \(status)", "check that the server is up")
    }

    /// RFC 6455, section 7.4, and the registry of close codes.
    private func close(_ code: Int) -> ScaleError {
        let close = "close code \(code)"
        let phase = failure.phase.rawValue
        switch code {
        case 1008: return usage("\(name) forbids the session: \(close)", "check the credentials in \(flag), and whom the server lets in")
        case 1011:
            return server("the environment at \(name) failed in its \(phase): \(close)", "look into its log; \(Self.allTheSame)")
        case 1001, 1012: return server("the server at \(name) restarts: \(close)", "try again when it is up")
        case 1013: return later(close)
        case 1002, 1003, 1007:
            return usage(
                "\(name) does not take what was sent in \(phase): \(close)", "check \(flag) and --mode: it may speak another protocol")
        default:
            return server("\(name) ended the session in its \(phase): \(close)", "look into its log; \(Self.allTheSame)")
        }
    }
}
