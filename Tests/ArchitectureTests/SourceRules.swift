/// One place where the sources break a rule.
struct Finding: Hashable, Sendable, CustomStringConvertible {
    enum Rule: String, Sendable, CaseIterable {
        case unlistedModule, forbiddenImport, undeclaredImport, forbiddenDependency, longFile, trap, print, uncheckedSendable, lostTuple
    }
    var rule: Rule
    var path: String
    /// From 1; nil where the finding is about the file or the module as a whole.
    var line: Int?
    var message: String

    var description: String { path + (line.map { ":\($0)" } ?? "") + ": " + message }
}

/// The rules that the text of the sources can be held to.
struct SourceRules {
    var table: [ModuleRule]
    var manifest: Manifest
    static let longestFile = 350
    private static let traps = ["try!", "as!", "fatalError("]

    func findings(in sources: [SourceFile]) -> [Finding] {
        let inSources = sources.filter { $0.path.hasPrefix("Sources/") }
        return manifestFindings() + sources.flatMap(length) + inSources.flatMap { imports($0) + words($0) + lostTuples($0) }
            + uncheckedSendables(inSources)
    }

    private func rule(of file: SourceFile) -> ModuleRule? { table.first { $0.module == file.module } }

    private func manifestFindings() -> [Finding] {
        manifest.targets.flatMap { target -> [Finding] in
            guard let rule = table.first(where: { $0.module == target.name }) else {
                return [
                    Finding(
                        rule: .unlistedModule, path: "Package.swift",
                        message: "the target \(target.name) is not in the import table")
                ]
            }
            return target.dependencies.filter { !rule.allowedDependencies.contains($0) }.map {
                Finding(
                    rule: .forbiddenDependency, path: "Package.swift",
                    message: "\(target.name) depends on \($0), which the import table does not allow")
            }
        }
    }

    private func length(_ file: SourceFile) -> [Finding] {
        guard file.lines.count > Self.longestFile else { return [] }
        let message = "has \(file.lines.count) lines, more than \(Self.longestFile): a file holds one idea"
        return [Finding(rule: .longFile, path: file.path, message: message)]
    }

    private func imports(_ file: SourceFile) -> [Finding] {
        guard let rule = rule(of: file) else {
            let message = "the module \(file.module ?? "?") is not in the import table"
            return [Finding(rule: .unlistedModule, path: file.path, message: message)]
        }
        let declared = manifest.targets.first { $0.name == rule.module }?.dependencies ?? []
        var found: [Finding] = []
        for (index, line) in file.code.enumerated() {
            guard let name = Self.importedModule(line) else { continue }
            func report(_ broken: Finding.Rule, _ problem: String) {
                let message = "\(rule.module) imports \(name), which \(problem)"
                found.append(Finding(rule: broken, path: file.path, line: index + 1, message: message))
            }
            if !rule.allowedImports.contains(name) {
                report(.forbiddenImport, "the import table does not allow")
            } else if rule.allowedDependencies.contains(name), !declared.contains(name) {
                report(.undeclaredImport, "Package.swift does not list for it")
            }
        }
        return found
    }

    private func words(_ file: SourceFile) -> [Finding] {
        let mayPrint = rule(of: file)?.mayPrint ?? false
        return file.code.enumerated().flatMap { index, line -> [Finding] in
            var found = Self.traps.filter { Self.contains($0, in: line) }.map {
                Finding(rule: .trap, path: file.path, line: index + 1, message: "\($0) ends the process: throw a typed error")
            }
            if !mayPrint, Self.contains("print(", in: line) {
                let message = "a library does not print: hand the text to the caller"
                found.append(Finding(rule: .print, path: file.path, line: index + 1, message: message))
            }
            return found
        }
    }

    /// A tuple of a value and of what is awaited and may throw: in a closure, Swift 6.3.1 with optimization loses the value while
    /// it waits, so that a task of a group answers under another one's number.
    private func lostTuples(_ file: SourceFile) -> [Finding] {
        file.code.enumerated().filter { $0.element.contains(/(?:return|in|=|\{)\s+\([\w.]+, (?:[^()]|\.\w+\()*try await/) }.map {
            index, _ in
            let message = "a tuple holds what is awaited and may throw: await it before, or an optimized build may lose the rest"
            return Finding(rule: .lostTuple, path: file.path, line: index + 1, message: message)
        }
    }

    private func uncheckedSendables(_ sources: [SourceFile]) -> [Finding] {
        var seen: Set<String> = []
        var found: [Finding] = []
        for file in sources {
            for (index, line) in file.code.enumerated() where line.contains("@unchecked Sendable") {
                if seen.insert(file.module ?? "").inserted { continue }
                let message = "a second @unchecked Sendable in the module: one type per module may vouch for itself"
                found.append(Finding(rule: .uncheckedSendable, path: file.path, line: index + 1, message: message))
            }
        }
        return found
    }

    /// The module of an import line; nil for every other line.
    static func importedModule(_ line: String) -> String? {
        var words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })[...]
        while let word = words.first, word.hasPrefix("@") || ["public", "package", "internal", "private", "fileprivate"].contains(word) {
            words.removeFirst()
        }
        guard words.popFirst() == "import" else { return nil }
        let kinds = ["struct", "class", "enum", "protocol", "typealias", "func", "let", "var"]
        if words.count > 1, let kind = words.first, kinds.contains(String(kind)) { words.removeFirst() }
        return words.first?.split(separator: ".").first.map(String.init)
    }

    /// Whether `word` stands in `line` and is not the end of a longer name or a member of something.
    private static func contains(_ word: String, in line: String) -> Bool {
        var rest = line[...]
        while let index = rest.indices.first(where: { rest[$0...].hasPrefix(word) }) {
            let before = index == line.startIndex ? " " : line[line.index(before: index)]
            if !before.isLetter, !before.isNumber, before != "_", before != "." { return true }
            rest = rest[rest.index(after: index)...]
        }
        return false
    }
}
