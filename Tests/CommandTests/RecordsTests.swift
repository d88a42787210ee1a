import Foundation
import ScaleCore
import ScaleStore
import ScaleTestKit
import Subprocess
import Testing

/// What is stored can be listed, written out, read in again and removed.
@Suite("Stored runs in and out", .serialized, .patience(minutes: 3))
struct RecordsTests {
    /// A small run with refusals: two workers that admit four sessions each.
    static func measured(in place: Workplace, _ extra: [String] = []) async throws {
        let words = ["-n", "24", "-w", "0.2", "--reps", "2", "--workers", "2", "--max-concurrent-envs", "4", "--db", "a.sqlite"]
        let ended = try await Program.run(words + ["--no-calibrate"] + extra, in: place)
        try #require(ended.isMeasured, "\(ended.said)")
    }

    @Test func theListAndTheDetails() async throws {
        try await Workplace.with { place in
            try await Self.measured(in: place)
            let uuid = try place.storedRuns("a.sqlite")[0].uuid
            let list = try await Program.run(["runs", "--db", "a.sqlite"], in: place)
            try #require(list.status == 0 && list.output.count == 2, "\(list.said)")
            #expect(list.output[0].hasPrefix("run ") && list.output[1].hasPrefix(uuid.prefix(8)))
            for part in [" finished ", " measured ", " 2/2 ", " 48 ", "100 %"] { #expect(list.output[1].contains(part), "\(part)") }
            let show = try await Program.run(["runs", "show", String(uuid.prefix(6)), "--db", "a.sqlite"], in: place)
            // The cap, unless this machine is so busy that the generator was what limited.
            let limiters = try await place.sql("SELECT DISTINCT limiter FROM cells", database: "a.sqlite")
            #expect(show.output.first == "run         \(uuid)" && !limiters.isEmpty)
            for limiter in limiters { #expect(show.output.contains { $0.contains(limiter) }, "\(show.said)") }
            let lines = try await Program.run(["runs", "list", "--json", "--db", "a.sqlite"], in: place).output
            let object = try JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: Any]
            #expect(object?["run_id"] as? String == uuid && object?["sessions"] as? Int == 48)
            #expect(object?["planned_cells"] as? Int == 2 && object?["source"] as? String == "measured")
        }
    }

    @Test func whatIsExportedIsImportedWithTheSameNumbers() async throws {
        try await Workplace.with { place in
            try await Self.measured(in: place)
            for (format, file) in [("csv", "out/summary.csv"), ("jsonl", "out/raw.jsonl")] {
                let ended = try await Program.run(["export", "--format", format, "--db", "a.sqlite", "-o", file], in: place)
                #expect(ended.status == 0 && ended.output.isEmpty, "\(ended.said)")
            }
            let words = ["import", "out", "--db", "b.sqlite", "--cores", "2", "--workers", "2", "--max-concurrent-envs", "4"]
            let imported = try await Program.run(words + ["--infra", "lab", "--json"], in: place)
            try #require(imported.status == 0 && imported.output.count == 1, "\(imported.said)")
            #expect(imported.output[0].contains("\"cells\":2,\"sessions\":48,\"lines\":48,\"infra\":[\"lab\"],\"notices\":[]"))
            let query = """
                SELECT rep, succeeded, failed, wall_ns, unique_pids, total_p50_ns, total_p99_ns, total_mean_ns, connect_p95_ns,
                reset_p99_ns, step_p50_ns, overhead_p99_ns, (SELECT count(*) FROM sessions WHERE cell_id = cells.id),
                (SELECT group_concat(kind || count) FROM cell_failures WHERE cell_id = cells.id) FROM cells ORDER BY rep
                """
            let before = try await place.sql(query, database: "a.sqlite")
            let after = try await place.sql(query, database: "b.sqlite")
            #expect(before == after && before.count == 2)
            let facts = try await place.sql(
                "SELECT source, host_cores, limiter, evidence, generator_cpu_ns, workers FROM runs, cells, deployments LIMIT 1",
                database: "b.sqlite")
            #expect(facts == ["imported||unknown|imported: out/raw.jsonl lines 1 to 24, out/summary.csv line 2||2"])

            let again = try await Program.run(words, in: place)
            #expect(again.status == 2 && again.sentences.count == 1, "\(again.said)")
            #expect(again.sentences.first?.contains("is stored already, as run") == true)
            // As a killed import leaves it.
            try await place.sql("UPDATE runs SET status = 'running', finished_at_us = NULL, owner = 'gone 1 1'", database: "b.sqlite")
            let resumed = try await Program.run(words, in: place)
            #expect(
                resumed.status == 0 && resumed.output.first?.hasPrefix("imported 2 cells and 48 sessions of ") == true,
                "\(resumed.said)")
            #expect(try place.storedRuns("b.sqlite").map(\.status) == [.finished])
            let report = try await Program.run(["report", "--db", "b.sqlite"], in: place)
            #expect(report.status == 0 && report.output.contains { $0.contains("imported") }, "\(report.said)")
        }
    }

