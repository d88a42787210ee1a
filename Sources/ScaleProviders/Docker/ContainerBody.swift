/// What `POST /containers/create` is asked for.
struct ContainerBody: Encodable, Hashable, Sendable {
    struct Nothing: Encodable, Hashable, Sendable {}

    struct Binding: Encodable, Hashable, Sendable {
        var hostIp: String
        /// Empty lets the engine choose.
        var hostPort: String
    }

    struct RestartPolicy: Encodable, Hashable, Sendable {
        var name = "no"
    }

    struct Host: Encodable, Hashable, Sendable {
        var networkMode: String
        var portBindings: [String: [Binding]]?
        var restartPolicy = RestartPolicy()
        var pidsLimit = ContainerLimits.processes
        var ulimits: [ContainerLimits.Ulimit]?
        var nanoCpus: Int?
        /// Bytes.
        var memory: Int?
    }

    var image: String
    var env: [String]
    var cmd: [String]?
    var labels: [String: String]
    var exposedPorts: [String: Nothing]?
    var hostConfig: Host
}

/// What keeps a container from taking the host with it, and what must not keep it from serving.
enum ContainerLimits {
    struct Ulimit: Encodable, Hashable, Sendable {
        var name: String
        var soft: Int
        var hard: Int
    }

    /// Processes and threads: far above what a server of ten thousand sessions needs, each with a thread of its own.
    static let processes = 65_536
    /// More is a mistake in somebody's limits: each process of a server would make room for them.
    static let mostDescriptors: UInt64 = 1_048_576

    /// An engine gives its containers as few as 1024 otherwise, and a session takes one.
    static func ulimits(descriptors: Int) -> [Ulimit]? {
        descriptors == 0 ? nil : [Ulimit(name: "nofile", soft: descriptors, hard: descriptors)]
    }
}
