/// A task of a service, as `GET /tasks` lists it: one try to run one replica.
struct TaskState: Decodable, Hashable, Sendable {
    struct Container: Decodable, Hashable, Sendable {
        var containerID: String?
        var pid: Int32?
        var exitCode: Int?

        private enum CodingKeys: String, CodingKey {
            case containerID, exitCode
            case pid = "pID"
        }
    }

    struct Port: Decodable, Hashable, Sendable {
        var targetPort: Int
        var publishedPort: Int?
        var publishMode: String?
    }

    struct Ports: Decodable, Hashable, Sendable {
        var ports: [Port]?
    }

    struct Status: Decodable, Hashable, Sendable {
        var state: String
        var err: String?
        var containerStatus: Container?
        var portStatus: Ports?
    }

    var id: String
    /// RFC 3339; of fewer digits where the last are zeros.
    var createdAt: String
    /// Which replica it is, from 1.
    var slot: Int?
    /// Nil before one was found for it.
    var nodeID: String?
    var status: Status
    var desiredState: String

    private enum CodingKeys: String, CodingKey {
        case createdAt, slot, nodeID, status, desiredState
        case id = "iD"
    }

    enum Stage: Hashable, Sendable {
        /// With what keeps it from a node.
        case waiting(String?)
        /// A node has it.
        case scheduled
        case running
        /// In words.
        case ended(String)
    }

    /// An unknown state is neither running nor over.
    var stage: Stage {
        switch status.state {
        case "assigned", "accepted", "preparing", "ready", "starting": .scheduled
        case "running": .running
        case "complete", "shutdown", "failed", "rejected", "remove", "orphaned": .ended(ending)
        default: .waiting(status.err.flatMap { $0.isEmpty ? nil : $0 })
        }
    }

    private var ending: String {
        let said = status.err.flatMap { $0.isEmpty ? nil : ": " + $0 } ?? ""
        let exitCode = status.containerStatus?.exitCode
        switch status.state {
        case "complete": return ContainerState.ending(exitCode: exitCode ?? 0, isOutOfMemory: false, error: "")
        case "failed":
            // Without one its container did not even start.
            guard let exitCode, exitCode != 0 else { return "failed" + said }
            return ContainerState.ending(exitCode: exitCode, isOutOfMemory: false, error: "")
        case "rejected": return "was rejected by its node" + said
        case "orphaned": return "is on a node that is lost" + said
        default: return "was ended by the swarm (\(status.state))" + said
        }
    }

    /// The port of its node that leads to a port of its container; nil where none does, or not yet.
    func published(_ port: UInt16) -> UInt16? {
        let ports = status.portStatus?.ports ?? []
        return ports.first { $0.publishMode == "host" && $0.targetPort == Int(port) }?.publishedPort.flatMap { UInt16(exactly: $0) }
    }

    /// Of each replica up to a number the task that stands for it now: earlier ones stay in the list.
    static func current(_ tasks: [TaskState], replicas: Int) -> [Int: TaskState] {
        var newest: [Int: TaskState] = [:]
        for task in tasks {
            guard let slot = task.slot, (1...max(1, replicas)).contains(slot) else { continue }
            if let other = newest[slot], other.order > task.order { continue }
            newest[slot] = task
        }
        return newest
    }

    /// What is wanted to run comes after what is not, and then by age. The zone's letter would stand above any digit.
    private var order: (Int, Substring) { (desiredState == "running" ? 1 : 0, createdAt.prefix { $0 != "Z" }) }
}
