import ArgumentParser
import ScaleControl
import ScaleCore
import ScaleProviders
import ScaleReport

struct ProvidersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "providers",
        abstract: "List what can launch a server: what each needs, whether this host has it, and its options.",
        discussion: """
            Examples:
              scalebench providers
              scalebench providers --json
              scalebench run --provider local:workers=2,max-concurrent-envs=40
              scalebench run --provider docker --image my-env --replicas 2
            """)

    @Flag(help: "One JSON object per provider on standard output.")
    var json = false

    func run() async throws {
        let states = await Self.availabilities()
        for (provider, state) in zip(ProviderRegistry.all, states) {
            if json { Console.out(Self.object(provider, state)) } else { Self.lines(provider, state).forEach(Console.out) }
        }
        if !json { Console.out("Use one as --provider NAME[:key=value,…], or give a URL in its place.") }
        if let problem = Console.outputError { throw problem }
    }

    /// Longer than any of them may take to answer.
    private static let patience = Duration.seconds(6)

    /// Of all providers, asked at once.
    private static func availabilities() async -> [ProviderAvailability] {
        let client = ControlClient(version: Version.current)
        return await withTaskGroup(of: (Int, ProviderAvailability).self) { group in
            for (index, provider) in ProviderRegistry.all.enumerated() {
                group.addTask { (index, await availability(of: provider, client)) }
            }
            var found = [ProviderAvailability](repeating: .available(nil), count: ProviderRegistry.all.count)
            for await (index, state) in group { found[index] = state }
            return found
        }
    }

    /// One that does not answer keeps nobody from seeing the others.
    private static func availability(of provider: any Provider.Type, _ client: ControlClient) async -> ProviderAvailability {
        let (answers, answer) = AsyncStream.makeStream(of: ProviderAvailability.self)
        let asked = Task { answer.yield(await provider.availability(client)) }
        let limit = Task {
            try? await Task.sleep(for: patience)
            answer.yield(.missing("it did not answer within \(patience.components.seconds) s"))
        }
        defer {
            asked.cancel()
            limit.cancel()
        }
        for await first in answers { return first }
        return .available(nil)
    }

    private static func lines(_ provider: any Provider.Type, _ state: ProviderAvailability) -> [String] {
        var lines = ["\(provider.name): \(provider.summary)"]
        if let needs = provider.needs { lines.append("  needs  \(needs)") }
        switch state {
        case .available(let found):
            if provider.needs != nil || found != nil { lines.append("  here   yes" + (found.map { ": \($0)" } ?? "")) }
        case .missing(let what): lines.append("  here   no: \(what)")
        }
        let width = provider.options.map { $0.key.count + $0.placeholder.count + 1 }.max() ?? 0
        for option in provider.options {
            let left = "\(option.key)=\(option.placeholder)"
            let fallback = option.defaultValue.map { " (default: \($0))" } ?? ""
            lines.append("  " + left + String(repeating: " ", count: width - left.count + 2) + option.summary + fallback)
        }
        return lines + [""]
    }

    private static func object(_ provider: any Provider.Type, _ state: ProviderAvailability) -> String {
        var (found, missing): (String?, String?) = (nil, nil)
        switch state {
        case .available(let what): found = what
        case .missing(let what): missing = what
        }
        return ProviderJSON.line(
            name: provider.name, summary: provider.summary, needs: provider.needs, found: found, missing: missing,
            positional: provider.positional,
            options: provider.options.map {
                .init(key: $0.key, placeholder: $0.placeholder, summary: $0.summary, usual: $0.defaultValue)
            })
    }
}
