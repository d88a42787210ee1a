import Testing

@Suite("The sources keep the design's rules")
struct ArchitectureTests {
    @Test func noSourceBreaksARule() throws {
        let sources = try Repository.sources()
        let rules = SourceRules(table: importTable, manifest: try Repository.manifest())
        let findings = rules.findings(in: sources)
        #expect(findings.isEmpty, "\n\(findings.map(\.description).joined(separator: "\n"))")
    }

    /// Guards the test above against reading an empty tree or a Package.swift that it no longer understands.
    @Test func everyModuleOfTheTableIsReadFromTheTreeAndFromPackageSwift() throws {
        let read = Set(try Repository.sources().filter { $0.path.hasPrefix("Sources/") }.compactMap(\.module))
        let declared = Set(try Repository.manifest().targets.map(\.name))
        #expect(Set(importTable.map(\.module)) == read)
        #expect(Set(importTable.map(\.module)) == declared)
    }

    @Test func theTableHasNoCycleAndNamesEachModuleOnce() {
        #expect(Set(importTable.map(\.module)).count == importTable.count)
        // Read from top to bottom a module sees only what stands above it.
        var above: Set<String> = ["CCurl", "CLinux", "COpenSSL"]
        for rule in importTable {
            #expect(rule.ours.isSubset(of: above), "\(rule.module) sees \(rule.ours.subtracting(above))")
            above.insert(rule.module)
        }
    }
}

@Suite("Every rule reports what breaks it")
struct RulesProveThemselves {
    struct Bad: Sendable, CustomTestStringConvertible {
        var rule: Finding.Rule
        var path = "Sources/ScaleCore/Bad.swift"
        var line: Int? = 1
        var text: String
        var testDescription: String { rule.rawValue + " " + String(reflecting: String(text.prefix(40))) }
    }

    static let bad = [
        Bad(rule: .unlistedModule, path: "Sources/Mystery/Bad.swift", line: nil, text: "let x = 1"),
        Bad(rule: .forbiddenImport, text: "import Foundation"),
        Bad(rule: .forbiddenImport, text: "@preconcurrency public import struct Foundation.Date"),
        Bad(rule: .forbiddenImport, path: "Sources/ScaleReport/Bad.swift", text: "import ScaleStore"),
        Bad(rule: .forbiddenImport, path: "Sources/ScaleEnv/Bad.swift", line: 3, text: "/* a\n b */\n  internal import ScaleEngine"),
        Bad(rule: .undeclaredImport, path: "Sources/ScaleTLS/Bad.swift", text: "import COpenSSL"),
        Bad(rule: .longFile, line: nil, text: String(repeating: "\n", count: 351)),
        Bad(rule: .longFile, path: "Tests/ScaleCoreTests/Bad.swift", line: nil, text: String(repeating: "\n", count: 351)),
        Bad(rule: .trap, text: "let x = try! f()"),
        Bad(rule: .trap, line: 2, text: "let s = \"\"\"\n\"\"\"; let x = (y as! Int)"),
        Bad(rule: .trap, path: "Sources/scalebench/Bad.swift", text: "fatalError(\"never\")"),
        Bad(rule: .print, text: "print(\"hello\")"),
        Bad(rule: .lostTuple, text: "do { return (replica, .success(try await start(replica))) } catch {}"),
        Bad(rule: .lostTuple, text: "group.addTask { (index, try await look()) }"),
        Bad(rule: .uncheckedSendable, line: 2, text: "class A: @unchecked Sendable {}\nclass B: @unchecked Sendable {}"),
    ]

    static let manifest = Manifest(
        text: """
            let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
            func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target { .target(name: name) }
            let targets = [
                // module("Commented", []),
                module("ScaleCore", []), module("ScaleTLS", ["ScaleCore"]),
                module(
                    "ScaleStore",
                    [
                        "ScaleCore", grdb,
                    ], linker: [.linkedLibrary("sqlite3")]),
                program("scalebench", ["ScaleRun"]),
            ]
            """)
    static let rules = SourceRules(table: importTable, manifest: manifest)

    @Test(arguments: bad)
    func badSourceIsReported(bad: Bad) {
        let findings = Self.rules.findings(in: [SourceFile(path: bad.path, text: bad.text)])
        #expect(findings.map(\.rule) == [bad.rule], "\(findings)")
        #expect(findings.first?.line == bad.line)
    }

    @Test(arguments: [
        "// import Foundation", "/* try! */ let x = 1", "let s = \"print(as! fatalError(\"", "let s = #\"a \"try! b\"#",
        "let s = \"\"\"\n  import Foundation\n  \"\"\"", "func sprint(_ x: Int) {}; file.print(1); blueprint(2)",
        "let x = try? f() as? Int", "let found = try await look(); return (index, found)", "return (a, b(c)); try await d()",
        "class A: @unchecked Sendable {}", String(repeating: "\n", count: 350), "let s = \"\\\"\" // try!", "import Swift",
    ])
    func goodSourceIsNot(text: String) {
        #expect(Self.rules.findings(in: [SourceFile(path: "Sources/ScaleCore/Good.swift", text: text)]).isEmpty)
    }

    @Test func aProgramMayPrint() {
        let file = SourceFile(path: "Sources/scalebench/Good.swift", text: "print(1)")
        #expect(Self.rules.findings(in: [file]).isEmpty)
    }

    @Test func packageDependenciesOutsideTheTableAreReported() {
        let target = Manifest.Target(name: "ScaleCore", dependencies: ["ScaleStore"])
        let unknown = Manifest.Target(name: "Mystery", dependencies: [])
        let rules = SourceRules(table: importTable, manifest: Manifest(targets: [target, unknown]))
        #expect(rules.findings(in: []).map(\.rule) == [.forbiddenDependency, .unlistedModule])
    }

    @Test func packageSwiftIsUnderstood() {
        let targets = Self.manifest.targets
        #expect(targets.map(\.name) == ["ScaleCore", "ScaleTLS", "ScaleStore", "scalebench"])
        #expect(targets.map(\.dependencies) == [[], ["ScaleCore"], ["ScaleCore", "GRDB"], ["ScaleRun"]])
    }

    @Test func everyRuleHasABadExample() {
        let covered = Set(Self.bad.map(\.rule)).union([.forbiddenDependency])
        #expect(covered == Set(Finding.Rule.allCases))
    }
}
