/// Slow and plain: the grammar of RFC 8259, written down once more without any of the codec's shortcuts.
struct ReferenceJSON {
    private var rest: ArraySlice<UInt8>
    private let takesNonFinite: Bool

    /// - Parameter takesNonFinite: with what Python's `json` takes for numbers beside.
    static func accepts(_ text: [UInt8], takesNonFinite: Bool = false) -> Bool {
        guard String(validating: text, as: UTF8.self) != nil else { return false }
        var reference = ReferenceJSON(rest: text[...], takesNonFinite: takesNonFinite)
        guard reference.value(depth: 0) else { return false }
        reference.space()
        return reference.rest.isEmpty
    }

    private mutating func space() { while let byte = rest.first, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { rest.removeFirst() } }

    private mutating func take(_ byte: Character) -> Bool {
        guard rest.first == byte.asciiValue else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func take(word: String) -> Bool {
        guard rest.starts(with: word.utf8) else { return false }
        rest.removeFirst(word.utf8.count)
        return true
    }

    private mutating func value(depth: Int) -> Bool {
        space()
        if take("\"") { return string() }
        if take("{") { return depth < 128 && members(until: "}", depth: depth + 1, keyed: true) }
        if take("[") { return depth < 128 && members(until: "]", depth: depth + 1, keyed: false) }
        if takesNonFinite, take(word: "NaN") || take(word: "Infinity") || take(word: "-Infinity") { return true }
        return take(word: "true") || take(word: "false") || take(word: "null") || number()
    }

    private mutating func members(until end: Character, depth: Int, keyed: Bool) -> Bool {
        space()
        if take(end) { return true }
        while true {
            space()
            if keyed {
                guard take("\""), string() else { return false }
                space()
                guard take(":") else { return false }
            }
            guard value(depth: depth) else { return false }
            space()
            if take(end) { return true }
            guard take(",") else { return false }
        }
    }

    private mutating func string() -> Bool {
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\"") { return true }
            if byte < 0x20 { return false }
            guard byte == UInt8(ascii: "\\") else { continue }
            guard let letter = rest.popFirst() else { return false }
            if letter == UInt8(ascii: "u") {
                guard rest.count >= 4, rest.prefix(4).allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return false }
                rest.removeFirst(4)
            } else if !"\"\\/bfnrt".utf8.contains(letter) {
                return false
            }
        }
        return false
    }

    private mutating func digits() -> Bool {
        var any = false
        while let byte = rest.first, (0x30...0x39).contains(byte) {
            rest.removeFirst()
            any = true
        }
        return any
    }

    private mutating func number() -> Bool {
        _ = take("-")
        if !take("0"), !digits() { return false }
        if take("."), !digits() { return false }
        if take("e") || take("E") {
            _ = take("+") || take("-")
            return digits()
        }
        return true
    }
}

/// Base64 back to bytes, by way of a string of bits; nil for text that RFC 4648 does not produce.
enum ReferenceBase64 {
    static func decode(_ text: [UInt8]) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        let letters = text.suffix(2) == [61, 61] ? text.dropLast(2) : text.last == 61 ? text.dropLast(1) : text[...]
        var bits: [UInt8] = []
        for letter in letters {
            guard let value = alphabet.firstIndex(of: letter) else { return nil }
            for place in stride(from: 5, through: 0, by: -1) { bits.append(UInt8(value >> place & 1)) }
        }
        let whole = bits.count / 8 * 8
        guard bits[whole...].allSatisfy({ $0 == 0 }) else { return nil }
        return stride(from: 0, to: whole, by: 8).map { start in bits[start..<start + 8].reduce(0) { $0 << 1 | $1 } }
    }
}
