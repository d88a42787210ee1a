import ArgumentParser
import ScaleCore
import ScaleEnv

struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve the bundled benchmark environment over the OpenEnv protocol.")
    func run() throws {}
}
