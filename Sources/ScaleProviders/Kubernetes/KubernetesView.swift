import FoundationEssentials

/// What a cluster tells of a launch: `kubectl get deployments,pods,services --output=json`.
struct KubernetesView: Hashable, Sendable {
    /// Those that are to stay, by name.
    var pods: [KubernetesPod]
    /// Why pods are not even made, e.g. a quota.
    var obstacle: String?
    /// Where a load balancer of the cluster's is; nil as long as it has no address.
    var balancerAddress: String?
    /// The port that every node has for the Service.
    var nodePort: Int?

    /// Nil for what is no such answer.
    init?(json: String) {
        guard let list = try? JSONDecoder().decode(KubernetesObject.List.self, from: Data(json.utf8)) else { return nil }
        pods = list.items.filter { $0.kind == "Pod" && $0.metadata.deletionTimestamp == nil }.map { KubernetesPod($0) }.sorted {
            $0.name < $1.name
        }
        let deployment = list.items.first { $0.kind == "Deployment" }
        obstacle = deployment?.status?.conditions?.first { $0.type == "ReplicaFailure" && $0.status == "True" }.map {
            $0.message ?? $0.reason ?? "no pod can be made"
        }
        let service = list.items.first { $0.kind == "Service" }
        let ingress = service?.status?.loadBalancer?.ingress?.first
        balancerAddress = ingress?.ip ?? ingress?.hostname
        nodePort = service?.spec?.ports?.first?.nodePort
    }
}

/// A pod of a launch, which has one container.
struct KubernetesPod: Hashable, Sendable {
    enum Standing: Hashable, Sendable {
        /// With what it waits for.
        case waits(String)
        case runs
        /// It will not serve, with why.
        case fails(String)
    }

    var name: String
    var standing: Standing
    var isScheduled: Bool
    /// So often its server was started again.
    var restarts: Int
    /// How its server ended before it was started again.
    var lastEnd: String?
    var address: String?
    /// Of the node that it runs on.
    var nodeAddress: String?

    init(_ object: KubernetesObject) {
        let status = object.status
        let server = status?.containerStatuses?.first
        name = object.metadata.name
        standing = Self.standing(status, server)
        isScheduled = status?.hostIP != nil || (status?.conditions?.contains { $0.type == "PodScheduled" && $0.status == "True" } ?? false)
        restarts = server?.restartCount ?? 0
        lastEnd = server?.lastState?.terminated.map(Self.words)
        address = status?.podIP
        nodeAddress = status?.hostIP
    }

    /// Reasons of a waiting container after which the kubelet tries the same again, to no avail.
    private static let hopeless: Set<String> = [
        "CrashLoopBackOff", "CreateContainerConfigError", "CreateContainerError", "ErrImageNeverPull", "ImageInspectError",
        "ImagePullBackOff",
        "InvalidImageName", "RunContainerError",
    ]

    private static func standing(_ status: KubernetesObject.Status?, _ server: KubernetesObject.ContainerStatus?) -> Standing {
        if status?.phase == "Failed" || status?.phase == "Succeeded" {
            return .fails(Self.joined(status?.reason ?? status?.phase, status?.message))
        }
        if let waiting = server?.state?.waiting, let reason = waiting.reason {
            let words = Self.joined(reason, waiting.message)
            guard hopeless.contains(reason) else { return .waits(words) }
            let end = server?.lastState?.terminated.map { " (\(Self.words($0)))" } ?? ""
            return .fails(words + end)
        }
        if let terminated = server?.state?.terminated { return .waits(Self.words(terminated)) }
        if server?.state?.running != nil { return .runs }
        // Another node may come for it.
        if let scheduled = status?.conditions?.first(where: { $0.type == "PodScheduled" && $0.status == "False" }) {
            return .waits(Self.joined(scheduled.reason, scheduled.message))
        }
        return .waits(status?.phase ?? "unknown")
    }

    private static func joined(_ reason: String?, _ message: String?) -> String {
        [reason, message].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: ": ")
    }

    private static func words(_ end: KubernetesObject.Terminated) -> String {
        "\(end.reason ?? "ended"), exit code \(end.exitCode.map { "\($0)" } ?? "unknown")"
    }
}

/// The fields of the API's objects that are looked at.
struct KubernetesObject: Decodable {
    struct List: Decodable { var items: [KubernetesObject] }
    struct Metadata: Decodable {
        var name: String
        var deletionTimestamp: String?
    }
    struct Condition: Decodable {
        var type: String
        var status: String
        var reason: String?
        var message: String?
    }
    struct Waiting: Decodable {
        var reason: String?
        var message: String?
    }
    struct Terminated: Decodable {
        var exitCode: Int?
        var reason: String?
    }
    struct Running: Decodable {}
    struct ContainerState: Decodable {
        var waiting: Waiting?
        var running: Running?
        var terminated: Terminated?
    }
    struct ContainerStatus: Decodable {
        var restartCount: Int?
        var state: ContainerState?
        var lastState: ContainerState?
    }
    struct Ingress: Decodable {
        var ip: String?
        var hostname: String?
    }
    struct LoadBalancer: Decodable { var ingress: [Ingress]? }
    struct Status: Decodable {
        var phase: String?
        var reason: String?
        var message: String?
        var podIP: String?
        var hostIP: String?
        var conditions: [Condition]?
        var containerStatuses: [ContainerStatus]?
        var loadBalancer: LoadBalancer?
    }
    struct Port: Decodable { var nodePort: Int? }
    struct Spec: Decodable { var ports: [Port]? }

    var kind: String
    var metadata: Metadata
    var status: Status?
    var spec: Spec?
}
