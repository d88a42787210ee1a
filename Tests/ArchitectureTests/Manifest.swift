/// The Swift targets of Package.swift with what each depends on, read from its text.
///
/// It knows the two functions that declare targets there, `module(…)` and `program(…)`, and the constants that name
/// products of outside packages.
struct Manifest: Sendable {
    struct Target: Sendable {
        var name: String
        var dependencies: Set<String>
    }
    var targets: [Target]

    init(targets: [Target]) { self.targets = targets }

    init(text: String) {
        let text = Self.withoutLineComments(text)
        let products = Self.products(in: text)
        targets = ["module(", "program("].flatMap { call in
            Self.arguments(of: call, in: text).compactMap { Self.target($0, products: products) }
        }
    }

    private static func withoutLineComments(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.drop(while: { $0 == " " }).hasPrefix("//") }.joined(separator: "\n")
    }

    /// `let grdb: Target.Dependency = .product(name: "GRDB", …)` as `["grdb": "GRDB"]`.
    private static func products(in text: String) -> [String: String] {
        var products: [String: String] = [:]
        for line in text.split(separator: "\n") where line.hasPrefix("let ") && line.contains(": Target.Dependency = .product(") {
            let name = line.dropFirst(4).prefix { $0 != ":" }
            products[String(name)] = literals(line).first
        }
        return products
    }

    /// The text between the parentheses of every call, declarations left out.
    private static func arguments(of call: String, in text: String) -> [Substring] {
        var found: [Substring] = []
        var rest = text[...]
        while let start = rest.indices.first(where: { rest[$0...].hasPrefix(call) }) {
            let open = rest.index(start, offsetBy: call.count)
            var depth = 1
            let end = rest[open...].indices.first { index in
                if rest[index] == "(" { depth += 1 }
                if rest[index] == ")" { depth -= 1 }
                return depth == 0
            }
            guard let end else { break }
            let isDeclaration = text[..<start].hasSuffix("func ")
            if !isDeclaration { found.append(rest[open..<end]) }
            rest = rest[end...]
        }
        return found
    }

    private static func target(_ arguments: Substring, products: [String: String]) -> Target? {
        guard let name = literals(arguments).first, let list = arguments.firstIndex(of: "["), let end = arguments.firstIndex(of: "]")
        else { return nil }
        let entries = arguments[arguments.index(after: list)..<end].split(whereSeparator: { ", \n".contains($0) })
        return Target(
            name: name,
            dependencies: Set(entries.map { literals($0).first ?? products[String($0)] ?? String($0) }))
    }

    private static func literals(_ text: Substring) -> [String] {
        text.split(separator: "\"", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }
            .map { String($0.element) }
    }
}
