/// JSON that is built rather than encoded: keys keep the order in which they are written, so that the text is the same
/// every time and can be compared byte for byte.
indirect enum JSONTree: Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    case string(String)
    case int(Int)
    case bool(Bool)
    case array([JSONTree])
    case object([(String, JSONTree)])

    init(stringLiteral value: String) { self = .string(value) }
    init(integerLiteral value: Int) { self = .int(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }

    /// By key, in the order of the keys.
    static func sorted(_ strings: [String: String]) -> JSONTree {
        .object(strings.sorted { $0.key < $1.key }.map { ($0, .string($1)) })
    }

    /// Indented by two spaces, with a line break at its end.
    var text: String {
        var text = ""
        write(to: &text, indent: "")
        return text + "\n"
    }

    private func write(to text: inout String, indent: String) {
        switch self {
        case .string(let value): Self.quote(value, to: &text)
        case .int(let value): text += String(value)
        case .bool(let value): text += value ? "true" : "false"
        case .array(let values):
            Self.write(values, "[", "]", to: &text, indent) { value, inner, text in value.write(to: &text, indent: inner) }
        case .object(let fields):
            Self.write(fields, "{", "}", to: &text, indent) { field, inner, text in
                Self.quote(field.0, to: &text)
                text += ": "
                field.1.write(to: &text, indent: inner)
            }
        }
    }

    private static func write<Item>(
        _ items: [Item], _ open: String, _ close: String, to text: inout String, _ indent: String,
        _ each: (Item, String, inout String) -> Void
    ) {
        text += open
        for (place, item) in items.enumerated() {
            text += (place == 0 ? "\n" : ",\n") + indent + "  "
            each(item, indent + "  ", &text)
        }
        text += (items.isEmpty ? "" : "\n" + indent) + close
    }

    /// RFC 8259, section 7.
    private static func quote(_ value: String, to text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"", "\\": text += "\\" + String(Character(scalar))
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            case "\r": text += "\\r"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
