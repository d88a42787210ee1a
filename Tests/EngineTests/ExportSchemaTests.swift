import Foundation
import Subprocess
import Testing

/// The published schema and format checkers that others wrote hold what is exported.
@Suite("Exports against their published formats", .timeLimit(.minutes(2)))
struct ExportSchemaTests {
    /// Python's `jsonschema` is installed by `make engines`.
    @Test func everyDocumentHasTheSchemaThatIsPublished() async throws {
        let script = """
            import json, sys, jsonschema
            schema = json.load(open(sys.argv[1]))
            jsonschema.Draft202012Validator.check_schema(schema)
            found = jsonschema.Draft202012Validator(schema).iter_errors(json.load(sys.stdin))
            print("".join(f"{list(each.path)}: {each.message[:200]}\\n" for each in found), end="")
            """
        for document in [try await Self.exported("json"), try Self.golden("export.json")] {
            let ended = try await Subprocess.run(
                .name(try PythonEnvironment.openEnv.interpreter),
                arguments: ["-c", script, Repository.path("docs/schema/scalebench-1.schema.json")],
                input: .string(document), output: .string(limit: 1 << 20), error: .string(limit: 1 << 16))
            try #require(ended.terminationStatus.isSuccess, "\(ended.standardError)")
            #expect(ended.standardOutput == "")
        }
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/promtool"), "apt-get install prometheus"))
    func prometheusItselfFindsNothingWrong() async throws {
        for text in [try await Self.exported("prometheus"), try Self.golden("export.prometheus")] {
            let ended = try await Subprocess.run(
                .name("promtool"), arguments: ["check", "metrics"], input: .string(text), output: .string(limit: 1 << 16),
                error: .string(limit: 1 << 16))
            #expect(ended.terminationStatus.isSuccess, "\(ended.standardOutput) \(ended.standardError)")
        }
    }

    /// Of the run that is kept in the repository.
    private static func exported(_ format: String) async throws -> String {
        let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .appending(path: "scalebench").path
        let ended = try await Subprocess.run(
            .name(program),
            arguments: ["export", "--format", format, "--all", "--db", Repository.path("results/first/scalebench.sqlite")],
            output: .string(limit: 1 << 24), error: .string(limit: 1 << 16))
        try #require(ended.terminationStatus.isSuccess, "\(ended.standardError)")
        return ended.standardOutput
    }

    /// Runs of every kind, made by hand.
    private static func golden(_ name: String) throws -> String {
        try String(contentsOfFile: Repository.path("Tests/ScaleReportTests/Golden/" + name), encoding: .utf8)
    }
}
