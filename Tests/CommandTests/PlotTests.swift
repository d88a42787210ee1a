import Foundation
import Testing

/// `scalebench plot`: the charts of stored runs, from the database alone.
@Suite(.serialized) struct PlotTests {
    private static let grid = ["--requests-grid", "2,4", "--wait", "0.05", "--db", "run.sqlite", "--no-calibrate"]

    private func names(_ folder: String, _ suffix: String, in place: Workplace) -> Set<String> {
        Set(place.files.filter { $0.hasPrefix(folder + "/") && $0.hasSuffix(suffix) }.map { String($0.dropLast(suffix.count)) })
    }

    @Test func severalRunsGoIntoOneSetOfCharts() async throws {
        try await Workplace.with { place in
            for workers in ["1", "2"] {
                let ended = try await Program.run(Self.grid + ["--workers", workers], in: place)
                try #require(ended.isMeasured, "\(ended.said)")
            }
            let ended = try await Program.run(["plot", "--db", "run.sqlite", "--all", "-o", "deep/plots"], in: place)
            #expect(ended.status == 0 && ended.errors.isEmpty, "\(ended.said)")
            let scripts = names("deep/plots", ".gp", in: place)
            #expect(scripts.contains("deep/plots/scaling"))
            for suffix in [".tsv", ".svg", ".png"] { #expect(names("deep/plots", suffix, in: place) == scripts) }
            #expect(Set(ended.output.map { String($0.dropLast(4)) }) == scripts)
            let table = try place.text(of: "deep/plots/scaling.tsv")
            #expect(table.contains("# series 1: local-w1,") && table.contains("# series 2: local-w2,"), "\(table)")
        }
    }

    @Test func withoutGnuplotThereIsOneWarningAndTheScripts() async throws {
        try await Workplace.with { place in
            let bare = "PATH=/nowhere"
            let ended = try await Program.run(Self.grid + ["-o", "out"], in: place, shell: bare)
            #expect(ended.isMeasured, "\(ended.said)")
            let warnings = ended.errors.filter { $0.contains("gnuplot") }
            #expect(warnings.count == 1 && warnings[0].hasPrefix("warning: no chart was drawn: "), "\(ended.said)")
            #expect(names("out/plots", ".gp", in: place).contains("out/plots/scaling"))
            #expect(names("out/plots", ".gp", in: place) == names("out/plots", ".tsv", in: place))
            #expect(names("out/plots", ".png", in: place).isEmpty)
            #expect(!(try place.text(of: "out/report.md")).contains("!["))
        }
    }

    @Test(arguments: [
        ("--db none.sqlite", 2, "none.sqlite"), ("--all --run 12", 2, "--all and --run are both given"),
        ("--db empty", 6, "empty"),
    ])
    func whatCannotBeDrawnIsSaidInOneSentence(words: String, status: Int32, said: String) async throws {
        try await Workplace.with { place in
            try place.write("", to: "empty")
            let ended = try await Program.run(["plot"] + words.split(separator: " ").map(String.init), in: place)
            #expect(ended.status == status && ended.sentences.count == 1 && ended.errors.count == 1, "\(ended.said)")
            #expect(ended.sentences.first?.contains(said) == true, "\(ended.said)")
        }
    }
}
