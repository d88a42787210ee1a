import ArgumentParser
import ScaleRun

/// What `run --processes` starts; no command of a user's.
struct GenerateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Make one process's part of a cell's load.", shouldDisplay: false)

    func run() async throws { try await GeneratorProcess.run() }
}
