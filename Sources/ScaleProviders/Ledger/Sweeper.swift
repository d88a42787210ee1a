import ScaleCore

/// Finds and removes what a launch of a killed process left behind. It touches nothing but the resource that the ledger
/// names, and that only where it carries the mark of its launch, too.
public protocol Sweeper: Sendable {
    static var kind: Resource.Kind { get }
    /// Whether ``find(_:_:)`` asks nobody but this host's kernel: then it may be asked before every run.
    static var asksThisHostOnly: Bool { get }

    init()

    /// What is there of a resource, in words for a person, e.g. `container sb-1f0c9a7be0d2-1 (running)`; empty where
    /// nothing is.
    /// - Throws: infrastructure, where that cannot be found out.
    func find(_ resource: Resource, _ request: LaunchRequest) async throws(ScaleError) -> [String]

    /// Removes it, within a bounded time. What is gone already is success.
    /// - Throws: infrastructure, where it may still be there.
    func remove(_ resource: Resource, _ request: LaunchRequest) async throws(ScaleError)
}

extension Sweeper {
    public static var asksThisHostOnly: Bool { false }
}

/// Who removes what: one for each kind that a provider makes.
public enum Sweepers {
    public static let all: [any Sweeper.Type] = [
        ProcessSweeper.self, FolderSweeper.self, ContainerSweeper.self, ServiceSweeper.self, NetworkSweeper.self, SwarmSweeper.self,
        JobSweeper.self, KubernetesSweeper.self, PluginSweeper.self,
    ]

    public static func sweeper(for kind: Resource.Kind) -> (any Sweeper)? { all.first { $0.kind == kind }?.init() }
}
