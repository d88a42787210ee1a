/// Something that a launch makes and that would outlive this process if nobody removed it. It is written into the
/// ``Ledger`` before it is made, so it holds nothing that only its creation tells.
public struct Resource: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The raw values stand in ledgers and never change their meaning.
    public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// All processes of this host that inherited a ``LaunchMark``; `name` is that mark's.
        case processes
        /// A container, by name; `place` is the engine's socket.
        case container
        case service
        case network
        /// The membership of a swarm that this program began; `name` is the mark's, `place` the engine's socket.
        case swarm
        /// A Slurm job, by name.
        case job
        /// What carries the mark's label in a cluster; `place` is `CONTEXT/NAMESPACE`, either of them empty where the default is meant.
        case kubernetes
        /// A folder of this host with files of a launch, by its path.
        case folder
        /// What a plug-in made; `name` is the mark's, `place` the plug-in's program.
        case plugin
    }

    public var kind: Kind
    public var name: String
    /// Where it is; empty where there is one place only.
    public var place: String

    public init(_ kind: Kind, _ name: String, place: String = "") {
        self.kind = kind
        self.name = name
        self.place = place
    }

    public var description: String { "\(kind.rawValue) \(name)" }

    /// The ``LaunchMark/name`` that its own name begins with.
    var mark: String { name.split(separator: "-").prefix(3).joined(separator: "-") }

    /// Whether labels say that its launch made it.
    func isMarked(_ labels: [String: String]?) -> Bool { labels?[LaunchMark.launchLabel] == mark }
}

extension Resource.Kind {
    /// So many of them, for people: `2 processes`.
    public func words(_ count: Int) -> String {
        let (one, many): (String, String) =
            switch self {
            case .processes: ("process", "processes")
            case .container: ("container", "containers")
            case .service: ("service", "services")
            case .network: ("network", "networks")
            case .swarm: ("swarm", "swarms")
            case .job: ("Slurm job", "Slurm jobs")
            case .kubernetes: ("launch in a cluster", "launches in a cluster")
            case .folder: ("folder", "folders")
            case .plugin: ("launch of a plug-in", "launches of a plug-in")
            }
        return "\(count) \(count == 1 ? one : many)"
    }
}
