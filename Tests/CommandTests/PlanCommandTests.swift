import Foundation
import ScaleTestKit
import Testing

@Suite("From stored cells to hosts", .serialized, .patience(minutes: 2))
struct PlanCommandTests {
    @Test func anAnswerNamesTheCellsItRestsOn() async throws {
        try await Workplace.with { place in
            let run = ["-n", "64", "-w", "0.2", "--steps", "2", "--workers", "2", "--max-concurrent-envs", "64", "--db", "p.sqlite"]
            let measured = try await Program.run(run + ["--no-calibrate", "--json"], in: place)
            try #require(measured.isMeasured, "\(measured.said)")
            // On a busy machine the generator may have spoilt the cell, which is not what is tested here.
            try await place.sql("UPDATE cells SET limiter = 'none', valid = 1", database: "p.sqlite")
            let words = ["plan", "--target", "1000", "--wait", "0.2", "--steps", "2", "--price-per-core-hour", "0.04", "--db", "p.sqlite"]
            let ended = try await Program.run(words + ["--json"], in: place)
            try #require(ended.status == 0 && ended.output.count == 1, "\(ended.said)")
            let plan = try #require(try JSONSerialization.jsonObject(with: Data(ended.output[0].utf8)) as? [String: Any])
            #expect(plan["type"] as? String == "plan")
            let held = try #require(plan["held_per_host"] as? Int)
            let allowed = Int(Double(held) * 0.8)
            #expect(plan["allowed_per_host"] as? Int == allowed)
            #expect(plan["hosts"] as? Int == (999 + allowed) / allowed)
            #expect(plan["workers_per_host"] as? Int == 2 && plan["session_cap"] as? Int == 64)
            #expect(try #require(plan["batch_seconds"] as? Double) >= 0.4)
            #expect(try #require(plan["cost_per_1000_steps"] as? Double) > 0)
            let cells = try #require(plan["cells"] as? [[String: Any]])
            #expect(cells.map { $0["id"] as? Int } == [1] && cells[0]["requests"] as? Int == 64)

            let text = try await Program.run(words, in: place)
            #expect(text.status == 0)
            #expect(text.output.first?.contains("1,000 ws sessions of 2 steps with a wait of 0.2 s need") == true, "\(text.said)")
            #expect(text.output.contains { $0.hasPrefix("    cell 1: N = 64, wait 0.2 s, steps 2, rep 1, success ") }, "\(text.said)")
        }
    }

    @Test func whatTheCellsCannotCarryIsRefused() async throws {
        try await Workplace.with { place in
            let run = ["-n", "3", "-w", "0.05", "--no-calibrate", "--json", "--db", "p.sqlite"]
            let measured = try await Program.run(run, in: place)
            try #require(measured.isMeasured, "\(measured.said)")
            let cell = try #require(try JSONSerialization.jsonObject(with: Data(measured.output[0].utf8)) as? [String: Any])
            #expect(cell["checks"] as? [String] != nil)
            try await place.sql("UPDATE cells SET limiter = 'none', valid = 1", database: "p.sqlite")
            for (words, status, part) in [
                ("--target 9 --wait 1 --steps 5", Int32(3), "no stored cell measured a wait of 1 s; measured: 0.05 s"),
                ("--target 9 --wait 0.05 --steps 5", 3, "tested at N = 3, and no N of these demonstrates 95 % success"),
                ("--target 9 --wait 0.05 --steps 5 --mode http", 3, "no stored cell measured http"),
                ("--target 9 --wait 0.05 --steps 5 --infra moon", 2, "--infra 'moon' has no stored cell; stored are: local"),
                ("--target 9 --wait 0.05 --steps 5 --headroom 100%", 2, "give a share from 0 to below 1"),
                ("--target 0 --wait 0.05 --steps 5", 2, "'0' is invalid for '--target <N>'"),
                ("--target 9 --wait 0.05 --steps 5 --price-per-core-hour=-1", 2, "give a price from 0"),
                ("--target 9 --wait 0.05 --steps 5 --mode grpc", 2, "--mode 'grpc' is not known"),
                ("--wait 0.05 --steps 5", 2, "--target"),
            ] {
                let ended = try await Program.run(["plan", "--db", "p.sqlite"] + words.split(separator: " ").map(String.init), in: place)
                #expect(ended.status == status, "\(words): \(ended.said)")
                #expect(ended.output.isEmpty && ended.errors.count == 1, "\(ended.said)")
                #expect(ended.errors.first?.contains(part) == true, "\(ended.said)")
            }
        }
    }
}
