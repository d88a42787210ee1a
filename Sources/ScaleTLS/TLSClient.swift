import COpenSSL
import ScaleCore

/// How reading went on.
public enum TLSProgress: Hashable, Sendable {
    /// This many plaintext bytes, at least one. More may be waiting: read again.
    case bytes(Int)
    /// Everything received is used up: only more ciphertext helps.
    case wantsMore
    /// The peer's close_notify: no more data will come.
    case closed
    /// The connection is over. What ``TLSClient/drain(into:)`` still holds is the alert for the peer.
    case failed(TLSFault)
}

/// How far the handshake is.
public enum TLSHandshake: Hashable, Sendable {
    case done
    case wantsMore
    case failed(TLSFault)
}

/// The client's end of one TLS connection, without a socket: ciphertext in, plaintext out, and back.
///
/// Its owner, one loop, receives from the socket and gives what came to ``receive(_:)``, then calls
/// ``handshake()`` or ``read(into:)`` until it wants more, and sends what ``drain(into:)`` hands out, which may be
/// something after any call. An idle connection holds no buffers.
public struct TLSClient: ~Copyable {
    private let ssl: OpaquePointer
    private let transport: UnsafeMutablePointer<CiphertextTransport>
    private let context: TLSContext
    private let serverName: String
    private var isEstablished = false
    private var fault: TLSFault?

    /// - Parameter serverName: the host of the URL, to which the certificate must belong: a name, which is also told
    ///   to the server (SNI), or a numeric address without brackets, which RFC 6066, section 3, keeps out of SNI.
    public init(context: TLSContext, serverName: String) throws(TLSFault) {
        let ssl = try Self.connection(context, serverName)
        guard let bio = BIO_new(context.transport) else {
            SSL_free(ssl)
            throw TLSFault(.internal, message: OpenSSLError.take().text)
        }
        self.ssl = ssl
        self.context = context
        self.serverName = serverName
        transport = .allocate(capacity: 1)
        transport.initialize(to: CiphertextTransport())
        BIO_set_data(bio, transport)
        BIO_set_init(bio, 1)
        SSL_set_bio(ssl, bio, bio)
        SSL_set_connect_state(ssl)
        if context.resumption { context.resume(ssl, serverName: serverName) }
    }

    deinit {
        SSL_free(ssl)
        transport.deinitialize(count: 1)
        transport.deallocate()
    }

