import ScaleCore

/// What is said of the containers of a deployment, whatever starts them.
struct ContainerSettings: Hashable, Sendable {
    var image: ImageName
    var replicas: Int
    /// Of each replica.
    var workers: Int?
    var maxConcurrentEnvs: Int?
    /// The user's own variables.
    var environment: [String: String]
    /// Processors that each replica may use.
    var cpus: Double?
    /// Bytes that each replica may use.
    var memory: Int?
    /// Where the server listens in its container; nil where nothing was said.
    var port: UInt16?
    /// Of each process; zero for what the engine gives by itself, nil for as many as it can.
    var descriptors: Int?
    /// What is run in place of the image's own command; empty for that one. Its placeholders are not filled in yet.
    var words: [String]

    static let usualPort: UInt16 = 8000

    /// Options that every provider of containers takes.
    /// - Parameter own: those of one of them alone.
    static func options(replicas: String, own: [OptionDescription]) -> [OptionDescription] {
        [
            OptionDescription("image", "NAME", "what is run; may stand without its key"),
            OptionDescription("replicas", "N", "containers, each a server of its own", defaultValue: replicas),
            OptionDescription("workers", "N", "server processes of each, given to the image as WORKERS"),
            OptionDescription("max-concurrent-envs", "N", "sessions that each worker admits, given as MAX_CONCURRENT_ENVS"),
            OptionDescription("cpus", "N", "processors that each may use", defaultValue: "this host's"),
            OptionDescription("memory", "SIZE", "memory that each may use: 512m, 2g", defaultValue: "this host's"),
            OptionDescription("command", "\"WORD WORD…\"", "in place of the image's own, without a shell; {port} and {host} are filled in"),
            OptionDescription("port", "N", "where the server listens in its container, given as PORT", defaultValue: "\(usualPort)"),
        ] + own + [
            OptionDescription(
                "nofile", "N", "descriptors of each process; 0 for what the engine gives by itself", defaultValue: "as many as it can give"),
            OptionDescription("socket", "PATH", "where the engine listens", defaultValue: "DOCKER_HOST or \(EngineSocket.usual)"),
            .environment,
        ]
    }

    /// - Parameters:
    ///   - replicas: how many there are where nothing is said.
    init(_ spec: ProviderSpec, of provider: String, replicas usual: Int) throws(ScaleError) {
        let name = try spec.required("image", example: "\(provider):image=scalebench-env")
        guard let image = ImageName(name) else {
            throw .usage(
                "\(spec.flag) \(provider): image is '\(name)', which no image is called",
                hint: "write it like \(provider):image=repository/name:tag")
        }
        self.image = image
        replicas = try spec.integer("replicas", in: 1...1000) ?? usual
        workers = try spec.integer("workers", in: 1...1_000_000)
        maxConcurrentEnvs = try spec.integer("max-concurrent-envs", in: 1...1_000_000)
        cpus = try spec.positiveNumber("cpus")
        memory = try spec.bytes("memory")
        port = try spec.integer("port", in: 1...65_535).map { UInt16($0) }
        descriptors = try spec.integer("nofile", in: 0...1_048_576)
        environment = spec.values(under: "env.")
        words = []
        guard let command = spec.text("command") else { return }
        guard let words = CommandWords.split(command) else {
            throw .usage(
                "\(spec.flag) \(provider): command has a quote or a backslash that does not end",
                hint: "write it like \(provider):image=x,command=\"serve --port {port}\"")
        }
        self.words = words
    }

    /// `docker-echo-x3-w2-c40`.
    func infra(_ provider: String, _ more: String = "") -> String {
        "\(provider)-\(image.short)" + (replicas == 1 ? "" : "-x\(replicas)") + (workers.map { "-w\($0)" } ?? "")
            + (maxConcurrentEnvs.map { "-c\($0)" } ?? "") + more
    }

    /// Variables of a container whose server is to listen at an address. What the user says holds.
    func variables(host: String, port: UInt16) -> [String] {
        var all = ["HOST": host, "PORT": String(port)]
        all["WORKERS"] = workers.map(String.init)
        all["MAX_CONCURRENT_ENVS"] = maxConcurrentEnvs.map(String.init)
        return all.merging(environment) { $1 }.map { $0 + "=" + $1 }.sorted()
    }

    /// The command with its placeholders filled in; nil for the image's own.
    func command(host: String, port: UInt16) -> [String]? {
        if words.isEmpty { return nil }
        return words.map { $0.replacing("{port}", with: "\(port)").replacing("{host}", with: host) }
    }

    var nanoCPUs: Int? { cpus.map { Int(($0 * 1e9).rounded()) } }

    /// Cores that all of them may use, of so many that there are.
    func cores(of there: Int) -> Double { min(cpus.map { $0 * Double(replicas) } ?? Double(there), Double(there)) }
}
