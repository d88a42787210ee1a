import Foundation
import ScaleTestKit
import Subprocess
import Testing

/// The published schema and format checkers that others wrote hold what is exported.
@Suite("Exports against their published formats", .patience(minutes: 2))
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
                .name("env"),
                arguments: [
                    try PythonEnvironment.openEnv.interpreter, "-c", script, Repository.path("docs/schema/scalebench-3.schema.json"),
                ],
                input: .string(document), output: .string(limit: 1 << 20), error: .string(limit: 1 << 16))
            try #require(ended.terminationStatus.isSuccess, "\(ended.standardError)")
            #expect(ended.standardOutput == "")
        }
    }

    /// Read by the parser of Prometheus' own Python client, which `make engines` installs too.
    @Test func prometheusTextIsReadWhole() async throws {
        let script = """
            import sys
            from prometheus_client.parser import text_string_to_metric_families
            text = sys.stdin.read()
            found = sum(len(each.samples) for each in text_string_to_metric_families(text))
            lines = sum(1 for line in text.splitlines() if line and not line.startswith("#"))
            print(f"{found} of {lines}" if found != lines or found == 0 else "whole")
            """
        for text in [try await Self.exported("prometheus"), try Self.golden("export.prometheus")] {
            let ended = try await Subprocess.run(
                .name("env"), arguments: [try PythonEnvironment.openEnv.interpreter, "-c", script], input: .string(text),
                output: .string(limit: 1 << 16),
                error: .string(limit: 1 << 16))
            #expect(ended.standardOutput == "whole\n", "\(ended.standardError)")
        }
    }

    /// Of the run that is kept in the repository, from a copy: reading a file brings it up to date.
    private static func exported(_ format: String) async throws -> String {
        let database = FileManager.default.temporaryDirectory.appending(path: "scalebench-export-\(UUID().uuidString).sqlite")
        try FileManager.default.copyItem(atPath: Repository.path("results/openenv/scalebench.sqlite"), toPath: database.path)
        defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: database.path + end) } }
        let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .appending(path: "scalebench").path
        let ended = try await Subprocess.run(
            .name("env"),
            arguments: [program, "export", "--format", format, "--all", "--db", database.path],
            output: .string(limit: 1 << 24), error: .string(limit: 1 << 16))
        try #require(ended.terminationStatus.isSuccess, "\(ended.standardError)")
        return ended.standardOutput
    }

    /// Runs of every kind, made by hand.
    private static func golden(_ name: String) throws -> String {
        try String(contentsOfFile: Repository.path("Tests/ScaleReportTests/Golden/" + name), encoding: .utf8)
    }
}