    @Test func everyFormatOfTheExport() async throws {
        try await Workplace.with { place in
            try await Self.measured(in: place)
            func export(_ words: String...) async throws -> Program.Ended {
                try await Program.run(["export", "--db", "a.sqlite", "--format"] + words, in: place)
            }
            let csv = try await export("csv")
            #expect(csv.output.count == 3 && csv.output[0].hasPrefix("mode,url,num_requests,"))
            #expect(try await export("jsonl").output.count == 48)
            let json = try await export("json", "--all")
            let document = try JSONSerialization.jsonObject(with: Data(json.output.joined(separator: "\n").utf8)) as? [String: Any]
            #expect(document?["schema"] as? String == "scalebench/3" && (document?["runs"] as? [Any])?.count == 1)
            let metrics = try await export("prometheus").output
            #expect(metrics.count { $0.hasPrefix("scalebench_sessions_failed{") } == 2)
            #expect(metrics.contains { $0.contains("quantile=\"0.99\"") && $0.contains("metric=\"total\"") })
            let one = try await export("hgrm", "--cell", "1")
            #expect(one.output.first == "       Value     Percentile TotalCount 1/(1-Percentile)", "\(one.said)")
            #expect(one.output.last?.hasPrefix("#[Buckets =") == true)
            let many = try await export("hgrm", "-o", "d")
            #expect(many.status == 0 && place.files.count { $0.hasSuffix("-rep2-c2-total.hgrm") } == 1, "\(place.files)")
        }
    }

    @Test func removingFreesTheFile() async throws {
        try await Workplace.with { place in
            try await Self.measured(in: place)
            try await Self.measured(in: place, ["--seed", "5", "--steps", "2"])
            let uuids = try place.storedRuns("a.sqlite").map(\.uuid)
            try #require(uuids.count == 2)
            let asked = try await Program.run(["runs", "rm", uuids[0], "--db", "a.sqlite"], in: place)
            #expect(asked.status == 2 && asked.sentences.first?.contains("add --yes") == true, "\(asked.said)")
            let removed = try await Program.run(["runs", "rm", uuids[0], "--yes", "--db", "a.sqlite"], in: place)
            #expect(removed.status == 0, "\(removed.said)")
            #expect(removed.output.first?.hasPrefix("removed 1 run with 2 cells and 48 sessions; the file is ") == true, "\(removed.said)")
            #expect(try place.storedRuns("a.sqlite").map(\.uuid) == [uuids[1]])
            for table in ["sessions", "histograms", "samples", "cell_failures"] {
                let orphans = try await place.sql(
                    "SELECT count(*) FROM \(table) WHERE cell_id NOT IN (SELECT id FROM cells)", database: "a.sqlite")
                #expect(orphans == ["0"])
            }
        }
    }

    @Test func aRunThatIsBeingWrittenStays() async throws {
        try await Workplace.with { place in
            try await Self.measured(in: place)
            // This very process is alive: its boot, number and start are the owner's.
            let boot = try String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8).split(separator: "\n")[0]
            let stat = try String(contentsOfFile: "/proc/self/stat", encoding: .utf8)
            let start = try #require(stat.split(separator: ")").last?.split(separator: " ")[19])
            let owner = "\(boot) \(ProcessInfo.processInfo.processIdentifier) \(start)"
            try await place.sql("UPDATE runs SET status = 'running', finished_at_us = NULL, owner = '\(owner)'", database: "a.sqlite")
            let uuid = try place.storedRuns("a.sqlite")[0].uuid
            let refused = try await Program.run(["runs", "rm", uuid, "--yes", "--db", "a.sqlite"], in: place)
            #expect(refused.status == 2 && refused.sentences.first?.contains("still writes the run") == true, "\(refused.said)")
            #expect(try await Program.run(["runs", "--db", "a.sqlite"], in: place).output[1].contains(" running "))
            try await place.sql("UPDATE runs SET owner = 'another boot 1 1'", database: "a.sqlite")
            #expect(try await Program.run(["runs", "--db", "a.sqlite"], in: place).output[1].contains(" killed "))
        }
    }

    @Test func wordsThatCannotBeFollowed() async throws {
        try await Workplace.with { place in
            try await Self.measured(in: place)
            try place.write("{\"request_id\": 0}\n", to: "raw.jsonl")
            try place.write("x\n", to: "notes.csv")
            for (words, part) in [
                ("runs show zzz", "there is no run 'zzz'"), ("runs rm zzz --yes", "there is no run 'zzz'"),
                ("runs show", "id"), ("export", "--format"), ("export --format xml", "xml"),
                ("export --format csv --all --run a", "--all and --run are both given"),
                ("export --format csv --run zzz", "there is no run 'zzz'"),
                ("export --format csv --cell 1", "--cell is for --format hgrm"), ("export --format hgrm", "name a directory with --output"),
                ("export --format hgrm --cell 99", "cell 99 has no such distribution"),
                ("export --format hgrm --cell 1 --metric speed", "--metric 'speed' is not known"),
                ("import", "path"), ("import nowhere", "there is nothing at 'nowhere'"), ("import .", "has no \"mode\""),
                ("import notes.csv", "has no column \"mode\""), ("import raw.jsonl --steps 0", "--steps"),
                ("import raw.jsonl --cores none", "--cores"),
            ] {
                let ended = try await Program.run(words.split(separator: " ").map(String.init) + ["--db", "a.sqlite"], in: place)
                #expect(ended.status == 2 && ended.output.isEmpty && ended.errors.count == 1, "\(words): \(ended.said)")
                #expect(ended.errors.first?.contains(part) == true, "\(words): \(ended.said)")
            }
            #expect(try place.storedRuns("a.sqlite").count == 1)
        }
    }
}
