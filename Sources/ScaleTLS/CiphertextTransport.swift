import COpenSSL

/// The two directions of ciphertext between OpenSSL and whoever owns the socket: a BIO that never blocks.
///
/// OpenSSL's own memory BIO keeps its largest buffer for ever; here a connection with nothing in flight holds none.
struct CiphertextTransport: ~Copyable {
    var incoming = ByteQueue()
    var outgoing = ByteQueue()
    /// The peer sends no more bytes.
    var ended = false

    /// The calls OpenSSL makes; free it with `BIO_meth_free` after the last BIO made from it. Nil when memory is out.
    static func makeMethod() -> OpaquePointer? {
        guard let method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "ciphertext") else { return nil }
        BIO_meth_set_read(method) { bio, bytes, count in
            guard let bio, let bytes, let transport = CiphertextTransport.of(bio), count > 0 else { return -1 }
            BIO_clear_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY)
            let taken = transport.pointee.incoming.take(
                into: UnsafeMutableRawBufferPointer(start: bytes, count: Int(count)))
            if taken > 0 { return Int32(taken) }
            if transport.pointee.ended { return 0 }
            BIO_set_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY)
            return -1
        }
        BIO_meth_set_write(method) { bio, bytes, count in
            guard let bio, let bytes, let transport = CiphertextTransport.of(bio), count > 0 else { return -1 }
            BIO_clear_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY)
            transport.pointee.outgoing.append(UnsafeRawBufferPointer(start: bytes, count: Int(count)))
            return count
        }
        BIO_meth_set_ctrl(method) { bio, command, _, _ in
            guard let bio, let transport = CiphertextTransport.of(bio) else { return 0 }
            switch command {
            case BIO_CTRL_FLUSH: return 1
            case BIO_CTRL_EOF: return transport.pointee.ended && transport.pointee.incoming.count == 0 ? 1 : 0
            case BIO_CTRL_PENDING: return transport.pointee.incoming.count
            case BIO_CTRL_WPENDING: return transport.pointee.outgoing.count
            default: return 0
            }
        }
        return method
    }

    private static func of(_ bio: OpaquePointer) -> UnsafeMutablePointer<CiphertextTransport>? {
        BIO_get_data(bio)?.assumingMemoryBound(to: CiphertextTransport.self)
    }
}

/// Bytes in the order they came. An empty queue owns no memory.
struct ByteQueue: ~Copyable {
    private var storage: UnsafeMutableRawBufferPointer?
    private var start = 0
    private(set) var count = 0

    init() {}

    deinit { storage?.deallocate() }

    var bytes: UnsafeRawBufferPointer {
        guard let storage else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(storage)[start..<(start + count)])
    }

    mutating func append(_ new: UnsafeRawBufferPointer) {
        guard new.count > 0 else { return }
        let room = reserve(new.count)
        room.copyMemory(from: new)
        count += new.count
    }

    mutating func take(into target: UnsafeMutableRawBufferPointer) -> Int {
        let taken = min(count, target.count)
        guard taken > 0 else { return 0 }
        target.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<taken]))
        drop(taken)
        return taken
    }

    mutating func drop(_ dropped: Int) {
        start += dropped
        count -= dropped
        guard count == 0 else { return }
        storage?.deallocate()
        storage = nil
        start = 0
    }

    /// Free memory for `extra` bytes behind the last one.
    private mutating func reserve(_ extra: Int) -> UnsafeMutableRawBufferPointer {
        if let storage, start + count + extra <= storage.count {
            return UnsafeMutableRawBufferPointer(rebasing: storage[(start + count)...])
        }
        let larger = UnsafeMutableRawBufferPointer.allocate(
            byteCount: storage == nil ? max(extra, 256) : max(count + extra, 2 * count), alignment: 16)
        larger.copyMemory(from: bytes)
        storage?.deallocate()
        storage = larger
        start = 0
        return UnsafeMutableRawBufferPointer(rebasing: larger[count...])
    }
}
