/// SHA-1 (FIPS 180-4 section 6.1): the WebSocket handshake needs it (RFC 6455 section 1.3). Nothing secret hangs on it.
struct SHA1 {
    static let digestSize = 20

    private var state: (UInt32, UInt32, UInt32, UInt32, UInt32) = (
        0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0
    )

    /// Writes the 20 bytes of the digest.
    static func digest(_ message: UnsafeRawBufferPointer, to target: UnsafeMutableRawPointer) {
        var hash = SHA1()
        let count = message.count
        let whole = count & ~63
        if let base = message.baseAddress {
            for offset in stride(from: 0, to: whole, by: 64) { hash.add(block: base + offset) }
        }
        let rest = count - whole
        // The rest, a one bit, zeros and the length in bits: one block or two (section 5.1.1).
        let padded = rest < 56 ? 64 : 128
        withUnsafeTemporaryAllocation(byteCount: 128, alignment: 8) { tail in
            guard let start = tail.baseAddress else { return }
            start.initializeMemory(as: UInt8.self, repeating: 0, count: 128)
            if rest > 0, let base = message.baseAddress { start.copyMemory(from: base + whole, byteCount: rest) }
            start.storeBytes(of: 0x80, toByteOffset: rest, as: UInt8.self)
            start.storeBytes(of: UInt64(count &* 8).bigEndian, toByteOffset: padded - 8, as: UInt64.self)
            hash.add(block: UnsafeRawPointer(start))
            if padded == 128 { hash.add(block: UnsafeRawPointer(start) + 64) }
        }
        let words = hash.state
        target.storeBytes(of: words.0.bigEndian, toByteOffset: 0, as: UInt32.self)
        target.storeBytes(of: words.1.bigEndian, toByteOffset: 4, as: UInt32.self)
        target.storeBytes(of: words.2.bigEndian, toByteOffset: 8, as: UInt32.self)
        target.storeBytes(of: words.3.bigEndian, toByteOffset: 12, as: UInt32.self)
        target.storeBytes(of: words.4.bigEndian, toByteOffset: 16, as: UInt32.self)
    }

    /// Section 6.1.3: the message schedule lives in sixteen words that are used round and round.
    private mutating func add(block: UnsafeRawPointer) {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 16) { schedule in
            guard let w = schedule.baseAddress else { return }
            for index in 0..<16 {
                w[index] = UInt32(bigEndian: block.loadUnaligned(fromByteOffset: index &* 4, as: UInt32.self))
            }
            var (a, b, c, d, e) = state
            for round in 0..<80 {
                let word: UInt32
                if round < 16 {
                    word = w[round]
                } else {
                    let mixed = w[(round &- 3) & 15] ^ w[(round &- 8) & 15] ^ w[(round &- 14) & 15] ^ w[round & 15]
                    word = Self.rotated(mixed, 1)
                    w[round & 15] = word
                }
                let (choice, constant): (UInt32, UInt32) =
                    switch round {
                    case ..<20: (d ^ (b & (c ^ d)), 0x5A82_7999)
                    case ..<40: (b ^ c ^ d, 0x6ED9_EBA1)
                    case ..<60: ((b & c) | (d & (b | c)), 0x8F1B_BCDC)
                    default: (b ^ c ^ d, 0xCA62_C1D6)
                    }
                let next = Self.rotated(a, 5) &+ choice &+ e &+ constant &+ word
                (e, d, c, b, a) = (d, c, Self.rotated(b, 30), a, next)
            }
            state = (state.0 &+ a, state.1 &+ b, state.2 &+ c, state.3 &+ d, state.4 &+ e)
        }
    }

    @inline(__always)
    private static func rotated(_ word: UInt32, _ bits: UInt32) -> UInt32 { word &<< bits | word &>> (32 &- bits) }
}
