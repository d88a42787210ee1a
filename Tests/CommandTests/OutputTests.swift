import Foundation
import ScaleCore
import ScaleStore
import ScaleTestKit
import Testing

/// The files of `--output-dir`, and what happens when results cannot be handed over.
@Suite("What a run leaves behind", .serialized, .patience(minutes: 2))
struct OutputTests {
    static let header = """
        mode,url,num_requests,batch_size,wait_seconds,repetition,timestamp,hardware,successful,failed,error_rate,\
        total_wall_time,connect_p50,connect_p95,connect_p99,reset_p50,reset_p95,reset_p99,step_p50,step_p95,step_p99,\
        total_min,total_max,total_avg,total_p50,total_p90,total_p95,total_p99,requests_per_second,effective_concurrency,\
        unique_pids,unique_sessions,unique_hosts
        """

    @Test func theOutputDirectoryHoldsSessionsCellsReportAndChart() async throws {
        try await Workplace.with { place in
            let words = ["--requests-grid", "2,4", "--wait", "0.05", "--db", "run.sqlite", "--json", "-o", "deep/out"]
            let ended = try await Program.run(words, in: place)
            try #require(ended.isMeasured, "\(ended.said)")
            let files = Set(place.files.filter { $0.hasPrefix("deep/out/") && !$0.hasSuffix("/plots") })
            let names = files.filter { $0.hasSuffix(".gp") }.map { $0.dropFirst("deep/out/plots/".count).dropLast(3) }
            #expect(names.contains("scaling"))
            let charts = names.flatMap { name in ["gp", "tsv", "svg", "png"].map { "plots/\(name)." + $0 } }
            let expected = ["raw.jsonl", "summary.csv", "report.md", "report.html"] + charts
            #expect(files == Set(expected.map { "deep/out/" + $0 }))
            for file in files { #expect(!(try place.text(of: file)).isEmpty, "\(file)") }
            let raw = try place.text(of: "deep/out/raw.jsonl").split(separator: "\n")
            #expect(raw.count == 6)
            for line in raw { #expect(try JSONSerialization.jsonObject(with: Data(line.utf8)) is [String: Any]) }
            let table = try place.text(of: "deep/out/summary.csv").split(separator: "\n").map(String.init)
            #expect(table.first == Self.header)
            #expect(table.dropFirst().map { $0.split(separator: ",")[2] } == ["2", "4"])
            #expect(try place.text(of: "deep/out/report.md").contains("plots/scaling.svg"))
        }
    }

    @Test func aReportIsWrittenAgainFromTheDatabaseAlone() async throws {
        try await Workplace.with { place in
            let words = ["-n", "2", "-w", "0.05", "--db", "run.sqlite", "--json"]
            let ended = try await Program.run(words + ["-o", "first"], in: place)
            let uuid = try Results(ended.output).run.runId
            for (run, status) in [(uuid, 0), (String(uuid.prefix(8)), 0), ("ffff0000ffff", 2)] {
                let folder = "again-\(run)"
                let again = try await Program.run(["report", "--db", "run.sqlite", "-o", folder, "--run", run], in: place)
                #expect(Int(again.status) == status, "\(again.said)")
                guard status == 0 else { continue }
                #expect(try place.text(of: folder + "/report.md") == place.text(of: "first/report.md"))
            }
        }
    }

    /// `scalebench --json | head -1` must not leave a crash, a lost run or a server behind.
    @Test(arguments: ["closed", "full"])
    func standardOutputThatTakesNothingDoesNotLoseTheRun(kind: String) async throws {
        try await Workplace.with { place in
            // A pipe whose reader is gone, and a device that is always full.
            let target = kind == "full" ? "exec >/dev/full" : "{ exec 3>&1; mkfifo p; : <p & exec >p; wait $!; }"
            let words = ["--requests-grid", "1,2", "--wait", "0.05", "--db", "run.sqlite", "--json"]
            let ended = try await Program.run(words, in: place, shell: target)
            #expect(ended.status >= 0, "\(ended.said.prefix(800))")
            #expect(ended.sentences.count <= 1 && ended.errors.count <= 4, "\(ended.errors.count) lines on standard error")
            #expect(try place.storedRuns().map(\.status) != [.running])
            #expect(await place.isDeserted())
        }
    }
}
