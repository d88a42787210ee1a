import Foundation
import ScaleCore
import ScaleStore
import ScaleTestKit
import Testing

@Suite("The generator's own ceiling", .serialized, .patience(minutes: 2))
struct CalibrateTests {
    @Test func eachPointIsPrintedAndStored() async throws {
        try await Workplace.with { place in
            let words = ["calibrate", "--requests-grid", "4,2", "--compare", "--json", "--db", "c.sqlite"]
            let ended = try await Program.run(words, in: place)
            try #require(ended.status == 0, "\(ended.said)")
            let lines = try ended.output.map {
                try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
            }
            #expect(
                lines.map { "\($0["type"] ?? "") \($0["mode"] ?? "") \($0["requests"] ?? "")" } == [
                    "calibration ws 2", "calibration ws 4", "calibration http 2", "calibration http 4",
                ])
            for line in lines { #expect((line["sessions_per_second"] as? Double ?? 0) > 0) }
            let stored = try RunReader(path: place.folder + "/c.sqlite").calibrations()
            #expect(Set(stored.map(\.key.host)).count == 1 && stored.count == 4)
        }
    }

    @Test func aRunSaysWhatTheGeneratorAloneWouldShow() async throws {
        try await Workplace.with { place in
            let ended = try await Program.run(["-n", "3", "-w", "0.05", "--json", "--db", "c.sqlite"], in: place)
            try #require(ended.isMeasured, "\(ended.said)")
            let line = try #require(ended.output.first)
            let cell = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let own = try #require(cell["floor"] as? [String: Any])
            let floor = try #require(own["total_p99"] as? Double)
            #expect(floor > 0 && floor < (cell["total_p99"] as? Double ?? 0))
            let generator = try #require(cell["generator"] as? [String: Any])
            #expect((generator["ceiling_fraction"] as? Double ?? 0) > 0)
        }
    }

    @Test(arguments: [
        ("-n 2 --requests-grid 4", "--requests and --requests-grid are both given"),
        ("-n 0", "'0' is invalid for '-n <N>'"), ("--mode grpc", "--mode 'grpc' is not known"),
        ("-n 9999999", "--requests 9999999 needs"),
    ])
    func whatMakesNoSenseIsRefused(words: String, sentence: String) async throws {
        try await Workplace.with { place in
            let ended = try await Program.run(["calibrate"] + words.split(separator: " ").map(String.init), in: place)
            #expect(ended.status == 2)
            #expect(ended.errors.first?.contains(sentence) == true, "\(ended.said)")
            #expect(place.files.isEmpty)
        }
    }
}
