import Foundation
import ScaleStore
import ScaleTestKit
import Testing

/// A URL may carry a password and a token; what is kept and shown must not.
@Suite("Secrets stay out of the record", .serialized, .patience(minutes: 2))
struct SecretTests {
    static let password = "s3cret-of-mine"
    static let token = "t0ken-of-mine"

    /// `HOST` stands for host and port.
    static let accepted = [
        ["--url", "http://user:\(password)@HOST/?token=\(token)"],
        ["--url=http://user:\(password)@HOST/?token=\(token)"],
        ["-u", "user:\(password)@HOST?token=\(token)"],
        ["--url", "http://user:x,\(password)@HOST/?token=y,\(token)"],
        ["--urls", "http://user:\(password)@HOST/?token=\(token),http://user:\(password)@HOST/?token=\(token)"],
        ["--provider", "http://user:\(password)@HOST/?token=\(token)"],
        ["--provider", "url:cores=2,urls=http://user:\(password)@HOST/?token=\(token)"],
    ]

    @Test(arguments: accepted)
    func aURLWithSecretsIsMeasuredAndRedacted(words: [String]) async throws {
        try await Workplace.with { place in
            try await Serve.with(in: place) { url in
                let host = url.replacing("http://", with: "")
                let target = words.map { $0.replacing("HOST", with: host) }
                let rest = ["-n", "2", "-w", "0.05", "--json", "--db", "run.sqlite", "-o", "out", "-v", "--allow-plain-credentials"]
                let ended = try await Program.run(target + rest, in: place)
                let shown = ended.said.replacing(Self.password, with: "PASSWORD").replacing(Self.token, with: "TOKEN")
                try #require(ended.isMeasured, "\(shown)")
                #expect(try Results(ended.output).cells.map(\.successRate) == [1])
                #expect(shown == ended.said, "shown: \(shown)")
                #expect(place.filesThatHold([Self.password, Self.token]) == [])
                let command = try #require(try place.storedRuns().first).command
                #expect(command.contains("***") && command.contains(host), "\(command)")
            }
        }
    }

    /// What a process is started with is its own business, and not that of who reads the record.
    @Test func theSecretsOfAProcessAreNotShown() async throws {
        try await Workplace.with { place in
            let serve = "\(Program.path) serve --port {port}"
            let command = "env HF_TOKEN=\(Self.token),x API_KEY='\(Self.password) y' \(serve)"
            let ended = try await Program.run(
                ["--provider", "process:command=\"\(command)\"", "-n", "2", "-w", "0.05", "--db", "run.sqlite", "-o", "out"], in: place)
            try #require(ended.isMeasured, "\(ended.said)")
            #expect(place.filesThatHold([Self.password, Self.token]) == [])
            #expect(try place.storedRuns().first?.command.contains("HF_TOKEN=*** API_KEY=*** ") == true)
            try place.write(
                "name: e\ninfrastructures:\n  - name: p\n    provider: 'process:command=\"A_SECRET=\(Self.token) \(serve) --token \(Self.password)\"'\n"
                    + "batch_sizes: [1]\nwaits: [0]\n", to: "e.yaml")
            let planned = try await Program.run(["experiment", "run", "e.yaml", "--dry-run"], in: place)
            #expect(planned.status == 0 && planned.said.contains("A_SECRET=***"), "\(planned.said)")
            #expect(!planned.said.contains(Self.token) && !planned.said.contains(Self.password))
        }
    }

    @Test(arguments: [
        "http://user:\(password)@127.0.0.1:1/?token=\(token)",
        "ftp://user:\(password)@127.0.0.1:1/?token=\(token)",
        "http://user:\(password)@127.0.0.1:port/?token=\(token)",
        "http://user:\(password)@no-such-host.invalid/?token=\(token)",
    ])
    func aRefusalDoesNotSayThem(url: String) async throws {
        try await Workplace.with { place in
            let ended = try await Program.run(["--url", url, "--db", "run.sqlite"], in: place)
            #expect(ended.status == 2)
            #expect(!ended.said.contains(Self.password) && !ended.said.contains(Self.token))
            #expect(place.filesThatHold([Self.password, Self.token]) == [])
        }
    }
}

extension Workplace {
    /// The files below the folder, SQLite's logs included, whose bytes contain one of the texts.
    fileprivate func filesThatHold(_ texts: [String]) -> [String] {
        files.filter { name in
            guard let data = try? Data(contentsOf: URL(fileURLWithPath: file(name))) else { return false }
            return texts.contains { data.range(of: Data($0.utf8)) != nil }
        }
    }
}
