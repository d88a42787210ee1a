/// The text of JSON strings, RFC 8259 section 7.
public enum JSONText {
    /// The UTF-8 that stands between the quotes for `text`: only what must be escaped is.
    public static func escape(_ text: String) -> [UInt8] {
        var result: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): result += [UInt8(ascii: "\\"), byte]
            case 0x0A: result += "\\n".utf8
            case 0x0D: result += "\\r".utf8
            case 0x09: result += "\\t".utf8
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                result += (digits.utf8.count == 1 ? "\\u000" : "\\u00").utf8
                result += digits.utf8
            default: result.append(byte)
            }
        }
        return result
    }

    /// The text of what stands between the quotes of a valid string. A lone surrogate becomes U+FFFD.
    public static func decode(_ contents: UnsafeRawBufferPointer) -> String {
        var reader = JSONUnits(contents)
        var units: [UInt8] = []
        units.reserveCapacity(contents.count)
        while let scalar = reader.next() { units += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter }
        return String(decoding: units, as: UTF8.self)
    }

    /// Whether the contents stand for `text`, which is ASCII.
    static func equals(_ contents: UnsafeRawBufferPointer, _ text: StaticString) -> Bool {
        var reader = JSONUnits(contents)
        var index = 0
        while let scalar = reader.next() {
            guard index < text.utf8CodeUnitCount, scalar.value == UInt32(text.utf8Start[index]) else { return false }
            index += 1
        }
        return index == text.utf8CodeUnitCount
    }
}

/// The characters of a valid string's contents, one after the other.
private struct JSONUnits {
    private let bytes: UnsafeRawBufferPointer
    private var at = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    private static let replacement: Unicode.Scalar = "\u{FFFD}"

    mutating func next() -> Unicode.Scalar? {
        guard at < bytes.count, let base = bytes.baseAddress else { return nil }
        let byte = base.byte(at)
        if byte == UInt8(ascii: "\\") { return escaped(base) }
        let length = byte < 0x80 ? 1 : UTF8Text.sequenceLength(base + at, bytes.count - at)
        guard length > 0 else {
            at += 1
            return Self.replacement
        }
        var value = length == 1 ? UInt32(byte) : UInt32(byte) & (0xFF &>> UInt32(length + 1))
        for index in 1..<max(length, 1) { value = value << 6 | UInt32(base.byte(at + index) & 0x3F) }
        at += length
        return Unicode.Scalar(value) ?? Self.replacement
    }

    private mutating func escaped(_ base: UnsafeRawPointer) -> Unicode.Scalar {
        let letter = at + 1 < bytes.count ? base.byte(at + 1) : 0
        if letter == UInt8(ascii: "u") { return escapedUnit(base) }
        at += 2
        switch letter {
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        default: return Unicode.Scalar(letter)
        }
    }

    /// `\uXXXX`, or two of them that make a surrogate pair.
    private mutating func escapedUnit(_ base: UnsafeRawPointer) -> Unicode.Scalar {
        guard let unit = hexUnit(base, at) else {
            at = bytes.count
            return Self.replacement
        }
        at += 6
        guard unit & 0xF800 == 0xD800 else { return Unicode.Scalar(unit) ?? Self.replacement }
        guard unit < 0xDC00, let low = hexUnit(base, at), low & 0xFC00 == 0xDC00 else { return Self.replacement }
        at += 6
        return Unicode.Scalar(0x10000 + (unit & 0x3FF) << 10 + low & 0x3FF) ?? Self.replacement
    }

    private func hexUnit(_ base: UnsafeRawPointer, _ start: Int) -> UInt32? {
        guard start + 6 <= bytes.count, base.byte(start) == UInt8(ascii: "\\"), base.byte(start + 1) == UInt8(ascii: "u")
        else { return nil }
        var value: UInt32 = 0
        for index in 2..<6 {
            let digit = base.byte(start + index).hexValue
            if digit == 16 { return nil }
            value = value << 4 | UInt32(digit)
        }
        return value
    }
}
