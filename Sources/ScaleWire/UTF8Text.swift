/// UTF-8 well-formedness, Unicode Standard table 3-7 (the same set as RFC 3629).
enum UTF8Text {
    static func isValid(_ text: UnsafeRawBufferPointer) -> Bool {
        guard let base = text.baseAddress else { return true }
        let count = text.count
        var at = 0
        while true {
            at = endOfASCII(base, at, count)
            if at == count { return true }
            let length = sequenceLength(base + at, count - at)
            if length == 0 { return false }
            at += length
        }
    }

    /// The first byte at or after `start` that is not ASCII, or `count`.
    @inline(__always)
    private static func endOfASCII(_ base: UnsafeRawPointer, _ start: Int, _ count: Int) -> Int {
        var at = start
        while at + 32 <= count {
            let (first, second) = (Word.load(base + at) | Word.load(base + at + 8), base + at + 16)
            if (first | Word.load(second) | Word.load(second + 8)) & Word.highBits != 0 { break }
            at += 32
        }
        while at + 8 <= count {
            let mask = Word.load(base + at) & Word.highBits
            if mask != 0 { return at + Word.firstIndex(mask) }
            at += 8
        }
        while at < count, base.byte(at) < 0x80 { at += 1 }
        return at
    }

    /// The length of the well-formed sequence that starts with a byte above 0x7F, or 0 when there is none.
    static func sequenceLength(_ bytes: UnsafeRawPointer, _ available: Int) -> Int {
        let lead = bytes.byte(0)
        if lead < 0xC2 || lead > 0xF4 { return 0 }
        let length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
        if available < length { return 0 }
        let second: ClosedRange<UInt8> =
            switch lead {
            case 0xE0: 0xA0...0xBF
            case 0xED: 0x80...0x9F
            case 0xF0: 0x90...0xBF
            case 0xF4: 0x80...0x8F
            default: 0x80...0xBF
            }
        if !second.contains(bytes.byte(1)) { return 0 }
        for index in 2..<max(length, 2) where bytes.byte(index) & 0xC0 != 0x80 { return 0 }
        return length
    }
}
