import ScaleCore

/// What an environment says of its actions at `GET /schema`: the fields, and an action that fits them.
///
/// The JSON Schema is a server's: nothing in it is trusted, references may lead in a circle, and names are cut.
public struct ActionSchema: Hashable, Sendable {
    public struct Field: Hashable, Sendable {
        public var name: String
        /// `string`, `array of integer`, `string or null`.
        public var type: String
        public var isRequired: Bool
        /// The values that are allowed, as JSON; empty where any is.
        public var choices: [String]
        /// As JSON; nil where there is none.
        public var defaultValue: String?
    }

    /// Those that an action must have first, in the environment's order, and then the others by name.
    public var fields: [Field]
    /// An action with all that it must have, as JSON.
    public var example: String
    /// Other kinds of action that the environment takes as well.
    public var alternatives: Int

    /// - Parameter body: the answer to `GET /schema`.
    /// - Returns: nil where it is no JSON object with a schema of the action in it.
    public init?(_ body: [UInt8]) {
        guard let action = JSONNode(body)?["action"], case .object(let whole) = action, !whole.isEmpty else { return nil }
        let reading = SchemaReading(root: action)
        let (variant, others) = reading.variant(of: action)
        alternatives = others
        let names = reading.names(of: variant)
        fields = names.all.map { name in
            let schema = reading.properties(of: variant)[name] ?? .object([:])
            return Field(
                name: ForeignWords.cleaned(name, longest: 60) ?? "?", type: reading.type(of: schema),
                isRequired: names.required.contains(name), choices: reading.choices(of: schema).map(\.json),
                defaultValue: schema["default"].map(\.json))
        }
        example = reading.example(of: variant).json
    }

    private static let mostFields = 12
    private static let mostChoices = 6

    /// `message: string, required; language: "en" or "de", default "en"`.
    public var summary: String {
        if fields.isEmpty { return "no fields" }
        let shown = fields.prefix(Self.mostFields).map { field in
            let rest = field.choices.count - Self.mostChoices
            let values = field.choices.prefix(Self.mostChoices).joined(separator: rest > 0 ? ", " : " or ")
            let type = field.choices.isEmpty ? field.type : values + (rest > 0 ? " and \(rest) more" : "")
            let standing = field.isRequired ? ", required" : field.defaultValue.map { ", default \($0)" } ?? ""
            return "\(field.name): \(ForeignWords.cleaned(type + standing) ?? "any")"
        }
        let more = fields.count - shown.count
        return shown.joined(separator: "; ") + (more > 0 ? " and \(more) more" : "")
            + (alternatives > 0 ? "; or \(alternatives) other kind\(alternatives == 1 ? "" : "s") of action" : "")
    }
}

/// How much is done for one schema: references that lead in circles could ask for any amount.
private final class Effort {
    private var left = 20_000

    func isLeft() -> Bool {
        left -= 1
        return left > 0
    }
}

/// The parts of JSON Schema that environments use, as Pydantic writes them.
private struct SchemaReading {
    /// What references are relative to.
    let root: JSONNode
    let effort = Effort()
    /// Deeper than any action: a reference that leads back to itself ends here.
    private static let deepest = 8

    /// The schema itself, with what it refers to and all that it is made of put in.
    func resolved(_ schema: JSONNode, depth: Int = 0) -> JSONNode {
        guard case .object(var own) = schema, depth < Self.deepest, effort.isLeft() else { return schema }
        var parts: [JSONNode] = own["allOf"]?.elements ?? []
        if let reference = own.removeValue(forKey: "$ref")?.text { parts.insert(target(of: reference), at: 0) }
        own["allOf"] = nil
        let last = own["required"]?.elements ?? []
        own["required"] = nil
        var required: [JSONNode] = []
        for part in parts {
            guard case .object(let found) = resolved(part, depth: depth + 1) else { continue }
            let properties = (found["properties"]?.fields ?? [:]).merging(own["properties"]?.fields ?? [:]) { $1 }
            required += found["required"]?.elements ?? []
            own.merge(found) { mine, _ in mine }
            if !properties.isEmpty { own["properties"] = .object(properties) }
        }
        if case let all = required + last, !all.isEmpty { own["required"] = .array(all) }
        return .object(own)
    }

    /// `#/$defs/Name`.
    private func target(of reference: String) -> JSONNode {
        guard reference.hasPrefix("#/") else { return .object([:]) }
        let path = reference.dropFirst(2).split(separator: "/").map { $0.replacing("~1", with: "/").replacing("~0", with: "~") }
        return path.reduce(root) { $0[String($1)] ?? .object([:]) }
    }

    private func isNull(_ schema: JSONNode) -> Bool { schema["type"] == .string("null") || schema["const"] == .null }

    private func variants(_ schema: JSONNode) -> [JSONNode] { schema["anyOf"]?.elements ?? schema["oneOf"]?.elements ?? [] }

