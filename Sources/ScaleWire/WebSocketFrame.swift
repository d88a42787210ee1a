/// Writes and masks frames, RFC 6455 section 5.
public enum WebSocketFrame {
    /// The bytes of one whole frame.
    @inlinable public static func size(payload: Int, masked: Bool) -> Int {
        headerSize(payload: payload, masked: masked) + payload
    }

    /// The bytes in front of the payload: 2 to 14.
    @inlinable public static func headerSize(payload: Int, masked: Bool) -> Int {
        (payload < 126 ? 2 : payload <= 0xFFFF ? 4 : 10) + (masked ? 4 : 0)
    }

    /// Writes one frame and returns the bytes written.
    /// - Parameters:
    ///   - final: false for every fragment of a message but the last.
    ///   - mask: a random key that a client must choose anew for each frame (5.3); nil for a server. Its least
    ///     significant byte is the first on the wire.
    ///   - destination: at least ``size(payload:masked:)`` bytes that do not overlap the payload.
    @discardableResult
    public static func write(
        _ opcode: WebSocketOpcode, final: Bool = true, payload: UnsafeRawBufferPointer, mask: UInt32?,
        to destination: UnsafeMutableRawBufferPointer
    ) -> Int {
        let count = payload.count
        let header = writeHeader(opcode, final: final, payload: count, mask: mask, to: destination)
        precondition(header + count <= destination.count, "destination smaller than the frame")
        guard count > 0, let source = payload.baseAddress, let start = destination.baseAddress else { return header }
        if let mask {
            copy(source, to: start + header, count, key: mask)
        } else {
            (start + header).copyMemory(from: source, byteCount: count)
        }
        return header + count
    }

    /// Writes what stands in front of a payload of `payload` bytes and returns its size. The payload, which the caller
    /// puts behind it, must be masked with the same key (``mask(_:key:offset:)``).
    @discardableResult
    public static func writeHeader(
        _ opcode: WebSocketOpcode, final: Bool = true, payload: Int, mask: UInt32?,
        to destination: UnsafeMutableRawBufferPointer
    ) -> Int {
        let size = headerSize(payload: payload, masked: mask != nil)
        precondition(payload >= 0 && size <= destination.count, "destination smaller than the frame")
        guard let start = destination.baseAddress else { return 0 }
        let maskBit: UInt8 = mask == nil ? 0 : 0x80
        start.storeBytes(of: opcode.rawValue | (final ? 0x80 : 0), as: UInt8.self)
        if payload < 126 {
            start.storeBytes(of: UInt8(payload) | maskBit, toByteOffset: 1, as: UInt8.self)
        } else if payload <= 0xFFFF {
            start.storeBytes(of: 126 | maskBit, toByteOffset: 1, as: UInt8.self)
            start.storeBytes(of: UInt16(payload).bigEndian, toByteOffset: 2, as: UInt16.self)
        } else {
            start.storeBytes(of: 127 | maskBit, toByteOffset: 1, as: UInt8.self)
            start.storeBytes(of: UInt64(payload).bigEndian, toByteOffset: 2, as: UInt64.self)
        }
        if let mask { start.storeBytes(of: mask.littleEndian, toByteOffset: size - 4, as: UInt32.self) }
        return size
    }

    /// Room for any ``writeClose(code:mask:to:)``.
    public static let closeSize = 8

    /// Writes a close frame without reason and returns its size; `code` as ``WebSocketCloseCode/isValid(_:)`` allows it.
    @discardableResult
    public static func writeClose(code: UInt16, mask: UInt32?, to destination: UnsafeMutableRawBufferPointer) -> Int {
        withUnsafeBytes(of: code.bigEndian) { write(.close, payload: $0, mask: mask, to: destination) }
    }

    /// Masks or unmasks in place (the same operation, 5.3), eight bytes at a time.
    /// - Parameters:
    ///   - key: its least significant byte is the first on the wire.
    ///   - offset: how many bytes of the payload stand before `bytes`.
    public static func mask(_ bytes: UnsafeMutableRawBufferPointer, key: UInt32, offset: Int = 0) {
        guard let start = bytes.baseAddress, bytes.count > 0 else { return }
        copy(UnsafeRawPointer(start), to: start, bytes.count, key: rotated(key, offset))
    }

    /// The key as it stands `offset` bytes into a payload.
    @inline(__always) private static func rotated(_ key: UInt32, _ offset: Int) -> UInt32 {
        let bits = UInt32(truncatingIfNeeded: offset & 3) &* 8
        return bits == 0 ? key : key &>> bits | key &<< (32 &- bits)
    }

    /// Copies `count` bytes, at least one, xor the repeated key; source and target are the same or do not overlap.
    private static func copy(
        _ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, _ count: Int, key: UInt32
    ) {
        let word = UInt64(key) &* 0x1_0000_0001
        var at = 0
        while at &+ 8 <= count {
            Word.store(Word.load(source + at) ^ word, target + at)
            at &+= 8
        }
        if at &+ 4 <= count {
            let value = UInt32(littleEndian: (source + at).loadUnaligned(as: UInt32.self)) ^ key
            (target + at).storeBytes(of: value.littleEndian, as: UInt32.self)
            at &+= 4
        }
        while at < count {
            let shift = UInt32(truncatingIfNeeded: at & 3) &* 8
            let byte = source.byte(at) ^ UInt8(truncatingIfNeeded: key &>> shift)
            target.storeBytes(of: byte, toByteOffset: at, as: UInt8.self)
            at &+= 1
        }
    }
}
