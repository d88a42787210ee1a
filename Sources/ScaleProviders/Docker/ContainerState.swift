/// A container as `GET /containers/{id}/json` shows it.
struct ContainerState: Decodable, Hashable, Sendable {
    struct State: Decodable, Hashable, Sendable {
        var status: String
        var oomKilled: Bool?
        var pid: Int32
        var exitCode: Int
        var error: String?

        private enum CodingKeys: String, CodingKey {
            case status, pid, exitCode, error
            case oomKilled = "oOMKilled"
        }
    }

    struct Config: Decodable, Hashable, Sendable {
        var tty: Bool
        var labels: [String: String]?
    }

    struct Binding: Decodable, Hashable, Sendable {
        var hostIp: String
        var hostPort: String
    }

    struct Network: Decodable, Hashable, Sendable {
        var ports: [String: [Binding]?]?
    }

    var id: String
    /// With a slash before it.
    var name: String
    var state: State
    var config: Config
    var networkSettings: Network

    /// The port of this host that leads to a port of the container, over IPv4; nil where none does, or not yet.
    func published(_ port: UInt16) -> UInt16? {
        let bindings = (networkSettings.ports?["\(port)/tcp"] ?? nil) ?? []
        return bindings.first { !$0.hostIp.contains(":") }.flatMap { UInt16($0.hostPort) }
    }

    /// How it ended, in words; nil while it may serve. An unknown state is neither.
    var ending: String? {
        switch state.status {
        case "exited", "dead": Self.ending(exitCode: state.exitCode, isOutOfMemory: state.oomKilled ?? false, error: state.error ?? "")
        case "removing": "is being removed"
        default: nil
        }
    }

    /// - Parameters:
    ///   - exitCode: 128 and a signal's number for one that a signal ended.
    ///   - error: what the engine says of it; empty for nothing.
    static func ending(exitCode: Int, isOutOfMemory: Bool, error: String) -> String {
        let signals = [
            1: "SIGHUP", 2: "SIGINT", 4: "SIGILL", 6: "SIGABRT", 8: "SIGFPE", 9: "SIGKILL", 11: "SIGSEGV", 13: "SIGPIPE", 15: "SIGTERM",
        ]
        var words =
            isOutOfMemory
            ? "ran out of memory and was killed (exit status \(exitCode))"
            : "ended with exit status \(exitCode)" + (signals[exitCode - 128].map { " (\($0))" } ?? "")
        if !error.isEmpty { words += ": " + error }
        return words
    }
}

/// A container as `GET /containers/json` lists it.
struct ListedContainer: Decodable, Hashable, Sendable {
    var id: String
    var names: [String]
    /// As of ``ContainerState/State/status``.
    var state: String

    func isNamed(_ name: String) -> Bool { names.contains("/" + name) }
}
