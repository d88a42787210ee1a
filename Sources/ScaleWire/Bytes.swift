/// Eight bytes at once. A word is read so that the first byte in memory is the least significant one, whatever the
/// processor; the lowest bit set in a mask then belongs to the first byte that matches.
enum Word {
    static let ones: UInt64 = 0x0101_0101_0101_0101
    static let highBits: UInt64 = 0x8080_8080_8080_8080

    @inline(__always) static func load(_ bytes: UnsafeRawPointer) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    }

    @inline(__always) static func store(_ word: UInt64, _ bytes: UnsafeMutableRawPointer) {
        bytes.storeBytes(of: word.littleEndian, as: UInt64.self)
    }

    /// Marks bytes that are zero. Exact for the first one marked; borrows can mark later ones falsely
    /// (Hacker's Delight, 6-1).
    @inline(__always) static func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & highBits }

    /// Marks bytes equal to `byte`; exact for the first one marked.
    @inline(__always) static func matches(_ word: UInt64, _ byte: UInt8) -> UInt64 {
        zeros(word ^ (ones &* UInt64(byte)))
    }

    /// Marks bytes below `bound` (at most 128); exact for the first one marked.
    @inline(__always) static func below(_ word: UInt64, _ bound: UInt8) -> UInt64 {
        (word &- (ones &* UInt64(bound))) & ~word & highBits
    }

    @inline(__always) static func firstIndex(_ mask: UInt64) -> Int { mask.trailingZeroBitCount >> 3 }
}

extension UInt8 {
    @inline(__always) var isDigit: Bool { self &- 0x30 < 10 }

    @inline(__always) var lowercasedASCII: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }

    /// Space or horizontal tab: the optional whitespace of HTTP.
    @inline(__always) var isBlank: Bool { self == 0x20 || self == 0x09 }

    /// `tchar` of RFC 9110 section 5.6.2: what methods, field names and list tokens are made of.
    @inline(__always) var isTokenCharacter: Bool {
        let bits: UInt64 = self < 64 ? 0x03FF_6CFA_0000_0000 : 0x57FF_FFFF_C7FF_FFFE
        return self < 128 && bits &>> UInt64(self & 63) & 1 == 1
    }

    /// The value of a hexadecimal digit, or 16.
    @inline(__always) var hexValue: UInt8 {
        if isDigit { return self &- 0x30 }
        let letter = lowercasedASCII &- 0x61
        return letter < 6 ? letter &+ 10 : 16
    }
}

extension UnsafeRawPointer {
    @inline(__always) func byte(_ offset: Int) -> UInt8 { load(fromByteOffset: offset, as: UInt8.self) }
}

extension UnsafeRawBufferPointer {
    static var nothing: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: nil, count: 0) }

    /// Whether the bytes are exactly those of `text`.
    @inline(__always) func equals(_ text: StaticString) -> Bool {
        count == text.utf8CodeUnitCount && (count == 0 || sameBytes(baseAddress, text.utf8Start, count))
    }

    /// As ``equals(_:)`` for ASCII letters of either case; `text` is lower case.
    func equalsIgnoringCase(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        guard let base = baseAddress else { return true }
        for index in 0..<count where base.byte(index).lowercasedASCII != text.utf8Start[index] { return false }
        return true
    }

    /// Without the spaces and tabs at both ends.
    var trimmed: UnsafeRawBufferPointer {
        guard let base = baseAddress else { return self }
        var (start, end) = (0, count)
        while start < end, base.byte(start).isBlank { start += 1 }
        while end > start, base.byte(end - 1).isBlank { end -= 1 }
        return UnsafeRawBufferPointer(start: base + start, count: end - start)
    }

    /// Whether a comma-separated list holds `token` (lower case), letters of either case.
    func listContains(_ token: StaticString) -> Bool {
        guard let base = baseAddress else { return false }
        var start = 0
        while start <= count {
            var end = start
            while end < count, base.byte(end) != UInt8(ascii: ",") { end += 1 }
            let element = UnsafeRawBufferPointer(start: base + start, count: end - start)
            if element.trimmed.equalsIgnoringCase(token) { return true }
            start = end + 1
        }
        return false
    }
}

@inline(__always)
func sameBytes(_ a: UnsafeRawPointer?, _ b: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    guard let a else { return count == 0 }
    let b = UnsafeRawPointer(b)
    if count >= 8 {
        var offset = 0
        while offset + 8 <= count {
            if Word.load(a + offset) != Word.load(b + offset) { return false }
            offset += 8
        }
        // The last word may overlap the one before it: it saves a loop over the rest.
        return Word.load(a + (count - 8)) == Word.load(b + (count - 8))
    }
    if count >= 4 {
        return a.loadUnaligned(as: UInt32.self) == b.loadUnaligned(as: UInt32.self)
            && a.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)
                == b.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)
    }
    for offset in 0..<count where a.byte(offset) != b.byte(offset) { return false }
    return true
}
