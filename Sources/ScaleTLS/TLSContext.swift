import COpenSSL
import ScaleCore

/// Whose certificates a server may show.
public enum TLSTrust: Hashable, Sendable, Codable {
    /// The authorities of this machine, where its OpenSSL looks for them (`SSL_CERT_FILE` and `SSL_CERT_DIR` change it).
    case system
    /// The PEM certificates of a file, and no others.
    case file(String)
    /// Anybody's: neither the certificate nor its name is checked.
    case insecure
}

/// What the TLS connections of one run share. TLS 1.2 and 1.3 are spoken, with OpenSSL's own choice of ciphers.
///
/// Loops on several threads may use one context.
// Unchecked: OpenSSL locks an `SSL_CTX` itself, which is not changed after `init`; `sessions` is only touched under
// `lock`.
public final class TLSContext: @unchecked Sendable {
    let raw: OpaquePointer
    /// How OpenSSL moves ciphertext; it must outlive every connection.
    let transport: OpaquePointer
    let verifies: Bool
    /// Whether a connection resumes the session of an earlier one to the same server.
    public let resumption: Bool
    private let lock: UnsafeMutableRawPointer
    private var sessions: [String: OpaquePointer] = [:]

    /// - Parameter resumption: off, every connection pays a full handshake, as independent clients would.
    /// - Throws: a usage error that names `--ca-file` when its file cannot be used.
    public init(trust: TLSTrust, resumption: Bool = false) throws(ScaleError) {
        ERR_clear_error()
        guard let raw = SSL_CTX_new(TLS_client_method()) else { throw Self.defect() }
        guard let transport = CiphertextTransport.makeMethod(), let lock = CRYPTO_THREAD_lock_new() else {
            SSL_CTX_free(raw)
            throw Self.defect()
        }
        self.raw = raw
        self.transport = transport
        self.lock = lock
        self.resumption = resumption
        verifies = trust != .insecure
        _ = scale_ssl_context_set_minimum_version(raw, TLS1_2_VERSION)
        scale_ssl_context_refuse_renegotiation(raw)
        // An idle connection then holds no 16 KiB record buffers; there are tens of thousands of them.
        scale_ssl_context_release_idle_buffers(raw)
        scale_ssl_context_keep_no_sessions(raw)
        // RFC 7301, section 3.1: a length before each name. WebSocket starts as HTTP/1.1.
        let protocols = [UInt8(8)] + Array("http/1.1".utf8)
        guard SSL_CTX_set_alpn_protos(raw, protocols, UInt32(protocols.count)) == 0 else { throw Self.defect() }
        switch trust {
        case .system:
            guard SSL_CTX_set_default_verify_paths(raw) == 1 else { throw Self.defect() }
        case .file(let path):
            guard SSL_CTX_load_verify_file(raw, path) == 1 else {
                let system = OpenSSLError.systemText
                throw ScaleError(
                    .usage, "--ca-file '\(path)' cannot be used", cause: system ?? OpenSSLError.take().text,
                    hint: "name a readable file with one or more PEM certificates")
            }
        case .insecure: break
        }
        SSL_CTX_set_verify(raw, verifies ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nil)
    }

    deinit {
        for session in sessions.values { SSL_SESSION_free(session) }
        SSL_CTX_free(raw)
        BIO_meth_free(transport)
        CRYPTO_THREAD_lock_free(lock)
    }

    private static func defect() -> ScaleError {
        ScaleError(.defect, "OpenSSL cannot be set up", cause: OpenSSLError.take().text)
    }

    /// Takes a session that a later connection to `serverName` may resume.
    func remember(_ session: OpaquePointer, for serverName: String) {
        CRYPTO_THREAD_write_lock(lock)
        let old = sessions.updateValue(session, forKey: serverName)
        CRYPTO_THREAD_unlock(lock)
        if let old { SSL_SESSION_free(old) }
    }

    /// Offers the server what ``remember(_:for:)`` kept.
    func resume(_ ssl: OpaquePointer, serverName: String) {
        CRYPTO_THREAD_read_lock(lock)
        // A copy: a connection may change its session, and two loops may hold the same one.
        let session = sessions[serverName].flatMap { SSL_SESSION_dup($0) }
        CRYPTO_THREAD_unlock(lock)
        guard let session else { return }
        SSL_set_session(ssl, session)
        SSL_SESSION_free(session)
    }
}
