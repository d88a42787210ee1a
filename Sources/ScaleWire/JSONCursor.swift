/// Walks one JSON text (RFC 8259) forwards, reading each byte once and allocating nothing. Every step checks the
/// syntax of what it passes; after a step has failed the cursor is of no use.
struct JSONCursor {
    /// How deep objects and arrays may be nested.
    static let maxDepth = 128

    private(set) var at: UnsafeRawPointer
    let end: UnsafeRawPointer
    private let takesNonFinite: Bool
    private var depth = 0
    /// Whether ``takesNonFinite`` has let something through.
    private(set) var hasNonFinite = false
    /// Whether a step failed for nothing but the depth.
    private(set) var isTooDeep = false

    /// nil for no bytes at all.
    /// - Parameter takesNonFinite: takes `NaN`, `Infinity` and `-Infinity` for numbers, as Python's `json` does.
    init?(_ text: UnsafeRawBufferPointer, takesNonFinite: Bool = false) {
        guard let base = text.baseAddress, text.count > 0 else { return nil }
        at = base
        end = base + text.count
        self.takesNonFinite = takesNonFinite
    }

    /// The next byte that is not white space, or 0 at the end (which no JSON text holds outside a string).
    @inline(__always)
    mutating func peek() -> UInt8 {
        while at < end {
            let byte = at.byte(0)
            // Everything that stands between values in compact text is above the space.
            if byte > 0x20 { return byte }
            if byte != 0x20 && byte != 0x0A && byte != 0x0D && byte != 0x09 { return 0 }
            at += 1
        }
        return 0
    }

    @inline(__always)
    mutating func accept(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        at += 1
        return true
    }

    /// Whether nothing but white space is left.
    mutating func isAtEnd() -> Bool {
        _ = peek()
        return at == end
    }

    @inline(__always)
    mutating func enterObject() -> Bool {
        guard accept(UInt8(ascii: "{")) else { return false }
        guard depth < Self.maxDepth else { return tooDeep() }
        depth += 1
        return true
    }

    enum Member {
        /// The cursor stands before the value.
        case key(JSONValue)
        case end
        case malformed
    }

    /// The next key of the object entered last.
    /// - Parameter isFirst: true for the first call of each object; cleared here.
    @inline(__always)
    mutating func nextMember(_ isFirst: inout Bool) -> Member {
        var byte = peek()
        if byte == UInt8(ascii: "}") {
            at += 1
            depth -= 1
            return .end
        }
        if isFirst {
            isFirst = false
        } else {
            guard byte == UInt8(ascii: ",") else { return .malformed }
            at += 1
            byte = peek()
        }
        guard byte == UInt8(ascii: "\""), let key = string(), accept(UInt8(ascii: ":")) else { return .malformed }
        return .key(key)
    }

    /// Reads one whole value; nil when its syntax is wrong.
    @inline(__always)
    mutating func value() -> JSONValue? {
        switch peek() {
        case UInt8(ascii: "\""): string()
        case UInt8(ascii: "{"): container(.object)
        case UInt8(ascii: "["): container(.array)
        case UInt8(ascii: "t"): literal("true", .true)
        case UInt8(ascii: "f"): literal("false", .false)
        case UInt8(ascii: "n"): literal("null", .null)
        default: number()
        }
    }

    @inline(__always)
    private mutating func token(_ kind: JSONValue.Kind, from start: UnsafeRawPointer) -> JSONValue {
        JSONValue(kind: kind, bytes: UnsafeRawBufferPointer(start: start, count: at - start))
    }

    private mutating func literal(_ text: StaticString, _ kind: JSONValue.Kind) -> JSONValue? {
        let start = at
        let length = text.utf8CodeUnitCount
        guard end - at >= length, sameBytes(at, text.utf8Start, length) else { return nil }
        at += length
        return token(kind, from: start)
    }

    private mutating func tooDeep() -> Bool {
        isTooDeep = true
        return false
    }

