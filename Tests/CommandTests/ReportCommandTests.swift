import Foundation
import ScaleStore
import ScaleTestKit
import Testing

/// `scalebench report` over several runs, and as HTML.
@Suite(.serialized, .patience(minutes: 2)) struct ReportCommandTests {
    /// Two runs of two infrastructures, from the database `run.sqlite`.
    private func measure(in place: Workplace) async throws {
        for workers in ["1", "2"] {
            let words = ["--requests-grid", "2,4", "--wait", "0.05", "--db", "run.sqlite", "--no-calibrate", "--workers", workers]
            let ended = try await Program.run(words, in: place)
            try #require(ended.isMeasured, "\(ended.said)")
        }
    }

    @Test func runsAndInfrastructuresAreChosen() async throws {
        try await Workplace.with { place in
            try await measure(in: place)
            let runs = try place.storedRuns().map(\.uuid)
            for (words, title) in [
                ([], "# How many sessions local-w2 holds"), (["--all"], "# How many sessions local-w1 and local-w2 hold"),
                (["--infra", "local-w1"], "# How many sessions local-w1 holds"),
                (["--infra", "local-w2", "--infra", "local-w1"], "# How many sessions local-w1 and local-w2 hold"),
                (["--run", runs[0], "--run", runs[1], "--run", runs[0]], "# How many sessions local-w2 and local-w1 hold"),
            ] {
                let ended = try await Program.run(["report", "--db", "run.sqlite"] + words, in: place)
                #expect(ended.status == 0 && ended.errors.isEmpty, "\(ended.said)")
                #expect(ended.output.first == title, "\(words)")
            }
        }
    }

    @Test func htmlIsOneFileWithItsChartsInside() async throws {
        try await Workplace.with { place in
            try await measure(in: place)
            let report = ["report", "--db", "run.sqlite", "--all", "--format", "html"]
            let ended = try await Program.run(report + ["-o", "out"], in: place)
            #expect(ended.status == 0 && ended.output == ["out/report.html"], "\(ended.said)")
            let page = try place.text(of: "out/report.html")
            #expect(page.hasPrefix("<!DOCTYPE html>") && page.hasSuffix("</html>\n"))
            #expect(page.contains("<svg") && !page.contains("<script") && !page.contains("<img"))
            #expect(place.files.contains("out/plots/scaling.svg") && !place.files.contains("out/report.md"))
            let printed = try await Program.run(report, in: place)
            #expect(printed.output.joined(separator: "\n") + "\n" == page, "the same on standard output")
            let bare = try await Program.run(report + ["-o", "bare"], in: place, shell: "PATH=/nowhere")
            #expect(bare.status == 0 && bare.errors.count == 1 && bare.errors[0].hasPrefix("warning: no chart was drawn: "))
            #expect(!(try place.text(of: "bare/report.html")).contains("<svg"))
        }
    }

    @Test(arguments: [
        ("--infra nowhere", 2, "--infra 'nowhere' is no infrastructure in 'run.sqlite'; stored are local-w1, local-w2"),
        ("--all --run 12", 2, "--all and --run are both given"), ("--format pdf", 2, "pdf"), ("--run ffff0000ffff", 2, "ffff0000ffff"),
        ("--plots-dir p", 2, "--plots-dir is for the charts of --output-dir"),
    ])
    func whatCannotBeReportedIsSaidInOneSentence(words: String, status: Int32, said: String) async throws {
        try await Workplace.with { place in
            if words.contains("infra") || words.contains("ffff") { try await measure(in: place) }
            let given = ["report", "--db", "run.sqlite"] + words.split(separator: " ").map(String.init)
            let ended = try await Program.run(given, in: place)
            #expect(ended.status == status && ended.sentences.count == 1 && ended.errors.count == 1, "\(ended.said)")
            #expect(ended.sentences.first?.contains(said) == true, "\(ended.said)")
        }
    }
}
