import ArgumentParser
import ScaleProviders

struct ProvidersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "providers", abstract: "List what can launch a server, with its options.")

    func run() throws {
        for provider in ProviderRegistry.all {
            Console.out("\(provider.name)  \(provider.summary)")
            for option in provider.options { Console.out("    \(option.name)=\(option.value)  \(option.help)") }
        }
        Console.out("")
        Console.out("Use one as --provider NAME[:key=value,…], or give a URL in its place.")
    }
}