    /// `[-] int [frac] [exp]`, RFC 8259 section 6: no leading zeros or plus sign.
    private mutating func number() -> JSONValue? {
        let start = at
        if at < end, at.byte(0) == UInt8(ascii: "-") { at += 1 }
        guard at < end, at.byte(0).isDigit else { return nonFinite(from: start) }
        if at.byte(0) == UInt8(ascii: "0") { at += 1 } else { skipDigits() }
        if at < end, at.byte(0) == UInt8(ascii: ".") {
            at += 1
            guard at < end, at.byte(0).isDigit else { return nil }
            skipDigits()
        }
        if at < end, at.byte(0) | 0x20 == UInt8(ascii: "e") {
            at += 1
            if at < end, at.byte(0) == UInt8(ascii: "+") || at.byte(0) == UInt8(ascii: "-") { at += 1 }
            guard at < end, at.byte(0).isDigit else { return nil }
            skipDigits()
        }
        return token(.number, from: start)
    }

    /// Python's spellings of what JSON has no number for; behind a minus stands nothing but `Infinity`.
    private mutating func nonFinite(from start: UnsafeRawPointer) -> JSONValue? {
        guard takesNonFinite, literal("Infinity", .number) != nil || at == start && literal("NaN", .number) != nil else { return nil }
        hasNonFinite = true
        return token(.number, from: start)
    }

    @inline(__always)
    private mutating func skipDigits() {
        while at < end, at.byte(0).isDigit { at += 1 }
    }

    /// Reads a string from its opening quote.
    private mutating func string() -> JSONValue? {
        let start = at
        var hasEscapes = false
        at += 1
        while true {
            while end - at >= 8 {
                let word = Word.load(at)
                let special =
                    Word.matches(word, UInt8(ascii: "\"")) | Word.matches(word, UInt8(ascii: "\\"))
                    | Word.below(word, 0x20) | (word & Word.highBits)
                if special != 0 {
                    at += Word.firstIndex(special)
                    break
                }
                at += 8
            }
            guard at < end else { return nil }
            let byte = at.byte(0)
            if byte == UInt8(ascii: "\"") {
                at += 1
                return JSONValue(
                    kind: .string, bytes: UnsafeRawBufferPointer(start: start, count: at - start), hasEscapes: hasEscapes)
            } else if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                guard skipEscape() else { return nil }
            } else if byte < 0x20 {
                return nil
            } else if byte < 0x80 {
                at += 1
            } else {
                let length = UTF8Text.sequenceLength(at, end - at)
                if length == 0 { return nil }
                at += length
            }
        }
    }

    private mutating func skipEscape() -> Bool {
        guard end - at >= 2 else { return false }
        switch at.byte(1) {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            at += 2
            return true
        case UInt8(ascii: "u"):
            guard end - at >= 6 else { return false }
            for index in 2..<6 where at.byte(index).hexValue == 16 { return false }
            at += 6
            return true
        default: return false
        }
    }

    /// Reads over an object or array and all it holds, without recursion: one bit for each level says which it is.
    private mutating func container(_ kind: JSONValue.Kind) -> JSONValue? {
        let start = at
        var isObject: UInt128 = 0
        var level = 0
        while true {
            // A value.
            let byte = peek()
            if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
                if depth + level == Self.maxDepth {
                    isTooDeep = true
                    return nil
                }
                let opensObject = byte == UInt8(ascii: "{")
                isObject = isObject &<< 1 | (opensObject ? 1 : 0)
                level += 1
                at += 1
                if peek() != (opensObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                    if opensObject, !keyAndColon() { return nil }
                    continue
                }
            } else if value() == nil {
                return nil
            }
            // What follows a value, or the end of an empty container.
            while true {
                switch peek() {
                case UInt8(ascii: "}") where isObject & 1 == 1, UInt8(ascii: "]") where isObject & 1 == 0:
                    at += 1
                    level -= 1
                    isObject &>>= 1
                    if level == 0 { return token(kind, from: start) }
                    continue
                case UInt8(ascii: ","):
                    at += 1
                    if isObject & 1 == 1, !keyAndColon() { return nil }
                default: return nil
                }
                break
            }
        }
    }

    private mutating func keyAndColon() -> Bool {
        peek() == UInt8(ascii: "\"") && string() != nil && accept(UInt8(ascii: ":"))
    }
}
