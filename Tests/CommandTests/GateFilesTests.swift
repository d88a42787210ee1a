import Foundation
import FoundationXML
import ScaleTestKit
import Testing

/// What `scalebench gate` writes for those who build on it.
@Suite("Where a gate says what it found", .serialized, .patience(minutes: 2))
struct GateFilesTests {
    private func prepare(_ place: Workplace) throws {
        try MadeRun("bbbbbbbb", MadeRun.rates(1000)).store(in: place, database: "main.sqlite")
        try MadeRun("cccccccc", MadeRun.rates(700)).store(in: place)
    }

    private let words = ["gate", "--db", "run.sqlite", "--baseline", "main.sqlite"]

    @Test("a folder with everything, a summary and a JUnit report")
    func files() async throws {
        try await Workplace.with { place in
            try prepare(place)
            let ended = try await Program.run(words + ["-o", "out", "--summary", "deep/s.md", "--junit", "j.xml"], in: place)
            #expect(ended.status == 1 && ended.errors.isEmpty, "\(ended.said)")
            for name in ["summary.md", "junit.xml", "gate.json", "plots/gate.svg", "plots/gate.png", "plots/gate.gp", "plots/gate.tsv"] {
                #expect(place.files.contains("out/" + name), "\(name) is missing")
            }
            let summary = try place.text(of: "out/summary.md")
            #expect(summary.hasPrefix("**❌ scalebench: regression**: 1 of 2 checks is a regression"))
            #expect(summary.contains("![Gate: regression](plots/gate.svg)"))
            #expect(try !place.text(of: "deep/s.md").contains("!["), "a comment shows no picture of a build")
            let junit = try XMLDocument(data: Data(try place.text(of: "j.xml").utf8))
            #expect(try junit.nodes(forXPath: "/testsuites/testsuite/testcase").count == 2)
            #expect(try junit.nodes(forXPath: "//testcase/failure").first?.stringValue?.contains("30 % lower") == true)
            let json = try #require(
                try JSONSerialization.jsonObject(with: Data(try place.text(of: "out/gate.json").utf8)) as? [String: Any])
            #expect(json["schema"] as? String == "scalebench-gate/1" && json["exit_status"] as? Int == 1)
        }
    }

    @Test("--json leaves standard output to one object")
    func json() async throws {
        try await Workplace.with { place in
            try prepare(place)
            let ended = try await Program.run(words + ["--json"], in: place)
            #expect(ended.status == 1 && ended.output.count == 1, "\(ended.said)")
            #expect(try Results.keys(ended.output[0]).isSuperset(of: ["schema", "verdict", "checks", "notes", "run_id"]))
            #expect(ended.errors.first?.hasPrefix("regression: ") == true && ended.sentences.isEmpty)
        }
    }

    @Test("--github prints annotations and adds to the step's summary")
    func github() async throws {
        try await Workplace.with { place in
            try prepare(place)
            try place.write("before\n", to: "step.md")
            let ended = try await Program.run(words + ["--github"], in: place, shell: "export GITHUB_STEP_SUMMARY=step.md")
            #expect(ended.status == 1, "\(ended.said)")
            #expect(ended.output.count { $0.hasPrefix("::error title=") } == 2)
            let step = try place.text(of: "step.md")
            #expect(step.hasPrefix("before\n**❌ scalebench: regression**"))
            let bare = try await Program.run(words + ["--github"], in: place, shell: "unset GITHUB_STEP_SUMMARY")
            #expect(bare.status == 1)
            let full = try await Program.run(words + ["--github"], in: place, shell: "export GITHUB_STEP_SUMMARY=/")
            #expect(
                full.status == 6 && full.sentences.first?.contains("$GITHUB_STEP_SUMMARY '/' cannot be written") == true, "\(full.said)")
        }
    }

    @Test("without gnuplot the rest is written")
    func bare() async throws {
        try await Workplace.with { place in
            try prepare(place)
            let ended = try await Program.run(words + ["-o", "out"], in: place, shell: "PATH=/nowhere")
            #expect(
                ended.status == 1 && ended.errors.count == 1 && ended.errors[0].hasPrefix("warning: no chart was drawn"), "\(ended.said)")
            #expect(try !place.text(of: "out/summary.md").contains("!["))
        }
    }
}
