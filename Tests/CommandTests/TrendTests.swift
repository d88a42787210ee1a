import Foundation
import ScaleCore
import ScaleStore
import ScaleTestKit
import Testing

/// `scalebench trend`, on runs that were measured once and stored again with other figures.
@Suite(.serialized, .patience(minutes: 3)) struct TrendTests {
    /// One run for each, a day apart; steps/s are what was measured, times these.
    private func store(_ factors: [Double], in place: Workplace) async throws {
        try await RecordsTests.measured(in: place)
        let measured = try RunReader(path: place.file("a.sqlite")).snapshot(.latest)
        let store = try Store(path: place.file("history.sqlite"))
        for (day, factor) in factors.enumerated() {
            var run = measured.run
            run.uuid = UUID().uuidString.lowercased()
            run.startedAt = WallTime(microseconds: run.startedAt.microseconds + Int64(day) * 86_400_000_000)
            run.finishedAt = nil
            run.status = .running
            let id = try store.begin(run)
            for (old, deployment) in measured.deployments {
                let new = try store.addDeployment(deployment, run: id)
                for cell in measured.cells where cell.deployment == old {
                    var record = cell.record
                    record.stepsPerSecond = 100 * factor
                    // What the generator had to do with it is no matter here.
                    record.verdict = Verdict(.sessionCap, evidence: "")
                    _ = try store.finish(
                        cell: FinishedCell(record: record, sessions: [], hosts: [], histograms: [:], samples: []), run: id, deployment: new)
                }
            }
            try store.finish(run: id, status: .finished, at: run.startedAt)
        }
        try store.close()
    }

    @Test func aChangeIsMarkedAndDrawnAndBlocksNothing() async throws {
        try await Workplace.with { place in
            try await store([1, 1.01, 0.99, 1, 1.005, 0.8, 0.81, 0.79], in: place)
            let words = ["trend", "--db", "history.sqlite"]
            let text = try await Program.run(words, in: place)
            try #require(text.status == 0 && text.errors.isEmpty, "\(text.said)")
            let title = "steps_per_second, local-w2-c4, ws, N = 24, wait 0.2 s, 1 step, on "
            #expect(text.output.first?.hasPrefix(title) == true, "\(text.said)")
            #expect(text.output.count == 11 && text.output.last == "8 runs, 1 change", "\(text.said)")
            #expect(text.output[7].contains("<- 20.1 % lower from here on: worse"), "\(text.said)")

            let drawn = try await Program.run(words + ["--json", "-o", "plots"], in: place)
            try #require(drawn.status == 0 && drawn.output.count == 1, "\(drawn.said)")
            let object = try JSONSerialization.jsonObject(with: Data(drawn.output[0].utf8)) as? [String: Any]
            let changes = object?["change_points"] as? [[String: Any]]
            #expect((object?["points"] as? [Any])?.count == 8)
            #expect(changes?.count == 1 && changes?[0]["index"] as? Int == 5 && changes?[0]["worse"] as? Bool == true, "\(drawn.said)")
            #expect(drawn.errors == ["drawn: plots/trend.png"], "\(drawn.said)")
            for suffix in ["tsv", "gp", "svg", "png"] { #expect(place.files.contains("plots/trend." + suffix)) }
        }
    }

    @Test func whatThereIsNoHistoryOf() async throws {
        try await Workplace.with { place in
            try await store([1], in: place)
            let none = try await Program.run(["trend", "--metric", "straggler_p50", "--db", "history.sqlite"], in: place)
            #expect(none.status == 0 && none.output.isEmpty && none.errors.count == 1, "\(none.said)")
            let one = try await Program.run(["trend", "--db", "history.sqlite", "-o", "plots"], in: place)
            #expect(one.status == 0 && one.errors == ["no history has two runs: there is nothing to draw"], "\(one.said)")
            for (words, said) in [
                (["--metric", "speed"], "--metric 'speed' is no metric of a cell"),
                (["--infra", "mars"], "--infra 'mars' is no infrastructure"),
            ] {
                let refused = try await Program.run(["trend", "--db", "history.sqlite"] + words, in: place)
                #expect(refused.status == 2 && refused.sentences.count == 1, "\(refused.said)")
                #expect(refused.sentences.first?.contains(said) == true, "\(refused.said)")
            }
            let missing = try await Program.run(["trend", "--db", "none.sqlite"], in: place)
            #expect(missing.status == 2 && missing.sentences.count == 1, "\(missing.said)")
        }
    }
}
