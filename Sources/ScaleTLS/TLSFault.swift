import COpenSSL

/// Why a TLS connection cannot go on.
public struct TLSFault: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Reason: String, Hashable, Sendable, CaseIterable {
        /// No chain leads from the certificate to a trusted authority, or one in it may not be used so.
        case certificateUntrusted
        case certificateExpired
        case certificateNotYetValid
        /// The certificate belongs to another host.
        case nameMismatch
        /// The peer refused with an alert (RFC 8446, section 6.2).
        case alert
        /// The peer's bytes are not the TLS that was expected.
        case protocolError
        /// The byte stream ended without a close_notify.
        case truncated
        /// OpenSSL itself failed, or was used against its rules.
        case `internal`
    }

    public var reason: Reason
    /// OpenSSL's `X509_V_ERR_…`; 0 when the certificate is not what failed.
    public var verifyCode: Int32
    /// OpenSSL's own words.
    public var message: String

    public init(_ reason: Reason, verifyCode: Int32 = 0, message: String) {
        self.reason = reason
        self.verifyCode = verifyCode
        self.message = message
    }

    public var description: String { "TLS: \(message)" }

    /// A certificate that was refused with this code.
    public init(verifyCode: Int) {
        let reason: Reason =
            switch Int32(truncatingIfNeeded: verifyCode) {
            case X509_V_ERR_CERT_HAS_EXPIRED: .certificateExpired
            case X509_V_ERR_CERT_NOT_YET_VALID: .certificateNotYetValid
            case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH: .nameMismatch
            default: .certificateUntrusted
            }
        let text = X509_verify_cert_error_string(verifyCode).map { String(cString: $0) } ?? "certificate refused"
        self.init(reason, verifyCode: Int32(truncatingIfNeeded: verifyCode), message: text)
    }

    /// What stopped the last call on `ssl`, from this thread's error queue, which is emptied.
    static func after(_ ssl: OpaquePointer) -> TLSFault {
        let error = OpenSSLError.take()
        switch error.reason {
        case SSL_R_CERTIFICATE_VERIFY_FAILED:
            return TLSFault(verifyCode: SSL_get_verify_result(ssl))
        case SSL_R_UNEXPECTED_EOF_WHILE_READING, 0:
            return TLSFault(.truncated, message: "the connection ended without a close_notify")
        // Alerts are reported as this offset plus the alert's number.
        case SSL_AD_REASON_OFFSET..<(SSL_AD_REASON_OFFSET + 256):
            return TLSFault(.alert, message: error.text)
        default:
            return TLSFault(error.fromTLS ? .protocolError : .internal, message: error.text)
        }
    }
}

/// The last entry of OpenSSL's error queue of this thread.
struct OpenSSLError {
    /// 0 when the queue was empty.
    var reason: Int32
    var fromTLS: Bool
    var text: String

    static func take() -> OpenSSLError {
        let code = scale_ssl_take_error()
        let text = ERR_reason_error_string(code).map { String(cString: $0) } ?? "error \(code)"
        return OpenSSLError(
            reason: ERR_GET_REASON(code), fromTLS: ERR_GET_LIB(code) == ERR_LIB_SSL,
            text: code == 0 ? "no reason given" : text)
    }

    /// What the system said, where the first entry of the queue is a system call that failed: what was made of it later says
    /// nothing.
    static var systemText: String? {
        let code = ERR_peek_error()
        guard ERR_GET_LIB(code) == ERR_LIB_SYS else { return nil }
        var text = [CChar](repeating: 0, count: 256)
        ERR_error_string_n(code, &text, text.count)
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self).split(separator: ":").last.map(
            String.init)
    }
}
