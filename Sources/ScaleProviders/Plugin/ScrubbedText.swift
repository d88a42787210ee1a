import ScaleCore

/// Takes the secrets of a launch out of what a foreign program says, wherever they stand in it.
struct ScrubbedText: Sendable {
    /// A shorter value stands in too many places that have nothing to do with it.
    private static let shortest = 4

    private var secrets: [String] = []

    init() {}

    /// Of the values of the servers' variables, and of options whose names tell of a secret.
    init(environment: [String: String], options: [String: String]) {
        add(environment.map(\.value))
        add(options.filter { Redaction.isSecret(name: $0.key) }.map(\.value))
    }

    mutating func add(_ values: [String]) {
        secrets = Set(secrets + values.filter { $0.count >= Self.shortest }).sorted { ($0.count, $0) > ($1.count, $1) }
    }

    /// What must not be shown of where servers are.
    mutating func add(_ endpoints: [Endpoint]) {
        for endpoint in endpoints {
            add(endpoint.headers.map(\.value) + [endpoint.query, endpoint.credentials].compactMap(\.self))
            if endpoint.isCapability { add([endpoint.host]) }
        }
    }

    func callAsFunction(_ text: String) -> String {
        secrets.reduce(text) { $0.contains($1) ? $0.replacing($1, with: Redaction.mark) : $0 }
    }
}
