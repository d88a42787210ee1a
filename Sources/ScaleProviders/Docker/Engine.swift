import ScaleControl
import ScaleCore

/// The API of a Docker engine at a unix socket, in a version that both sides know.
struct Engine: Sendable {
    var socket: EngineSocket
    /// Such as `Docker 20.10.24`.
    var product: String
    /// Such as `1.41`.
    var version: EngineVersion
    private var client: ControlClient

    /// For what is answered from the engine's memory.
    static let readDeadline = Nanoseconds.seconds(20)
    /// For what it has to do something for: a busy host may take long to start a container.
    static let writeDeadline = Nanoseconds.seconds(120)

    private struct Version: Decodable {
        struct Component: Decodable { var name: String? }
        var version: String
        var apiVersion: String
        var minAPIVersion: String?
        var components: [Component]?
    }

    /// Asks an engine who it is.
    /// - Throws: infrastructure, where there is none, or one that is too old; interrupted.
    static func connect(_ socket: EngineSocket, _ client: ControlClient) async throws(ScaleError) -> Engine {
        if let (reason, hint) = socket.obstacle { throw ScaleError(.infrastructure, reason, hint: hint) }
        var client = client
        client.unixSocket = socket.path
        var engine = Engine(socket: socket, product: "Docker", version: .newest, client: client)
        let answer: Version
        do {
            answer = try engine.decode(await engine.send(HTTPRequest(.get, "http://docker/version"), within: readDeadline))
        } catch {
            throw error.error("no Docker engine answers at \(socket.path)", hint: "start it, or look into its log")
        }
        guard let newest = EngineVersion(answer.apiVersion) else {
            throw ScaleError(.infrastructure, "the engine at \(socket.path) speaks the version '\(answer.apiVersion)', which is none")
        }
        let isPodman = answer.components?.first?.name?.hasPrefix("Podman") ?? false
        engine.product = (isPodman ? "Podman " : "Docker ") + answer.version.prefix { $0 != "+" }
        guard newest >= .oldest else {
            throw ScaleError(
                .infrastructure,
                "\(engine.product) at \(socket.path) speaks version \(newest) of its API, and at least \(EngineVersion.oldest) is needed",
                hint: "update it")
        }
        engine.version = max(min(newest, .newest), answer.minAPIVersion.flatMap { EngineVersion($0) } ?? .oldest)
        return engine
    }

    /// What there is at a socket, for a list of providers.
    static func availability(_ client: ControlClient) async -> ProviderAvailability {
        do throws(ScaleError) {
            let socket = try EngineSocket(nil, of: DockerProvider.name, flag: "--provider")
            return .available(try await connect(socket, client).product)
        } catch {
            return .missing(error.message + (error.cause.map { " (\($0))" } ?? ""))
        }
    }
}

/// A version of the Engine API.
struct EngineVersion: Comparable, Hashable, Sendable, CustomStringConvertible {
    var major: Int
    var minor: Int

    /// The last one whose calls this program is known to make rightly; what came later is backward compatible.
    static let newest = EngineVersion(major: 1, minor: 44)
    /// Docker 1.13, the first that tells of tasks' ports.
    static let oldest = EngineVersion(major: 1, minor: 25)

    init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// Reads `1.41`.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let major = parts[0], let minor = parts[1] else { return nil }
        self.init(major: major, minor: minor)
    }

    static func < (a: EngineVersion, b: EngineVersion) -> Bool { (a.major, a.minor) < (b.major, b.minor) }
    var description: String { "\(major).\(minor)" }
}

/// What an engine says of itself.
struct EngineInfo: Decodable, Hashable, Sendable {
    struct Swarm: Decodable, Hashable, Sendable {
        var nodeID: String?
        /// `inactive`, `pending`, `active`, `error` or `locked`.
        var localNodeState: String?
        /// Whether it is a manager.
        var controlAvailable: Bool?
        var nodes: Int?
        var error: String?
    }

    /// Processors of its host.
    var nCPU: Int
    var swarm: Swarm?
}

