import CCurl
import ScaleCore

/// Why no answer came: what happened below HTTP. An answer of any status is an ``HTTPResponse`` instead.
public struct TransportFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The host name has no address.
        case resolve
        /// Nobody listens, or the way there is closed.
        case connect
        /// The deadline of the call passed.
        case timeout
        /// The certificate was refused, or TLS could not be agreed on.
        case tls
        /// The connection broke before the answer was whole.
        case broken
        /// The answer is longer than the client takes.
        case tooLarge
        /// The caller's task was cancelled.
        case cancelled
        /// The request itself cannot be made as it is written.
        case request
    }

    public var kind: Kind
    /// libcurl's `CURLE_…`; 0 where the request never reached it.
    public var code: Int32
    public var message: String

    public init(_ kind: Kind, code: Int32 = 0, message: String) {
        self.kind = kind
        self.code = code
        self.message = message
    }

    init(_ code: CURLcode, detail: String) {
        let kind: Kind =
            switch code {
            case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .resolve
            case CURLE_COULDNT_CONNECT: .connect
            case CURLE_OPERATION_TIMEDOUT: .timeout
            case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CACERT_BADFILE,
                CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS:
                .tls
            case CURLE_WRITE_ERROR, CURLE_FILESIZE_EXCEEDED: .tooLarge
            case CURLE_ABORTED_BY_CALLBACK: .cancelled
            case CURLE_URL_MALFORMAT, CURLE_BAD_FUNCTION_ARGUMENT: .request
            default: .broken
            }
        let words = detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail
        self.init(
            kind, code: Int32(code.rawValue),
            message: code == CURLE_SSL_CONNECT_ERROR && Self.isNoTLS(detail) ? "the server speaks no TLS: use http (\(words))" : words)
    }

    /// What OpenSSL says of an answer to its greeting that begins like text (`SSL_R_WRONG_VERSION_NUMBER` and its like).
    private static func isNoTLS(_ detail: String) -> Bool {
        ["wrong version number", "http request", "packet length too long"].contains { detail.contains($0) }
    }

    public var description: String { message }

    /// Whether the same read may work a moment later.
    public var isTransient: Bool {
        switch kind {
        case .resolve, .connect, .timeout, .broken: true
        case .tls, .tooLarge, .cancelled, .request: false
        }
    }

    /// The error of a call that is not tried again.
    public func error(of request: HTTPRequest) -> ScaleError {
        switch kind {
        case .cancelled: ScaleError(.interrupted, "\(request) was stopped")
        case .request: ScaleError(.usage, "\(request) cannot be sent", cause: message)
        default: ScaleError(.infrastructure, "\(request) got no answer", cause: message)
        }
    }
}
