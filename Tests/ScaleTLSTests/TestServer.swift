import COpenSSL
import ScaleTestKit

@testable import ScaleTLS

/// OpenSSL's own server end over its own memory BIOs: the peer that the client is tested against.
final class TestServer {
    struct Options {
        var identity = TestIdentity.good
        var version: Int32?
        var alpn: String?
    }

    private let context: OpaquePointer
    private let ssl: OpaquePointer
    private let fromClient: OpaquePointer
    private let toClient: OpaquePointer
    private var alpn: [UInt8] = []
    /// What first stopped the handshake here; 0 while nothing did.
    private(set) var handshakeError: UInt = 0

    static func makeContext(_ options: Options) -> OpaquePointer {
        let context = SSL_CTX_new(TLS_server_method())!
        SSL_CTX_use_certificate(context, options.identity.certificate)
        SSL_CTX_use_PrivateKey(context, options.identity.key)
        if let version = options.version {
            // Level 0 allows the versions that the client must refuse by itself.
            SSL_CTX_set_security_level(context, 0)
            SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, 0, nil)
            SSL_CTX_ctrl(context, SSL_CTRL_SET_MAX_PROTO_VERSION, Int(version), nil)
        }
        return context
    }

    /// - Parameter sharing: a context whose tickets an earlier server gave out.
    init(_ options: Options = Options(), sharing: OpaquePointer? = nil) {
        if let sharing {
            SSL_CTX_up_ref(sharing)
            context = sharing
        } else {
            context = Self.makeContext(options)
        }
        ssl = SSL_new(context)!
        fromClient = BIO_new(BIO_s_mem())!
        toClient = BIO_new(BIO_s_mem())!
        SSL_set_bio(ssl, fromClient, toClient)
        SSL_set_accept_state(ssl)
        if let alpn = options.alpn {
            self.alpn = Array(alpn.utf8)
            SSL_CTX_set_alpn_select_cb(
                context,
                { _, out, length, _, _, argument in
                    let server = Unmanaged<TestServer>.fromOpaque(argument!).takeUnretainedValue()
                    server.alpn.withUnsafeBufferPointer { out?.pointee = $0.baseAddress }
                    length?.pointee = UInt8(server.alpn.count)
                    return SSL_TLSEXT_ERR_OK
                }, Unmanaged.passUnretained(self).toOpaque())
        }
    }

    deinit {
        SSL_free(ssl)
        SSL_CTX_free(context)
    }

    /// The name the client asked for (SNI).
    var askedName: String? { SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name).map { String(cString: $0) } }
    var isClosedByClient: Bool { SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN != 0 }

    func give(_ ciphertext: [UInt8]) {
        BIO_write(fromClient, ciphertext, Int32(ciphertext.count))
        if SSL_is_init_finished(ssl) == 0 {
            ERR_clear_error()
            SSL_do_handshake(ssl)
            if handshakeError == 0 { handshakeError = ERR_peek_last_error() }
            ERR_clear_error()
        }
    }

    func takeCiphertext() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = BIO_read(toClient, &bytes, Int32(bytes.count))
        return Array(bytes.prefix(max(0, Int(count))))
    }

    func write(_ text: [UInt8]) { SSL_write(ssl, text, Int32(text.count)) }

    func read() -> [UInt8] {
        var all: [UInt8] = []
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = SSL_read(ssl, &bytes, Int32(bytes.count)), count > 0 { all += bytes.prefix(Int(count)) }
        ERR_clear_error()
        return all
    }

    func closeNotify() { SSL_shutdown(ssl) }
}

/// What a loop does around a client, with arrays for sockets.
struct ClientEnd: ~Copyable {
    var client: TLSClient
    var received: [UInt8] = []
    var end: TLSProgress?

    init(_ context: TLSContext, _ name: String = "localhost") throws {
        client = try TLSClient(context: context, serverName: name)
    }

    mutating func give(_ ciphertext: some Collection<UInt8>) {
        Array(ciphertext).withUnsafeBytes { client.receive($0) }
        pump()
    }

    /// Reads until nothing more can be read now.
    mutating func pump() {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while end == nil {
            switch buffer.withUnsafeMutableBytes({ client.read(into: $0) }) {
            case .bytes(let count): received += buffer.prefix(count)
            case .wantsMore: return
            case let other: end = other
            }
        }
    }

    mutating func write(_ bytes: [UInt8]) throws {
        if let fault = bytes.withUnsafeBytes({ client.write($0) }) { throw fault }
    }

    mutating func takeCiphertext() -> [UInt8] {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1000)
        while case let count = buffer.withUnsafeMutableBytes({ client.drain(into: $0) }), count > 0 {
            all += buffer.prefix(count)
        }
        return all
    }

    /// Passes flights until both are done or one gave up. Returns the fault of the client, if any.
    mutating func connect(to server: TestServer) -> TLSFault? {
        for _ in 0..<4 {
            switch client.handshake() {
            case .failed(let fault):
                server.give(takeCiphertext())
                return fault
            case .done, .wantsMore: break
            }
            server.give(takeCiphertext())
            let answer = server.takeCiphertext()
            answer.withUnsafeBytes { client.receive($0) }
        }
        return nil
    }
}
