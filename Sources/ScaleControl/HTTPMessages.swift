import ScaleCore

/// A header field. Its value may be a secret, which never reaches output.
public struct HTTPHeader: Hashable, Sendable, CustomStringConvertible {
    public enum Value: Hashable, Sendable {
        case plain(String)
        case secret(Secret)
    }
    public var name: String
    public var value: Value

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = .plain(value)
    }

    public init(_ name: String, secret: Secret) {
        self.name = name
        value = .secret(secret)
    }

    /// `Authorization: Bearer …` (RFC 6750, section 2.1).
    public static func bearer(_ token: Secret) -> HTTPHeader {
        HTTPHeader("Authorization", secret: Secret("Bearer " + token.revealed))
    }

    var isSecret: Bool { if case .secret = value { true } else { false } }

    var line: String {
        switch value {
        case .plain(let text): name + ": " + text
        case .secret(let secret): name + ": " + secret.revealed
        }
    }

    public var description: String {
        switch value {
        case .plain(let text): name + ": " + text
        case .secret(let secret): name + ": \(secret)"
        }
    }
}

/// One call of a control plane.
public struct HTTPRequest: Hashable, Sendable, CustomStringConvertible {
    public enum Method: String, Hashable, Sendable, CaseIterable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"

        /// Asks without changing anything (RFC 9110, section 9.2.1): the only kind that is ever retried.
        public var isRead: Bool { self == .get || self == .head }
    }

    public var method: Method
    /// `http` or `https`. With a unix socket the host is only a name for the `Host` header.
    public var url: String
    public var headers: [HTTPHeader]
    public var body: [UInt8]?
    /// To the host of its URL and nobody else: through no proxy, and no redirect is followed.
    public var isDirect = false

    public init(_ method: Method, _ url: String, headers: [HTTPHeader] = [], body: [UInt8]? = nil) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }

    /// A request whose body is JSON text.
    public static func json(_ method: Method, _ url: String, headers: [HTTPHeader] = [], _ body: String) -> HTTPRequest {
        HTTPRequest(
            method, url, headers: headers + [HTTPHeader("Content-Type", "application/json")], body: Array(body.utf8))
    }

    /// `GET https://host/path`, without secrets.
    public var description: String { method.rawValue + " " + Redaction.url(url) }
}

/// What a server answered, whatever its status.
public struct HTTPResponse: Hashable, Sendable {
    public var status: Int
    /// In the order they came; names in lower case.
    public var headers: [(name: String, value: String)] { fields.map { ($0.name, $0.value) } }
    public var body: [UInt8]
    private var fields: [Field]

    private struct Field: Hashable, Sendable {
        var name: String
        var value: String
    }

    public init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.body = body
        fields = headers.map { Field(name: $0.name.lowercased(), value: $0.value) }
    }

    /// 2xx.
    public var isSuccess: Bool { (200...299).contains(status) }

    /// The body as text; bytes that are not UTF-8 are replaced.
    public var text: String { String(decoding: body, as: UTF8.self) }

    /// The first field of this name, in any case.
    public func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return fields.first { $0.name == wanted }?.value
    }

    /// The error for an answer that the caller cannot use, with at most 500 characters of the body.
    public func refusal(of request: HTTPRequest, hint: String? = nil) -> ScaleError {
        let shown = String(text.prefix(500))
        return ScaleError(
            .infrastructure, "\(request) was answered \(status)", cause: shown.isEmpty ? nil : shown, hint: hint)
    }
}
