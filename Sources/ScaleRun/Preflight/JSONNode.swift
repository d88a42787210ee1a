import Foundation

/// JSON of a server as a value. The order of an object's fields is not kept.
indirect enum JSONNode: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([JSONNode])
    case object([String: JSONNode])

    /// Nil where the bytes are no JSON.
    init?(_ bytes: [UInt8]) {
        guard let node = try? JSONDecoder().decode(JSONNode.self, from: Data(bytes)) else { return nil }
        self = node
    }

    subscript(key: String) -> JSONNode? {
        if case .object(let fields) = self { fields[key] } else { nil }
    }

    var text: String? { if case .string(let text) = self { text } else { nil } }
    var elements: [JSONNode]? { if case .array(let elements) = self { elements } else { nil } }
    var fields: [String: JSONNode]? { if case .object(let fields) = self { fields } else { nil } }
    var count: Int? { if case .integer(let count) = self { count } else { nil } }

    /// As compact JSON, keys in their order. What a terminal could take for a command, or what would turn the direction of
    /// text, is escaped.
    var json: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): "\(value)"
        case .number(let value): value.isFinite ? "\(value)" : "null"
        case .string(let text): Self.quoted(text)
        case .array(let elements): "[" + elements.map(\.json).joined(separator: ", ") + "]"
        case .object(let fields):
            "{" + fields.sorted { $0.key < $1.key }.map { Self.quoted($0.key) + ": " + $0.value.json }.joined(separator: ", ") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for unit in text.unicodeScalars {
            switch (unit, unit.properties.generalCategory) {
            case ("\"", _), ("\\", _): result += "\\" + String(unit)
            case (_, .control), (_, .format), (_, .lineSeparator), (_, .paragraphSeparator):
                for half in String(unit).utf16 {
                    let digits = String(half, radix: 16)
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            default: result.unicodeScalars.append(unit)
            }
        }
        return result + "\""
    }
}

extension JSONNode: Decodable {
    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let found = try? value.decode(Bool.self) {
            self = .bool(found)
        } else if let found = try? value.decode(Int.self) {
            self = .integer(found)
        } else if let found = try? value.decode(Double.self) {
            self = .number(found)
        } else if let found = try? value.decode(String.self) {
            self = .string(found)
        } else if let found = try? value.decode([JSONNode].self) {
            self = .array(found)
        } else {
            self = .object(try value.decode([String: JSONNode].self))
        }
    }
}
