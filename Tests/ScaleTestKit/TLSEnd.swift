import COpenSSL
import ScaleReactor

/// A scripted peer's end of one TLS connection, with the calls of a socket.
final class TLSEnd {
    private let ssl: OpaquePointer

    init(_ identity: TestIdentity, _ socket: Socket) {
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