    /// The first of what it may be that is something, and how many others there are.
    func variant(of schema: JSONNode, depth: Int = 0) -> (JSONNode, others: Int) {
        let schema = resolved(schema)
        let several = variants(schema).filter { !isNull($0) }
        guard let first = several.first, depth < Self.deepest, effort.isLeft() else { return (schema, 0) }
        let (found, others) = variant(of: first, depth: depth + 1)
        guard case .object(var fields) = found else { return (found, others) }
        for key in ["default", "examples", "example"] { if let value = schema[key] { fields[key] = value } }
        return (.object(fields), others + several.count - 1)
    }

    func properties(of schema: JSONNode) -> [String: JSONNode] { schema["properties"]?.fields ?? [:] }

    func names(of schema: JSONNode) -> (all: [String], required: [String]) {
        let known = properties(of: schema)
        var required: [String] = []
        for name in (schema["required"]?.elements ?? []).compactMap(\.text) where known[name] != nil && !required.contains(name) {
            required.append(name)
        }
        return (required + known.keys.filter { !required.contains($0) }.sorted(), required)
    }

    func choices(of schema: JSONNode) -> [JSONNode] {
        let schema = variant(of: schema).0
        return schema["const"].map { [$0] } ?? schema["enum"]?.elements ?? []
    }

    func type(of schema: JSONNode, depth: Int = 0) -> String {
        let schema = resolved(schema)
        let several = variants(schema)
        guard depth < Self.deepest, effort.isLeft() else { return "any" }
        if !several.isEmpty {
            var words: [String] = []
            for each in several.map({ type(of: $0, depth: depth + 1) }) where !words.contains(each) { words.append(each) }
            return words.joined(separator: " or ")
        }
        if let names = schema["type"]?.elements { return names.compactMap(\.text).joined(separator: " or ") }
        switch schema["type"]?.text {
        case "array": return schema["items"].map { "array of " + type(of: $0, depth: depth + 1) } ?? "array"
        case let name?: return name
        case nil: return schema["properties"] != nil ? "object" : schema["const"] != nil || schema["enum"] != nil ? "choice" : "any"
        }
    }
}

// MARK: - An action that fits

extension SchemaReading {
    func example(of schema: JSONNode, depth: Int = 0) -> JSONNode {
        let schema = variant(of: schema).0
        if let fixed = schema["const"] ?? schema["examples"]?.elements?.first ?? schema["example"] { return fixed }
        if let first = schema["enum"]?.elements?.first { return first }
        if let usual = schema["default"], usual != .null { return usual }
        let type = schema["type"]?.text ?? schema["type"]?.elements?.compactMap(\.text).first { $0 != "null" }
        guard depth < Self.deepest, effort.isLeft() else { return .null }
        switch type {
        case "boolean": return .bool(false)
        case "integer", "number": return number(schema)
        case "array": return array(schema, depth)
        case "null": return .null
        case "string": return string(schema)
        default: return type == "object" || schema["properties"] != nil ? object(schema, depth) : string(schema)
        }
    }

    /// What it must have. Where it need have nothing, what it may have, but for the metadata that every action may have.
    private func object(_ schema: JSONNode, _ depth: Int) -> JSONNode {
        let (all, required) = names(of: schema)
        let known = properties(of: schema)
        // The word that tells one kind of action from another has a default as often as not.
        let fixed = all.filter { known[$0].map { resolved($0)["const"] != nil } ?? false }
        let wanted = required.isEmpty && depth == 0 ? all.filter { $0 != "metadata" } : required + fixed
        return .object(
            wanted.reduce(into: [:]) { fields, name in fields[name] = example(of: known[name] ?? .object([:]), depth: depth + 1) })
    }

    private func number(_ schema: JSONNode) -> JSONNode {
        for (key, least) in [("minimum", 0), ("exclusiveMinimum", 1)] {
            switch schema[key] {
            case .integer(let value)?: return .integer(value + least)
            case .number(let value)?: return .number(value + Double(least))
            default: break
            }
        }
        if case .integer(let most)? = schema["maximum"], most < 0 { return .integer(most) }
        if case .number(let most)? = schema["maximum"], most < 0 { return .number(most) }
        return .integer(0)
    }

    private func array(_ schema: JSONNode, _ depth: Int) -> JSONNode {
        if let places = schema["prefixItems"]?.elements { return .array(places.map { example(of: $0, depth: depth + 1) }) }
        let least = min(max(schema["minItems"]?.count ?? 0, 0), 16)
        return .array((0..<least).map { _ in example(of: schema["items"] ?? .object([:]), depth: depth + 1) })
    }

    private func string(_ schema: JSONNode) -> JSONNode {
        var text = "hello"
        if let least = schema["minLength"]?.count, least > text.count { text = String(repeating: "a", count: min(least, 1000)) }
        if let most = schema["maxLength"]?.count, most < text.count { text = String(text.prefix(max(0, most))) }
        return .string(text)
    }
}
