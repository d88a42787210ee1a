import CCurl
import ScaleCore

/// Calls control planes over libcurl. A value without state: every call makes its own connection on its own thread, so
/// calls from any number of tasks do not disturb each other.
public struct ControlClient: Sendable {
    /// Whose certificates are accepted.
    public enum Trust: Hashable, Sendable {
        case system
        /// The PEM certificates of this file.
        case file(String)
        case insecure
    }

    public var userAgent: String
    public var trust: Trust
    /// Where requests go instead of to the host of their URL, e.g. Docker's socket.
    public var unixSocket: String?
    /// The longest body that is taken, in bytes.
    public var maximumBody: Int
    /// Lets secrets go to this machine's loopback addresses without TLS, for stand-ins of a service.
    public var allowsSecretsOverLoopback: Bool

    /// - Parameter version: ours, for `User-Agent: scalebench/VERSION`.
    public init(
        version: String, trust: Trust = .system, unixSocket: String? = nil, maximumBody: Int = 16 << 20,
        allowsSecretsOverLoopback: Bool = false
    ) {
        userAgent = "scalebench/" + version
        self.trust = trust
        self.unixSocket = unixSocket
        self.maximumBody = maximumBody
        self.allowsSecretsOverLoopback = allowsSecretsOverLoopback
    }

    /// Sends one request, once. An answer of any status is a response.
    ///
    /// Redirects of reads are followed, five at most, unless a secret is in the request; secrets leave this machine over
    /// https only.
    /// - Parameters:
    ///   - deadline: for the whole call, from name resolution to the last byte.
    ///   - receive: gets the body of a 2xx answer in pieces as they come, one after the other, on a thread of the call; the
    ///     response's own body is empty then. Of any other answer the body is in the response.
    public func send(
        _ request: HTTPRequest, within deadline: Nanoseconds, receive: (@Sendable ([UInt8]) -> Void)? = nil
    ) async throws(TransportFailure) -> HTTPResponse {
        if let problem = refusal(of: request) { throw TransportFailure(.request, message: problem) }
        return try await transfer(request, within: deadline, receive)
    }

    private func transfer(
        _ request: HTTPRequest, within deadline: Nanoseconds, _ receive: (@Sendable ([UInt8]) -> Void)? = nil
    ) async throws(TransportFailure) -> HTTPResponse {
        let transfer = try Transfer(self, request, deadline, receive)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { transfer.start(answering: $0) }
        } onCancel: {
            transfer.cancel()
        }
        return try result.get()
    }

    /// Sends a request and, if it is a read, tries again as `retry` says while the deadline allows it.
    /// - Parameters:
    ///   - deadline: for one try.
    ///   - budget: for all tries and the waits between them.
    /// - Returns: the last answer, which may be a failure of the server's: look at its status.
    /// - Throws: interrupted when the task is cancelled, usage for a request that cannot be sent, else infrastructure.
    public func send(
        _ request: HTTPRequest, within deadline: Nanoseconds, retry: RetryPolicy, budget: Nanoseconds,
        clock: some ControlClock = SystemClock()
    ) async throws(ScaleError) -> HTTPResponse {
        let end = clock.now + budget
        var attempt = 1
        while true {
            let left = end - clock.now
            let outcome: RetryPolicy.Outcome
            do throws(TransportFailure) {
                outcome = .answered(try await send(request, within: min(deadline, left)))
            } catch {
                outcome = .failed(error)
            }
            let delay = retry.delay(after: attempt, of: request.method, outcome: outcome, random: .random(in: 0..<1))
            guard let delay, clock.now + delay < end else {
                switch outcome {
                case .answered(let response): return response
                case .failed(let failure): throw failure.error(of: request)
                }
            }
            do { try await clock.sleep(delay) } catch { throw ScaleError(.interrupted, "\(request) was stopped") }
            attempt += 1
        }
    }

    /// Looks at an environment server's `GET /health`: only 200 is ready.
    public func health(of endpoint: Endpoint, within deadline: Nanoseconds = .seconds(2)) async -> Readiness.Answer {
        let request = Self.request(.get, "/health", of: endpoint)
        do throws(TransportFailure) {
            let response = try await transfer(request, within: deadline)
            if response.status == 200 { return .ready }
            return .notYet("\(endpoint.isCapability ? "GET \(endpoint.redacted)/health" : "\(request)") was answered \(response.status)")
        } catch {
            // libcurl names the host in some of what it says.
            return .notYet(endpoint.isCapability ? "no answer: \(error.kind.rawValue)" : error.message)
        }
    }

    /// Asks an environment server as a load session does: straight, past any proxy, and a redirect is an answer.
    /// - Parameter path: such as `/schema`, behind the endpoint's own.
    /// - Returns: nil where no answer came.
    public func ask(
        _ endpoint: Endpoint, _ method: HTTPRequest.Method, _ path: String, headers: [HTTPHeader] = [], body: [UInt8]? = nil,
        within deadline: Nanoseconds = .seconds(5)
    ) async -> HTTPResponse? {
        var request = Self.request(method, path, of: endpoint)
        request.headers += headers
        request.body = body
        request.isDirect = true
        return try? await transfer(request, within: deadline)
    }

    /// Credentials of the endpoint go where the user addressed them, with or without TLS.
    private static func request(_ method: HTTPRequest.Method, _ path: String, of endpoint: Endpoint) -> HTTPRequest {
        var request = HTTPRequest(method, endpoint.plain + path)
        if let query = endpoint.query { request.url += "?" + query }
        if let credentials = endpoint.credentials { request.headers.append(.basic(Secret(credentials))) }
        request.headers += endpoint.headers.map { HTTPHeader($0.name, secret: Secret($0.value)) }
        return request
    }

    /// Why a request must not be sent; nil when it may.
    private func refusal(of request: HTTPRequest) -> String? {
        for header in request.headers
        where header.name.isEmpty || !header.line.utf8.allSatisfy({ $0 >= 0x20 || $0 == 0x09 }) {
            return "the header '\(header.name.prefix(40))' has a line break or another control character, or no name"
        }
        if request.url.utf8.contains(where: { $0 <= 0x20 }) { return "its URL has a space or a control character" }
        let scheme = request.url.prefix(8).lowercased()
        guard scheme.hasPrefix("http://") || scheme == "https://" else { return "its URL is neither http nor https" }
        guard request.hasSecrets, unixSocket == nil else { return nil }
        guard let endpoint = try? Endpoint(url: request.url) else { return "its URL cannot be read" }
        if endpoint.secure || (endpoint.isLoopback && allowsSecretsOverLoopback) { return nil }
        return "it carries a secret and its URL is not https"
    }
}

extension HTTPRequest {
    /// Credentials in a header or in the URL itself.
    var hasSecrets: Bool {
        if headers.contains(where: \.isSecret) { return true }
        return (try? Endpoint(url: url))?.credentials != nil
    }
}

extension HTTPHeader {
    /// `Authorization: Basic …` (RFC 7617) of `user:password`.
    public static func basic(_ credentials: Secret) -> HTTPHeader {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        let bytes = Array(credentials.revealed.utf8)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0..<4 {
                text.append(place <= group.count ? alphabet[bits >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
            }
        }
        return HTTPHeader("Authorization", secret: Secret("Basic " + String(decoding: text, as: UTF8.self)))
    }
}
