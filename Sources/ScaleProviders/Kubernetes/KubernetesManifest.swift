/// What is created in a cluster for a launch, as one list for `kubectl create`. Values of the servers' variables are in a
/// Secret, so that neither the Deployment nor a description of a pod shows them.
struct KubernetesManifest: Hashable, Sendable {
    var image: String
    /// In place of the image's own arguments; empty for those.
    var arguments: [String] = []
    var replicas: Int
    /// Where the server listens in its pod.
    var port: UInt16
    /// What the server is told besides, readable for everyone who may look.
    var settings: [String: String] = [:]
    var secrets: [String: String] = [:]
    /// Of each pod, in thousandths.
    var milliCPUs: Int?
    /// Of each pod, in bytes.
    var memory: Int?
    /// Nil for no Service.
    var service: ServiceKind?

    enum ServiceKind: String, Hashable, Sendable {
        case clusterIP = "ClusterIP"
        case nodePort = "NodePort"
        case loadBalancer = "LoadBalancer"
    }

    func text(_ mark: LaunchMark) -> String {
        var items: [JSONTree] = []
        if !secrets.isEmpty { items.append(secret(mark)) }
        if let service { items.append(serviceObject(mark, service)) }
        items.append(deployment(mark))
        return JSONTree.object([("apiVersion", "v1"), ("kind", "List"), ("items", .array(items))]).text
    }

    private func metadata(_ mark: LaunchMark) -> JSONTree {
        .object([("name", .string(mark.name)), ("labels", .sorted(mark.labels))])
    }

    private func secret(_ mark: LaunchMark) -> JSONTree {
        .object([
            ("apiVersion", "v1"), ("kind", "Secret"), ("metadata", metadata(mark)), ("type", "Opaque"), ("stringData", .sorted(secrets)),
        ])
    }

    private func serviceObject(_ mark: LaunchMark, _ kind: ServiceKind) -> JSONTree {
        let port = JSONTree.object([("name", "http"), ("port", .int(Int(port))), ("targetPort", "http")])
        return .object([
            ("apiVersion", "v1"), ("kind", "Service"), ("metadata", metadata(mark)),
            ("spec", .object([("type", .string(kind.rawValue)), ("selector", Self.selector(mark)), ("ports", .array([port]))])),
        ])
    }

    private static func selector(_ mark: LaunchMark) -> JSONTree { .sorted([LaunchMark.launchLabel: mark.name]) }

    private func deployment(_ mark: LaunchMark) -> JSONTree {
        let pod = JSONTree.object([
            ("metadata", .object([("labels", .sorted(mark.labels))])),
            (
                "spec",
                .object([
                    ("automountServiceAccountToken", false), ("enableServiceLinks", false), ("terminationGracePeriodSeconds", 5),
                    ("containers", .array([container(mark)])),
                ])
            ),
        ])
        return .object([
            ("apiVersion", "apps/v1"), ("kind", "Deployment"), ("metadata", metadata(mark)),
            (
                "spec",
                .object([
                    ("replicas", .int(replicas)), ("revisionHistoryLimit", 0),
                    ("selector", .object([("matchLabels", Self.selector(mark))])),
                    ("template", pod),
                ])
            ),
        ])
    }

    private func container(_ mark: LaunchMark) -> JSONTree {
        var fields: [(String, JSONTree)] = [("name", "server"), ("image", .string(image))]
        if !arguments.isEmpty { fields.append(("args", .array(arguments.map { .string($0) }))) }
        fields.append(("ports", .array([.object([("name", "http"), ("containerPort", .int(Int(port)))])])))
        let variables = self.variables(mark)
        if !variables.isEmpty { fields.append(("env", .array(variables))) }
        if let resources { fields.append(("resources", resources)) }
        // A server that is slow under load must not be taken out of its Service: three answers of half a minute may fail.
        fields.append(
            (
                "readinessProbe",
                .object([
                    ("httpGet", .object([("path", "/health"), ("port", "http")])), ("periodSeconds", 2), ("timeoutSeconds", 30),
                    ("failureThreshold", 3),
                ])
            ))
        return .object(fields)
    }

    /// What a user gives a variable goes before what we would.
    private func variables(_ mark: LaunchMark) -> [JSONTree] {
        let open = settings.filter { secrets[$0.key] == nil }.sorted { $0.key < $1.key }
        let plain = open.map { JSONTree.object([("name", .string($0.key)), ("value", .string($0.value))]) }
        let hidden = secrets.keys.sorted().map { key in
            let reference = JSONTree.object([("secretKeyRef", .object([("name", .string(mark.name)), ("key", .string(key))]))])
            return JSONTree.object([("name", .string(key)), ("valueFrom", reference)])
        }
        return plain + hidden
    }

    /// As much as it may use is asked for, so that it is there.
    private var resources: JSONTree? {
        var amounts: [(String, JSONTree)] = []
        if let milliCPUs { amounts.append(("cpu", .string("\(milliCPUs)m"))) }
        if let memory { amounts.append(("memory", .string("\(memory)"))) }
        return amounts.isEmpty ? nil : .object([("limits", .object(amounts)), ("requests", .object(amounts))])
    }
}
