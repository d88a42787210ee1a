import FoundationEssentials

/// What scalebench says to a plug-in: docs/plugin-protocol.md.
enum PluginRequest: Hashable, Sendable {
    /// The version of the protocol that is spoken here.
    static let version = 1

    case hello(scalebench: String)
    case launch(PluginLaunch)
    /// The resource that the plug-in is about to make stands in the ledger.
    case noted(resource: String)
    case logs(last: Int)
    case stop
    case sweep(PluginSweep)

    /// As it is sent, with the end of its line.
    var line: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Text and whole numbers can always be encoded.
        return Array((try? encoder.encode(self)) ?? Data()) + [UInt8(ascii: "\n")]
    }
}

/// A launch as a plug-in is asked for it.
struct PluginLaunch: Hashable, Sendable {
    /// The name of the ``LaunchMark``.
    var launch: String
    var run: String
    var labels: [String: String]
    /// As the user gave them.
    var options: [String: String]
    /// Of the servers. The values are secrets.
    var environment: [String: String]
    var startupSeconds: Double
}

/// A search for what is left of a launch.
struct PluginSweep: Hashable, Sendable {
    /// The name of its ``LaunchMark``.
    var launch: String
    /// Those that the plug-in announced.
    var resources: [String]
    /// Nothing is removed.
    var isDry: Bool
}

extension PluginRequest: Encodable {
    private enum Key: String, CodingKey {
        case type, `protocol`, scalebench, launch, run, labels, variable, options, resource, resources, last, env
        case startupSeconds = "startup_seconds"
        case dryRun = "dry_run"
    }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        switch self {
        case .hello(let scalebench):
            try fields.encode("hello", forKey: .type)
            try fields.encode(Self.version, forKey: .protocol)
            try fields.encode(scalebench, forKey: .scalebench)
        case .launch(let launch):
            try fields.encode("launch", forKey: .type)
            try fields.encode(launch.launch, forKey: .launch)
            try fields.encode(launch.run, forKey: .run)
            try fields.encode(launch.labels, forKey: .labels)
            try fields.encode(LaunchMark.variable, forKey: .variable)
            try fields.encode(launch.options, forKey: .options)
            try fields.encode(launch.environment, forKey: .env)
            try fields.encode(launch.startupSeconds, forKey: .startupSeconds)
        case .noted(let resource):
            try fields.encode("noted", forKey: .type)
            try fields.encode(resource, forKey: .resource)
        case .logs(let last):
            try fields.encode("logs", forKey: .type)
            try fields.encode(last, forKey: .last)
        case .stop:
            try fields.encode("stop", forKey: .type)
        case .sweep(let sweep):
            try fields.encode("sweep", forKey: .type)
            try fields.encode(sweep.launch, forKey: .launch)
            try fields.encode(sweep.resources, forKey: .resources)
            try fields.encode(sweep.isDry, forKey: .dryRun)
        }
    }
}
