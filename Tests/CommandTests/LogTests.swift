import Foundation
import ScaleTestKit
import Testing

/// `--log-level` and `--log-format`: what is logged of launches, on standard error.
@Suite("Logs of launches", .patience(minutes: 2)) struct LogTests {
    private static let run = ["-n", "2", "-w", "0.05", "--no-calibrate", "--db", "run.sqlite"]

    @Test func withoutAFlagNothingIsLogged() async throws {
        try await Workplace.with { place in
            let ended = try await Program.run(Self.run, in: place)
            #expect(ended.isMeasured && !ended.said.contains("stage"), "\(ended.said)")
        }
    }

    @Test func everyStageIsALineThatNamesProviderAndResource() async throws {
        try await Workplace.with { place in
            let ended = try await Program.run(Self.run + ["--log-level", "info", "--log-format", "json", "--json"], in: place)
            try #require(ended.isMeasured, "\(ended.said)")
            // Results go to the one stream and logs to the other.
            #expect(ended.output.count == 2 && ended.output.allSatisfy { $0.contains(#""type":""#) })
            let objects = try ended.errors.filter { $0.hasPrefix("{") }.map {
                try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: String])
            }
            #expect(objects.map { $0["stage"] } == ["launching", "started", "healthy", "first_reset", "cell", "stopping", "stop"])
            for each in objects {
                #expect(each["provider"] == "local" && each["infra"] == "local" && each["level"] == "info" && each["message"] != nil)
                #expect(each["resource"]?.isEmpty == false && each["time"]?.hasSuffix("Z") == true)
            }
            #expect(objects[0]["resource"]?.hasPrefix("sb-") == true && objects[1]["resource"]?.hasPrefix("http://127.0.0.1:") == true)
        }
    }

    @Test func asTextItIsOneLineOfWords() async throws {
        try await Workplace.with { place in
            let ended = try await Program.run(Self.run + ["--log-level", "info"], in: place)
            let lines = ended.errors.filter { $0.contains(" info ") }
            #expect(lines.count == 7 && lines[0].contains(" info launching infra=local provider=local resource=sb-"), "\(ended.said)")
        }
    }

    /// Whatever an infrastructure is called: each line is an object of its own, and no terminal is told anything.
    @Test(arguments: [false, true]) func everyCharacterIsKeptInItsPlace(isJSON: Bool) async throws {
        try await Workplace.with { place in
            let name = "a \"b\" \\ ü 𝄞 /x/ 'y' \t\u{1B}[31m\u{2028}{z}"
            let yaml = name.unicodeScalars.map { scalar in
                switch scalar {
                case "\"", "\\": "\\\(scalar)"
                case _ where scalar.value < 0x20: "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
                case _ where scalar.value == 0x2028: "\\u2028"
                default: "\(scalar)"
                }
            }.joined()
            try place.write(
                "name: e\ninfrastructures:\n  - name: \"\(yaml)\"\n    provider: local\nbatch_sizes: [1]\nwaits: [0]\n", to: "e.yaml")
            let format = isJSON ? ["--log-format", "json"] : []
            let ended = try await Program.run(
                ["experiment", "run", "e.yaml", "--no-calibrate", "--db", "run.sqlite", "--log-level", "info"] + format, in: place)
            // Names with control characters may be refused by the file's own rules.
            if ended.status == 2 { return #expect(ended.said.contains("e.yaml:3"), "\(ended.said)") }
            let lines = ended.errors.filter { $0.contains("first_reset") }
            #expect(lines.count == 1, "\(ended.said)")
            guard isJSON else { return #expect(!lines[0].contains("\u{1B}") && !lines[0].contains("\t"), "\(lines)") }
            let object = try JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: String]
            #expect(object?["infra"] == name, "\(lines)")
        }
    }
}
