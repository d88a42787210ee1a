import COpenSSL
import Glibc

/// A key and a certificate made for one test run: nothing is committed that could expire.
// Unchecked: OpenSSL locks an `SSL_CTX` itself, and nothing here is changed after `init`.
package final class TestIdentity: @unchecked Sendable {
    package let key: OpaquePointer
    package let certificate: OpaquePointer
    /// For servers that show this identity and ask for nothing else.
    let context: OpaquePointer

    /// - Parameters:
    ///   - names: the subject alternative names as OpenSSL's configuration writes them, e.g.
    ///     `DNS:localhost,IP:127.0.0.1`.
    ///   - valid: seconds from now in which the certificate may be used.
    ///   - issuer: nil makes a self-signed one.
    package init(_ names: String, valid: ClosedRange<Int> = -3600...3600, authority: Bool = false, issuer: TestIdentity? = nil) {
        let making = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nil)
        defer { EVP_PKEY_CTX_free(making) }
        EVP_PKEY_keygen_init(making)
        EVP_PKEY_CTX_set_group_name(making, "P-256")
        var made: OpaquePointer?
        EVP_PKEY_keygen(making, &made)
        key = made!
        certificate = X509_new()!
        X509_set_version(certificate, 2)
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), Int.random(in: 1...Int(Int32.max)))
        X509_gmtime_adj(X509_getm_notBefore(certificate), valid.lowerBound)
        X509_gmtime_adj(X509_getm_notAfter(certificate), valid.upperBound)
        X509_set_pubkey(certificate, key)
        let subject = X509_get_subject_name(certificate)
        let common = authority ? "authority" : "server"
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, Array(common.utf8), Int32(common.utf8.count), -1, 0)
        X509_set_issuer_name(certificate, X509_get_subject_name(issuer?.certificate ?? certificate))
        var extensions = [(NID_basic_constraints, authority ? "critical,CA:TRUE" : "critical,CA:FALSE")]
        if !names.isEmpty { extensions.append((NID_subject_alt_name, names)) }
        for (nid, value) in extensions {
            let item = X509V3_EXT_conf_nid(nil, nil, nid, value)
            X509_add_ext(certificate, item, -1)
            X509_EXTENSION_free(item)
        }
        X509_sign(certificate, issuer?.key ?? key, EVP_sha256())
        context = SSL_CTX_new(TLS_server_method())!
        SSL_CTX_use_certificate(context, certificate)
        SSL_CTX_use_PrivateKey(context, key)
    }

    deinit {
        SSL_CTX_free(context)
        X509_free(certificate)
        EVP_PKEY_free(key)
    }

    private func writePEM(to path: String) {
        let file = BIO_new_file(path, "w")
        PEM_write_bio_X509(file, certificate)
        BIO_free(file)
    }

    /// A PEM file with the certificate. It has no name and goes when the process does.
    private func file() -> String {
        let path = "/proc/self/fd/\(fileno(tmpfile()))"
        writePEM(to: path)
        return path
    }

    package static let authority = TestIdentity("", authority: true)
    /// What clients trust who trust ``authority`` and nobody else.
    package static let authorityFile = authority.file()
    package static let good = TestIdentity("DNS:localhost,DNS:*.example.test,IP:127.0.0.1,IP:::1", issuer: authority)
    package static let selfSigned = TestIdentity("DNS:localhost,IP:127.0.0.1")
    package static let selfSignedFile = selfSigned.file()
    package static let elsewhere = TestIdentity("DNS:other.test,IP:127.0.0.2", issuer: authority)
    package static let expired = TestIdentity("DNS:localhost,IP:127.0.0.1", valid: -7200 ... -3600, issuer: authority)
    package static let early = TestIdentity("DNS:localhost,IP:127.0.0.1", valid: 3600...7200, issuer: authority)
}