extension Engine {
    func info() async throws(ScaleError) -> EngineInfo {
        do throws(EngineFault) { return try await read("/info") } catch {
            throw error.error("the Docker engine at \(socket.path) does not tell what it has")
        }
    }
}

// MARK: - Calls

extension Engine {
    /// What is put behind the `?` of a URL.
    typealias Query = [(String, String)]

    /// `{"label":["a=b"]}` as the engine wants it in a query.
    static func filters(_ lists: [String: [String]]) -> Query { [("filters", FilterText.json(lists))] }

    /// Asks for something. It ends when the task is cancelled.
    func read<Answer: Decodable>(_ path: String, _ query: Query = [], as type: Answer.Type = Answer.self) async throws(EngineFault)
        -> Answer
    {
        try decode(await send(HTTPRequest(.get, url(path, query)), within: Self.readDeadline))
    }

    /// Asks for a stream, and hands out its pieces.
    func stream(
        _ method: HTTPRequest.Method, _ path: String, _ query: Query, within deadline: Nanoseconds,
        receive: @escaping @Sendable ([UInt8]) -> Void
    ) async throws(EngineFault) {
        _ = try await send(HTTPRequest(method, url(path, query)), within: deadline, receive)
    }

    /// Asks for a change, once, and waits for the answer whether the task is cancelled or not: what was begun must be known.
    @discardableResult
    func write(
        _ method: HTTPRequest.Method, _ path: String, _ query: Query = [], body: (some Encodable)? = nil as String?,
        within deadline: Nanoseconds = Engine.writeDeadline
    ) async throws(EngineFault) -> HTTPResponse {
        var request = HTTPRequest(method, url(path, query))
        if let body {
            guard let text = EngineJSON.text(body) else { throw EngineFault(kind: .unreadable, message: "its body cannot be written") }
            request = .json(method, request.url, text)
        }
        let (engine, call) = (self, request)
        return try await uncancelled { () throws(EngineFault) in try await engine.send(call, within: deadline) }
    }

    /// What a change answered.
    func decode<Answer: Decodable>(_ response: HTTPResponse) throws(EngineFault) -> Answer {
        guard let answer = EngineJSON.value(Answer.self, from: response.body) else {
            throw EngineFault(kind: .unreadable, message: "the engine answered what is not understood: \(response.text.prefix(200))")
        }
        return answer
    }

    private func send(
        _ request: HTTPRequest, within deadline: Nanoseconds, _ receive: (@Sendable ([UInt8]) -> Void)? = nil
    ) async throws(EngineFault) -> HTTPResponse {
        let response: HTTPResponse
        do {
            response = try await client.send(request, within: deadline, receive: receive)
        } catch {
            throw EngineFault(kind: .noAnswer(error.kind), message: error.message)
        }
        // 304 says that it is as asked for already.
        if response.isSuccess || response.status == 304 { return response }
        throw EngineFault(kind: .refused(response.status), message: response.engineMessage)
    }

    private func url(_ path: String, _ query: Query) -> String {
        let pairs = query.map { $0.0 + "=" + PercentText.encoded($0.1, keeping: "") }
        return "http://docker/v\(version)" + PercentText.encoded(path, keeping: "/:@")
            + (pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&"))
    }
}

private enum FilterText {
    static func json(_ lists: [String: [String]]) -> String {
        let fields = lists.sorted { $0.key < $1.key }.map { key, values in
            quoted(key) + ":[" + values.map(quoted).joined(separator: ",") + "]"
        }
        return "{" + fields.joined(separator: ",") + "}"
    }

    private static func quoted(_ text: String) -> String { EngineJSON.text(text) ?? "\"\"" }
}

private enum PercentText {
    /// RFC 3986, section 2: everything but the unreserved characters.
    static func encoded(_ text: String, keeping kept: String) -> String {
        let digits = Array("0123456789ABCDEF")
        return text.utf8.reduce(into: "") { encoded, byte in
            let isPlain = (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || "-._~".utf8.contains(byte)
            if isPlain || kept.utf8.contains(byte) {
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                encoded += "%" + String(digits[Int(byte >> 4)]) + String(digits[Int(byte & 15)])
            }
        }
    }
}
