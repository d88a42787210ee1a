import ArgumentParser
import ScaleProviders

struct ProvidersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "providers", abstract: "List what can launch a server, with its options.")

    func run() throws {
        for provider in ProviderRegistry.all {
            Console.out("\(provider.name): \(provider.summary)")
            let width = provider.options.map { $0.key.count + $0.placeholder.count + 1 }.max() ?? 0
            for option in provider.options {
                let left = "\(option.key)=\(option.placeholder)"
                let fallback = option.defaultValue.map { " (default: \($0))" } ?? ""
                Console.out("  " + left + String(repeating: " ", count: width - left.count + 2) + option.summary + fallback)
            }
        }
        Console.out("\nUse one as --provider NAME[:key=value,…], or give a URL in its place.")
    }
}
