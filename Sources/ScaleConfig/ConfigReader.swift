import ScaleCore

/// A value and where it stands.
public struct Placed<Value: Sendable>: Sendable {
    public var value: Value
    public var place: ConfigPlace

    public init(_ value: Value, _ place: ConfigPlace) {
        self.value = value
        self.place = place
    }
}

extension Placed: Equatable where Value: Equatable {}
extension Placed: Hashable where Value: Hashable {}

/// Takes typed values out of a mapping and collects what is wrong with them; what cannot be read is nil, and the
/// reading goes on, so that everything is said at once.
struct ConfigReader {
    private(set) var problems: [ConfigProblem] = []

    mutating func complain(_ place: ConfigPlace, _ sentence: String) { problems.append(ConfigProblem(place, sentence)) }

    /// The entries of a mapping; none for anything else, which is a problem.
    mutating func mapping(_ node: ConfigNode, called name: String, keys: [String]) -> ConfigMapping {
        guard case .mapping(let entries) = node.content else {
            complain(node.place, "\(name) is \(node.kind), and must be a mapping of keys like '\(keys[0]): …'")
            return ConfigMapping(place: node.place, entries: [])
        }
        for entry in entries where !keys.contains(entry.key) {
            let guess = KeyGuess.nearest(to: entry.key, among: keys)
            complain(
                entry.place,
                "'\(entry.key)' is not a key here; "
                    + (guess.map { "did you mean '\($0)'?" } ?? "there are \(keys.joined(separator: ", "))"))
        }
        return ConfigMapping(place: node.place, entries: entries)
    }

    mutating func missing(_ key: String, in mapping: ConfigMapping, _ remedy: String) {
        if mapping[key] == nil { complain(mapping.place, "the key '\(key)' is missing; \(remedy)") }
    }

    mutating func text(_ key: String, in mapping: ConfigMapping) -> Placed<String>? {
        value(key, in: mapping) { text throws(QuantityRefusal) in text }
    }

    /// The single value of a key.
    mutating func value<Value>(
        _ key: String, in mapping: ConfigMapping, _ read: (String) throws(QuantityRefusal) -> Value
    ) -> Placed<Value>? {
        guard let entry = mapping[key] else { return nil }
        return value(entry.value, of: key, read)
    }

    private mutating func value<Value>(
        _ node: ConfigNode, of key: String, _ read: (String) throws(QuantityRefusal) -> Value
    ) -> Placed<Value>? {
        guard case .text(let text) = node.content, !text.isEmpty else {
            complain(node.place, "'\(key)' is \(node.kind); give one value")
            return nil
        }
        do {
            return Placed(try read(text), node.place)
        } catch {
            complain(node.place, "'\(key)' is '\(text)'; \(error)")
            return nil
        }
    }

    /// The values of a key that takes one or several; each may stand there once.
    mutating func values<Value: Hashable>(
        _ key: String, in mapping: ConfigMapping, _ read: (String) throws(QuantityRefusal) -> Value
    ) -> [Placed<Value>]? {
        guard let entry = mapping[key] else { return nil }
        let nodes: [ConfigNode]
        if case .list(let items) = entry.value.content { nodes = items } else { nodes = [entry.value] }
        if nodes.isEmpty { complain(entry.value.place, "'\(key)' is an empty list; give at least one value") }
        var found: [Placed<Value>] = []
        for node in nodes {
            guard let next = value(node, of: key, read) else { continue }
            if let twin = found.first(where: { $0.value == next.value }) {
                complain(next.place, "'\(key)' has the value at \(twin.place) again; name each once")
            } else {
                found.append(next)
            }
        }
        return found.isEmpty ? nil : found
    }
}

struct ConfigMapping {
    var place: ConfigPlace
    var entries: [ConfigNode.Entry]

    subscript(key: String) -> ConfigNode.Entry? { entries.first { $0.key == key } }

    /// Where a key's value stands; where the mapping does for one that is not there.
    func place(of key: String) -> ConfigPlace { self[key]?.value.place ?? place }
}

/// What somebody who mistyped a key may have meant.
enum KeyGuess {
    /// What other tools, and the flags, call the same.
    private static let others = [
        "requests": "batch_sizes", "requests_grid": "batch_sizes", "batch_size": "batch_sizes", "sessions": "batch_sizes",
        "n": "batch_sizes", "wait": "waits", "wait_grid": "waits", "mode": "modes", "repetitions": "reps", "duration": "hold",
        "infrastructure": "infrastructures", "infra": "infrastructures", "cooldown": "cool_down", "cap": "max_concurrent_envs",
        "startup": "startup_timeout",
    ]

    static func nearest(to word: String, among keys: [String]) -> String? {
        let plain = String(word.lowercased().map { $0 == "-" || $0 == " " ? "_" : $0 })
        if keys.contains(plain) { return plain }
        if let other = others[plain], keys.contains(other) { return other }
        return Spelling.nearest(to: plain, among: keys)
    }
}
