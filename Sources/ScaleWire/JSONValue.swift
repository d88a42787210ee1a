/// One value of a JSON text, as a view on its bytes. Its syntax has been checked.
public struct JSONValue {
    public enum Kind: UInt8, Sendable {
        case object, array, string, number, `true`, `false`, null
    }

    public let kind: Kind
    /// The whole token: a string with its quotes, an object with its braces.
    public let bytes: UnsafeRawBufferPointer
    /// Whether a string holds a backslash, so that its bytes are not its text.
    public let hasEscapes: Bool

    init(kind: Kind, bytes: UnsafeRawBufferPointer, hasEscapes: Bool = false) {
        self.kind = kind
        self.bytes = bytes
        self.hasEscapes = hasEscapes
    }

    /// Reads exactly one JSON text (RFC 8259) with white space around it; nil when it is none. Nesting is limited to 128
    /// levels. Repeated keys and escaped lone surrogates are syntactically right and let through.
    /// - Parameter takesNonFinite: takes `NaN`, `Infinity` and `-Infinity`, which are not JSON and which Python's `json` reads
    ///   and writes, for numbers without a value.
    public static func parse(_ text: UnsafeRawBufferPointer, takesNonFinite: Bool = false) -> JSONValue? {
        guard var cursor = JSONCursor(text, takesNonFinite: takesNonFinite), let value = cursor.value(), cursor.isAtEnd() else {
            return nil
        }
        return value
    }

    /// A number as the nearest Double; nil for another kind and beyond the finite range.
    public func double() -> Double? { kind == .number ? JSONNumber.double(bytes) : nil }

    /// A number without fraction and exponent; nil for another kind and beyond 64 bits.
    public func int() -> Int? { kind == .number ? JSONNumber.int(bytes) : nil }

    /// Whether Python takes it for something: not null, false, 0, an empty text, array or object.
    var isSomething: Bool {
        switch kind {
        case .null, .false: false
        case .true: true
        case .number: double() != 0
        case .string: bytes.count > 2
        case .array, .object: bytes.dropFirst().dropLast().contains { $0 > 0x20 }
        }
    }

    public func bool() -> Bool? {
        switch kind {
        case .true: true
        case .false: false
        default: nil
        }
    }

    /// What stands between the quotes, escapes as written; nil for another kind.
    @inline(__always)
    public var stringBytes: UnsafeRawBufferPointer? {
        kind == .string ? UnsafeRawBufferPointer(start: bytes.baseAddress.map { $0 + 1 }, count: bytes.count - 2) : nil
    }

    /// A string's text with its escapes resolved; nil for another kind.
    public var string: String? { stringBytes.map { JSONText.decode($0) } }

    /// Whether this is the string `text`, however it is written. `text` is ASCII.
    @inline(__always)
    public func equals(_ text: StaticString) -> Bool {
        guard let contents = stringBytes else { return false }
        return hasEscapes ? JSONText.equals(contents, text) : contents.equals(text)
    }
}

/// Goes through the members of one object. Each step checks the syntax of all it passes over.
public struct JSONObjectReader {
    public enum Step {
        case member(key: JSONValue, value: JSONValue)
        /// The object is closed. When the reader was made from a text, nothing but white space follows it.
        case end
        case malformed
    }

    private var cursor: JSONCursor
    private var isFirst = true

    /// nil unless the text begins with an object.
    public init?(text: UnsafeRawBufferPointer) {
        self.init(text, takesNonFinite: false)
    }

    private init?(_ text: UnsafeRawBufferPointer, takesNonFinite: Bool) {
        guard var cursor = JSONCursor(text, takesNonFinite: takesNonFinite), cursor.enterObject() else { return nil }
        self.cursor = cursor
    }

    /// nil unless the value is an object.
    public init?(_ value: JSONValue) {
        // Whether its numbers may be such was decided when its syntax was checked.
        guard value.kind == .object else { return nil }
        self.init(value.bytes, takesNonFinite: true)
    }

    /// Not to be called again after `.end` or `.malformed`.
    public mutating func next() -> Step {
        switch cursor.nextMember(&isFirst) {
        case .key(let key):
            guard let value = cursor.value() else { return .malformed }
            return .member(key: key, value: value)
        case .end: return cursor.isAtEnd() ? .end : .malformed
        case .malformed: return .malformed
        }
    }
}

extension JSONValue {
    /// The value of an object's member; of repeated ones the last. nil when there is none or this is no object.
    public func member(_ name: StaticString) -> JSONValue? {
        guard var reader = JSONObjectReader(self) else { return nil }
        var found: JSONValue?
        while case .member(let key, let value) = reader.next() { if key.equals(name) { found = value } }
        return found
    }
}
