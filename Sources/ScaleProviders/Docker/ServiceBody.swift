import ScaleCore

/// What `POST /services/create` and its update are asked for.
struct ServiceBody: Encodable, Hashable, Sendable {
    struct ContainerSpec: Encodable, Hashable, Sendable {
        var image: String
        var env: [String]
        /// In place of the image's command.
        var args: [String]?
        var labels: [String: String]
        /// Nanoseconds.
        var stopGracePeriod: Int64
        var ulimits: [ContainerLimits.Ulimit]?
    }

    struct Limits: Encodable, Hashable, Sendable {
        var nanoCPUs: Int?
        var memoryBytes: Int?
        var pids = ContainerLimits.processes
    }

    struct Resources: Encodable, Hashable, Sendable {
        var limits: Limits
    }

    struct RestartPolicy: Encodable, Hashable, Sendable {
        /// A task that ends is a result, and not to be hidden by its successor.
        var condition = "none"
    }

    struct Placement: Encodable, Hashable, Sendable {
        var constraints: [String]
    }

    struct Attachment: Encodable, Hashable, Sendable {
        var target: String
    }

    struct TaskTemplate: Encodable, Hashable, Sendable {
        var containerSpec: ContainerSpec
        var resources: Resources
        var restartPolicy = RestartPolicy()
        var placement: Placement
        var networks: [Attachment]?
    }

    struct Replicated: Encodable, Hashable, Sendable {
        var replicas: Int
    }

    struct Mode: Encodable, Hashable, Sendable {
        var replicated: Replicated
    }

    struct Port: Encodable, Hashable, Sendable {
        var `protocol` = "tcp"
        var targetPort: UInt16
        /// Without a published port the engine chooses one: of each task's own in `host`, one for all in `ingress`.
        var publishMode: String
    }

    struct EndpointSpec: Encodable, Hashable, Sendable {
        var ports: [Port]
    }

    var name: String
    var labels: [String: String]
    var taskTemplate: TaskTemplate
    var mode: Mode
    var endpointSpec: EndpointSpec
}

/// A network that the tasks of a service share across the nodes of a swarm, or the bridge that leads out of it.
struct NetworkBody: Encodable, Hashable, Sendable {
    var name: String
    var driver: String
    var labels: [String: String]
    var options: [String: String]?
    /// A name is not taken twice.
    var checkDuplicate = true

    static func overlay(_ name: String, _ labels: [String: String]) -> NetworkBody {
        NetworkBody(name: name, driver: "overlay", labels: labels)
    }

    /// The bridge that an engine makes for itself when it becomes a swarm's member, and leaves behind when it is none any
    /// more. Made ahead of that with the same options it carries a label, so that it can be told to be ours.
    static func gateway(_ labels: [String: String]) -> NetworkBody {
        NetworkBody(
            name: gatewayName, driver: "bridge", labels: labels,
            options: [
                "com.docker.network.bridge.enable_icc": "false", "com.docker.network.bridge.enable_ip_masquerade": "true",
                "com.docker.network.bridge.name": gatewayName,
            ])
    }

    static let gatewayName = "docker_gwbridge"
}

/// What `POST /swarm/init` is asked for: a swarm of one node, which nobody outside this host can join.
struct SwarmBody: Encodable, Hashable, Sendable {
    struct Spec: Encodable, Hashable, Sendable {
        var labels: [String: String]
    }

    var listenAddr = "127.0.0.1:2377"
    var advertiseAddr = "127.0.0.1"
    var spec: Spec
}