    private static func connection(_ context: TLSContext, _ serverName: String) throws(TLSFault) -> OpaquePointer {
        ERR_clear_error()
        guard let ssl = SSL_new(context.raw) else { throw TLSFault(.internal, message: OpenSSLError.take().text) }
        // An IPv6 zone means something to this host only, and a final dot only to the resolver.
        var name = serverName.prefix { $0 != "%" }
        let isAddress = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), String(name)) == 1
        ERR_clear_error()
        if isAddress { return ssl }
        if name.hasSuffix(".") { name.removeLast() }
        var named = scale_ssl_set_server_name(ssl, String(name)) == 1
        if context.verifies {
            SSL_set_hostflags(ssl, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
            named = named && SSL_set1_host(ssl, String(name)) == 1
        }
        guard named else {
            SSL_free(ssl)
            throw TLSFault(.internal, message: "'\(name)' cannot be a server name: \(OpenSSLError.take().text)")
        }
        return ssl
    }

    /// Takes ciphertext from the peer; it is copied. Nothing happens to it before ``handshake()`` or ``read(into:)``.
    public mutating func receive(_ ciphertext: UnsafeRawBufferPointer) {
        transport.pointee.incoming.append(ciphertext)
    }

    /// The peer closed its side of the byte stream: once what came is read, reading ends as ``TLSProgress/closed``
    /// after a close_notify, else as ``TLSFault/Reason/truncated``.
    public mutating func receiveEnd() { transport.pointee.ended = true }

    /// Drives the handshake. The first call makes the ClientHello.
    public mutating func handshake() -> TLSHandshake {
        if let fault { return .failed(fault) }
        if isEstablished { return .done }
        ERR_clear_error()
        let result = SSL_do_handshake(ssl)
        if result == 1 {
            if let refused = unexpectedProtocol() { return .failed(fail(refused)) }
            isEstablished = true
            return .done
        }
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ: return .wantsMore
        default: return .failed(fail(TLSFault.after(ssl)))
        }
    }

    /// Decrypts into `plaintext`, after driving the handshake if it is not over.
    public mutating func read(into plaintext: UnsafeMutableRawBufferPointer) -> TLSProgress {
        switch handshake() {
        case .done: break
        case .wantsMore: return .wantsMore
        case .failed(let fault): return .failed(fault)
        }
        ERR_clear_error()
        var count = 0
        let result = SSL_read_ex(ssl, plaintext.baseAddress, plaintext.count, &count)
        if result == 1 { return .bytes(count) }
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ: return .wantsMore
        case SSL_ERROR_ZERO_RETURN: return .closed
        default: return .failed(fail(TLSFault.after(ssl)))
        }
    }

    /// Encrypts all of `plaintext`; the ciphertext waits for ``drain(into:)``.
    /// - Returns: nil when it is done, else the fault that ended the connection, or ``TLSFault/Reason/internal``
    ///   before the handshake is done.
    public mutating func write(_ plaintext: UnsafeRawBufferPointer) -> TLSFault? {
        if let fault { return fault }
        guard isEstablished else {
            return TLSFault(.internal, message: "data was written before the handshake was done")
        }
        guard plaintext.count > 0 else { return nil }
        ERR_clear_error()
        var count = 0
        return SSL_write_ex(ssl, plaintext.baseAddress, plaintext.count, &count) == 1 ? nil : fail(TLSFault.after(ssl))
    }

    /// Ciphertext that waits to be sent, in bytes.
    public var pendingCiphertext: Int { transport.pointee.outgoing.count }

    /// Moves ciphertext to be sent into `target` and answers how many bytes; call until it answers 0.
    public mutating func drain(into target: UnsafeMutableRawBufferPointer) -> Int {
        transport.pointee.outgoing.take(into: target)
    }

    /// Gives all pending ciphertext to `send`, which answers how many bytes of it were sent; the rest stays for the
    /// next call.
    /// - Returns: what `send` answered, which may be a negative `errno`; 0 without a call when nothing is pending.
    public mutating func drain(_ send: (UnsafeRawBufferPointer) -> Int) -> Int {
        guard pendingCiphertext > 0 else { return 0 }
        let sent = send(transport.pointee.outgoing.bytes)
        if sent > 0 { transport.pointee.outgoing.drop(min(sent, pendingCiphertext)) }
        return sent
    }

    /// Tells the peer that no more data follows (RFC 8446, section 6.1); reading stays possible. A connection that
    /// failed or has no keys yet says nothing.
    public mutating func sendCloseNotify() {
        guard isEstablished, fault == nil else { return }
        ERR_clear_error()
        _ = SSL_shutdown(ssl)
        ERR_clear_error()
        guard context.resumption, let session = SSL_get1_session(ssl) else { return }
        if SSL_SESSION_is_resumable(session) == 1 {
            context.remember(session, for: serverName)
        } else {
            SSL_SESSION_free(session)
        }
    }

    /// Whether an earlier session was resumed; meaningful once the handshake is done.
    public var isResumed: Bool { SSL_session_reused(ssl) == 1 }

    /// What was agreed, e.g. `TLSv1.3 TLS_AES_256_GCM_SHA384`; meaningful once the handshake is done.
    public var agreement: String {
        let version = SSL_get_version(ssl).map { String(cString: $0) } ?? ""
        let cipher = SSL_CIPHER_get_name(SSL_get_current_cipher(ssl)).map { String(cString: $0) } ?? ""
        return version + " " + cipher
    }

    /// A server without ALPN is taken to speak HTTP/1.1; one that chose something else was not asked for it.
    private func unexpectedProtocol() -> TLSFault? {
        var name: UnsafePointer<UInt8>?
        var length: UInt32 = 0
        SSL_get0_alpn_selected(ssl, &name, &length)
        guard length > 0, let name else { return nil }
        let chosen = String(decoding: UnsafeBufferPointer(start: name, count: Int(length)), as: UTF8.self)
        return chosen == "http/1.1"
            ? nil : TLSFault(.protocolError, message: "the server chose the protocol '\(chosen)'")
    }

    private mutating func fail(_ new: TLSFault) -> TLSFault {
        fault = new
        return new
    }
}
