import COpenSSL
import ScaleReactor

/// A key and a certificate of its own making, as good as nobody's: for clients that trust anybody, or that must not.
// Unchecked: OpenSSL locks an `SSL_CTX` itself, which is not changed after `init`.
final class TLSIdentity: @unchecked Sendable {
    fileprivate let context: OpaquePointer

    init() {
        let making = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nil)
        defer { EVP_PKEY_CTX_free(making) }
        EVP_PKEY_keygen_init(making)
        EVP_PKEY_CTX_set_group_name(making, "P-256")
        var key: OpaquePointer?
        EVP_PKEY_keygen(making, &key)
        let certificate = X509_new()!
        X509_set_version(certificate, 2)
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1)
        X509_gmtime_adj(X509_getm_notBefore(certificate), -3600)
        X509_gmtime_adj(X509_getm_notAfter(certificate), 3600)
        X509_set_pubkey(certificate, key)
        let subject = X509_get_subject_name(certificate)
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, Array("peer".utf8), 4, -1, 0)
        X509_set_issuer_name(certificate, subject)
        X509_sign(certificate, key, EVP_sha256())
        context = SSL_CTX_new(TLS_server_method())!
        SSL_CTX_use_certificate(context, certificate)
        SSL_CTX_use_PrivateKey(context, key)
        X509_free(certificate)
        EVP_PKEY_free(key)
    }

    deinit { SSL_CTX_free(context) }
}

/// A scripted peer's end of one TLS connection, with the calls of a socket.
final class TLSEnd {
    private let ssl: OpaquePointer

    init(_ identity: TLSIdentity, _ socket: Socket) {
        ssl = SSL_new(identity.context)!
        SSL_set_fd(ssl, socket.descriptor)
        SSL_set_accept_state(ssl)
    }

    deinit { SSL_free(ssl) }

    func receive(into bytes: UnsafeMutableRawBufferPointer) -> Int {
        answer(SSL_read(ssl, bytes.baseAddress, Int32(bytes.count)))
    }

    func send(_ bytes: UnsafeRawBufferPointer) -> Int { answer(SSL_write(ssl, bytes.baseAddress, Int32(bytes.count))) }

    private func answer(_ result: Int32) -> Int {
        defer { ERR_clear_error() }
        if result > 0 { return Int(result) }
        let isWaiting = [SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE].contains(SSL_get_error(ssl, result))
        return isWaiting ? -Int(Errno.wouldBlock) : 0
    }
}
