import Foundation
import ScaleTestKit
import Subprocess
import Testing

/// An image that only a registry has.
@Suite("A real registry", .serialized, .patience(minutes: 3))
struct RegistryTests {
    @Test func anImageIsPulledFromItAndMeasured() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "scalebench-registry-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // The registry tells in its log which port the kernel gave it.
        let configuration = """
            version: 0.1
            storage: {filesystem: {rootdirectory: \(folder.path)/images}}
            http: {addr: "127.0.0.1:0"}

            """
        let file = folder.appending(path: "registry.yml")
        try Data(configuration.utf8).write(to: file)
        _ = try await run(
            .name("docker-registry"), arguments: ["serve", file.path], input: .none, output: .discarded, error: .sequence
        ) { registry in
            let port = try await Self.port(registry.standardError)
            let image = "127.0.0.1:\(try #require(port))/scalebench/env:v1"
            try await DockerHost.docker("tag", DockerHost.image, image)
            try await DockerHost.docker("push", "--quiet", image)
            try await DockerHost.docker("image", "rm", image)
            let trial = try await DockerHost.asBefore {
                try await Trial.run(["--provider", "docker:\(image),replicas=2", "--requests", "16", "--wait", "0.1"])
            }
            #expect(trial.status == .exited(0), "\(trial.errors)")
            #expect(trial.cells.map(\.successRate) == [1] && trial.cells.map(\.uniqueHosts) == [2])
            #expect(trial.errors.contains("pulled an image") && trial.errors.contains("resource=\(image)"))
            // It is there now, and asked for again where that is wanted.
            for (pull, pulls) in [("missing", false), ("always", true)] {
                let again = try await Trial.run(["--provider", "docker:\(image),pull=\(pull)", "--requests", "4", "--wait", "0.1"])
                #expect(again.status == .exited(0) && again.errors.contains("pulled an image") == pulls, "\(again.errors)")
            }
            let missing = try await Trial.run(["--provider", "docker:\(image)-other", "--requests", "4"])
            #expect(missing.status == .exited(2) && missing.errors.contains("there is no image \(image)-other"), "\(missing.errors)")
            try await DockerHost.docker("image", "rm", image)
            try registry.send(signal: .terminate)
        }
    }

    private static func port(_ log: SubprocessOutputSequence) async throws -> Int? {
        var text = ""
        for try await piece in log {
            text += String(decoding: piece.withUnsafeBytes { Array($0) }, as: UTF8.self)
            guard let found = text.range(of: "listening on 127.0.0.1:") else { continue }
            let digits = text[found.upperBound...].prefix { $0.isNumber }
            if digits.endIndex < text.endIndex { return Int(digits) }
        }
        return nil
    }
}
