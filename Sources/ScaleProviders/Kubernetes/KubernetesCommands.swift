import ScaleControl
import ScaleCore

/// `kubectl`, for one namespace of one cluster.
struct KubernetesCommands: Sendable {
    var program = "kubectl"
    /// Empty where there is none, as in a pod of the cluster itself.
    var context: String
    /// Empty for the context's own.
    var namespace: String
    var clock: any ControlClock

    private static let patience = Nanoseconds.seconds(30)

    /// What stands in a ledger: a context may have slashes in its name, a namespace has none.
    var place: String { context + "/" + namespace }

    init(program: String = "kubectl", context: String, namespace: String, clock: any ControlClock) {
        self.program = program
        self.context = context
        self.namespace = namespace
        self.clock = clock
    }

    init(program: String = "kubectl", place: String, clock: any ControlClock) {
        let slash = place.lastIndex(of: "/")
        self.init(
            program: program, context: slash.map { String(place[..<$0]) } ?? "",
            namespace: slash.map { String(place[place.index(after: $0)...]) } ?? place, clock: clock)
    }

    /// What stands before the words of every call.
    var prefix: [String] { (context.isEmpty ? [] : ["--context=\(context)"]) + (namespace.isEmpty ? [] : ["--namespace=\(namespace)"]) }

    private static func selector(_ name: String) -> String { "--selector=\(LaunchMark.launchLabel)=\(name)" }

    private func ask(
        _ words: [String], input: String = "", within deadline: Nanoseconds = patience
    ) async throws(ScaleError) -> Tool.Answer {
        let limit = ["--request-timeout=\(max(1, Int(deadline.seconds) - 5))s"]
        return try await Tool(name: program).run(prefix + words + limit, input: input, within: deadline, clock: clock)
    }

    private func failure(_ sentence: String, _ answer: Tool.Answer, hint: String? = nil) -> ScaleError {
        ScaleError(.infrastructure, sentence, cause: Self.complaint(answer.errors), hint: hint)
    }

    /// Without what the client library logs beside: `E0131 12:00:00.000000 …`.
    static func complaint(_ text: String) -> String? {
        let lines = text.split(separator: "\n").map(String.init).filter { line in
            let isLog = line.count > 5 && line.first.map("EWIF".contains) == true && line.dropFirst().prefix(4).allSatisfy(\.isNumber)
            return !isLog && line.contains { !$0.isWhitespace }
        }
        return lines.isEmpty ? nil : lines.joined(separator: "; ")
    }

    /// The version of the cluster.
    /// - Throws: infrastructure, where none answers.
    func version(within deadline: Nanoseconds = .seconds(10)) async throws(ScaleError) -> String {
        let answer = try await ask(["get", "--raw=/version"], within: deadline)
        guard answer.isSuccess else {
            throw failure("no cluster of Kubernetes answers", answer, hint: "check it with kubectl version; context=NAME names another")
        }
        let words = answer.output.split(separator: "\"").map(String.init)
        return words.firstIndex(of: "gitVersion").flatMap { words.indices.contains($0 + 2) ? words[$0 + 2] : nil } ?? ""
    }

    /// The same with names for what was left to the configuration, which may be another one when this is looked for later.
    func resolved() async throws(ScaleError) -> KubernetesCommands {
        var commands = self
        if context.isEmpty {
            let answer = try await ask(["config", "current-context"])
            if answer.isSuccess { commands.context = answer.output.split(separator: "\n").first.map(String.init) ?? "" }
        }
        if namespace.isEmpty, !commands.context.isEmpty {
            let answer = try await commands.ask(["config", "view", "--minify", "--output=jsonpath={..namespace}"])
            let named = answer.isSuccess ? answer.output.filter { !$0.isWhitespace } : ""
            commands.namespace = named.isEmpty ? "default" : named
        }
        return commands
    }

    /// It is done to its end in a cancelled task too.
    func create(_ manifest: String) async throws(ScaleError) {
        let answer = try await uncancelled { () async throws(ScaleError) in
            try await ask(["create", "--filename=-", "--output=name"], input: manifest)
        }
        if !answer.isSuccess { throw failure("the cluster refuses what kubectl was to create", answer) }
    }

    func view(_ name: String) async throws(ScaleError) -> KubernetesView {
        let answer = try await ask(["get", "deployments,pods,services", Self.selector(name), "--output=json"])
        guard answer.isSuccess, let view = KubernetesView(json: answer.output) else {
            throw failure("the cluster does not tell of what was launched", answer)
        }
        return view
    }

    /// - Parameter previous: of the server before it was started again.
    func logs(of pod: String, last count: Int, previous: Bool = false) async -> [String] {
        let words = ["logs", pod, "--tail=\(count)"] + (previous ? ["--previous"] : [])
        guard let answer = try? await ask(words, within: .seconds(10)), answer.isSuccess else { return [] }
        return answer.output.split(separator: "\n").map(String.init)
    }

    func scale(_ name: String, to replicas: Int) async throws(ScaleError) {
        let answer = try await ask(["scale", "deployment/\(name)", "--replicas=\(replicas)"])
        if !answer.isSuccess { throw failure("the deployment \(name) cannot be scaled to \(replicas)", answer) }
    }

    /// What of a launch is there, as `pod/sb-…`.
    func names(_ name: String) async throws(ScaleError) -> [String] {
        let answer = try await ask(["get", "deployments,pods,services,secrets", Self.selector(name), "--output=name"])
        guard answer.isSuccess else { throw failure("the cluster does not tell what is left of \(name)", answer) }
        return answer.output.split(separator: "\n").map(String.init)
    }

    /// What is not there is no failure.
    func delete(_ name: String) async throws(ScaleError) {
        let answer = try await ask(
            ["delete", "deployments,services,secrets", Self.selector(name), "--wait=false", "--ignore-not-found", "--output=name"])
        if !answer.isSuccess { throw failure("the cluster does not remove what is left of \(name)", answer) }
    }
}

/// Removes what carries the label of a launch.
struct KubernetesSweeper: Sweeper {
    static let kind = Resource.Kind.kubernetes
    var program = "kubectl"

    /// A pod has five seconds to end, and its node tells of it later.
    private static let patience = Nanoseconds.seconds(90)

    init() {}
    init(program: String) { self.program = program }

    func find(_ resource: Resource, _ request: LaunchRequest) async throws(ScaleError) -> [String] {
        try await commands(resource, request).names(resource.name)
    }

    func remove(_ resource: Resource, _ request: LaunchRequest) async throws(ScaleError) {
        let commands = commands(resource, request)
        let limit = request.clock.now + Self.patience
        // Its pods go with the Deployment.
        if try await commands.names(resource.name).isEmpty { return }
        try await commands.delete(resource.name)
        while let left = try await commands.names(resource.name).first {
            guard request.clock.now < limit else {
                throw ScaleError(
                    .infrastructure, "\(left) is still there \(Int(Self.patience.seconds)) s after it was deleted",
                    hint: "look at it: kubectl describe \(left)")
            }
            try? await request.clock.sleep(.milliseconds(500))
        }
    }

    private func commands(_ resource: Resource, _ request: LaunchRequest) -> KubernetesCommands {
        KubernetesCommands(program: program, place: resource.place, clock: request.clock)
    }
}
