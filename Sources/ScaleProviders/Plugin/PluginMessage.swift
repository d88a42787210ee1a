import FoundationEssentials
import ScaleCore

/// What a plug-in says: docs/plugin-protocol.md.
enum PluginMessage: Hashable, Sendable {
    case hello(Hello)
    case log(level: String, String)
    case progress(String)
    case stage(LifecycleRecord.Stage, replica: Int)
    /// It is about to make something that may outlive it.
    case creating(String)
    case removed(String)
    case ready(Ready)
    case failed(Failure)
    case ended(Ended)
    case logs([String])
    case stopped(Stopped)
    case swept(Swept)
    /// Of a later version: it is passed over.
    case unknown(String)

    struct Hello: Hashable, Sendable {
        var version: Int
        var name: String
        /// Nil where the plug-in checks them itself.
        var options: [OptionDescription]?
        var abilities: Set<String>
    }

    struct Ready: Hashable, Sendable {
        /// At least one.
        var endpoints: [Endpoint]
        var replicas: Int
        var cores: Double?
        var workers: Int?
        var sessionCap: Int?
        var processes: [Int32]
        var balancer: String?
        var balancerProcesses: [Int32]
    }

    struct Failure: Hashable, Sendable {
        var message: String
        var hint: String?
        /// What the user asked for cannot be.
        var isUsage: Bool
    }

    struct Ended: Hashable, Sendable {
        var state: String
        var lines: [String]
        var replica: Int?
    }

    struct Stopped: Hashable, Sendable {
        /// What could not be removed and why; nil where nothing is left.
        var left: String?
        var hint: String?
    }

    struct Swept: Hashable, Sendable {
        /// What was there, in words for a person.
        var found: [String]
        /// As in ``Stopped``.
        var left: String?
        var hint: String?
    }

    /// What was said instead of a message, e.g. `a line that is no JSON`.
    struct Refusal: Error, Hashable, Sendable {
        var what: String
    }
}

extension PluginMessage {
    /// Reads a line.
    init(_ line: [UInt8]) throws(Refusal) {
        let fields: Fields
        do throws(Reason) { fields = try Self.fields(line) } catch { throw Refusal(what: "a line that \(error.words)") }
        guard let type = fields.type else { throw Refusal(what: "a line that lacks 'type'") }
        do throws(Reason) { try self.init(type, fields) } catch { throw Refusal(what: "a '\(type)' that \(error.words)") }
    }

    private init(_ type: String, _ fields: Fields) throws(Reason) {
        switch type {
        case "hello":
            self = .hello(try Self.hello(fields))
        case "log":
            self = .log(level: fields.level ?? "info", try fields.required("line", fields.line))
        case "progress":
            self = .progress(try fields.required("text", fields.text))
        case "stage":
            let name = try fields.required("stage", fields.stage)
            let known: [LifecycleRecord.Stage] = [.create, .scheduled, .started]
            // Another stage than these is of a later version.
            let replica = try fields.whole("replica", fields.replica, in: 0...999_999) ?? 0
            self = known.first { $0.rawValue == name }.map { .stage($0, replica: replica) } ?? .unknown("stage \(name)")
        case "creating":
            self = .creating(try Self.resource(fields))
        case "removed":
            self = .removed(try Self.resource(fields))
        case "ready":
            self = .ready(try Self.ready(fields))
        case "failed":
            self = .failed(
                Failure(message: try fields.required("message", fields.message), hint: fields.hint, isUsage: fields.usage ?? false))
        case "ended":
            self = .ended(
                Ended(
                    state: try fields.required("state", fields.state), lines: fields.lines ?? [],
                    replica: try fields.whole("replica", fields.replica, in: 0...999_999)))
        case "logs":
            self = .logs(try fields.required("lines", fields.lines))
        case "stopped":
            self = .stopped(Stopped(left: fields.left, hint: fields.hint))
        case "swept":
            self = .swept(Swept(found: try fields.required("found", fields.found), left: fields.left, hint: fields.hint))
        default:
            self = .unknown(type)
        }
    }

    private static func fields(_ line: [UInt8]) throws(Reason) -> Fields {
        do {
            return try JSONDecoder().decode(Fields.self, from: Data(line))
        } catch DecodingError.typeMismatch(_, let context) where !context.codingPath.isEmpty {
            throw Reason(words: "has a value of the wrong type in '\(path(context.codingPath))'")
        } catch DecodingError.valueNotFound(_, let context) where !context.codingPath.isEmpty {
            throw Reason(words: "has a null in '\(path(context.codingPath))'")
        } catch DecodingError.keyNotFound(let key, let context) {
            throw Reason(words: "lacks '\(path(context.codingPath + [key]))'")
        } catch DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty {
            throw Reason(words: "has a value that cannot be read in '\(path(context.codingPath))'")
        } catch DecodingError.typeMismatch, DecodingError.valueNotFound {
            throw Reason(words: "is JSON, but no object")
        } catch {
            throw Reason(words: "is no JSON")
        }
    }

    /// `endpoints[0].url`.
    private static func path(_ keys: [any CodingKey]) -> String {
        keys.reduce("") { path, key in
            if let place = key.intValue { return path + "[\(place)]" }
            return path + (path.isEmpty ? "" : ".") + key.stringValue
        }
    }

    private static func resource(_ fields: Fields) throws(Reason) -> String {
        let resource = try fields.required("resource", fields.resource)
        if !resource.isEmpty, resource.count <= 1000, !resource.contains(where: \.isNewline) { return resource }
        throw Reason(words: "has a resource that is empty, has more than one line or more than 1000 characters")
    }
}

// MARK: - Fields

/// Why it is none, as the end of what begins with "a line that".
private struct Reason: Error {
    var words: String
}

/// Every field of every message; unknown ones are passed over.
private struct Fields: Decodable {
    struct Option: Decodable {
        var key: String
        var value: String?
        var summary: String?
        var `default`: String?
    }
    struct Address: Decodable {
        var url: String
        var headers: [String: String]?
        var secret: Bool?
    }

    var type: String?
    var `protocol`: Int?
    var name: String?
    var options: [Option]?
    var abilities: [String]?
    var level, line, text, stage, resource, message, hint, state, left: String?
    var usage: Bool?
    var lines, found: [String]?
    var endpoints: [Address]?
    var replica, replicas, workers: Int?
    var session_cap: Int?
    var cores: Double?
    var pids, balancer_pids: [Int]?
    var balancer: String?

    func required<Value>(_ name: String, _ value: Value?) throws(Reason) -> Value {
        if let value { return value }
        throw Reason(words: "lacks '\(name)'")
    }

    func whole(_ name: String, _ value: Int?, in range: ClosedRange<Int>) throws(Reason) -> Int? {
        guard let value else { return nil }
        if range.contains(value) { return value }
        throw Reason(
            words: "has \(value) in '\(name)', which is not from \(range.lowerBound) to \(range.upperBound)")
    }

    func processes(_ name: String, _ values: [Int]?) throws(Reason) -> [Int32] {
        let numbers = (values ?? []).compactMap { Int32(exactly: $0) }.filter { $0 > 0 }
        if numbers.count == (values ?? []).count { return numbers }
        throw Reason(words: "has something in '\(name)' that is not the number of a process")
    }
}

extension PluginMessage {
    private static func hello(_ fields: Fields) throws(Reason) -> Hello {
        let name = try fields.required("name", fields.name)
        let isPlain = name.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || "-_.".utf8.contains(byte)
        }
        guard !name.isEmpty, name.count <= 40, isPlain else {
            throw Reason(words: "has a name that is not 1 to 40 letters, digits, hyphens, dots and underscores")
        }
        return Hello(
            version: try fields.required("protocol", fields.protocol), name: name,
            options: fields.options?.map {
                OptionDescription($0.key, $0.value ?? "VALUE", $0.summary ?? "", defaultValue: $0.default)
            }, abilities: Set(fields.abilities ?? []))
    }

    private static func ready(_ fields: Fields) throws(Reason) -> Ready {
        let addresses = try fields.required("endpoints", fields.endpoints)
        if addresses.isEmpty { throw Reason(words: "has no endpoint in 'endpoints'") }
        var endpoints: [Endpoint] = []
        for address in addresses { endpoints.append(try endpoint(address)) }
        if let cores = fields.cores, !(cores.isFinite && cores > 0) { throw Reason(words: "has 'cores' that are not above 0") }
        return Ready(
            endpoints: endpoints, replicas: try fields.whole("replicas", fields.replicas, in: 1...1_000_000) ?? endpoints.count,
            cores: fields.cores, workers: try fields.whole("workers", fields.workers, in: 1...1_000_000),
            sessionCap: try fields.whole("session_cap", fields.session_cap, in: 1...1_000_000),
            processes: try fields.processes("pids", fields.pids), balancer: fields.balancer,
            balancerProcesses: try fields.processes("balancer_pids", fields.balancer_pids))
    }

    private static func endpoint(_ address: Fields.Address) throws(Reason) -> Endpoint {
        // What is wrong with it must not show it.
        guard var endpoint = try? Endpoint(url: address.url) else {
            throw Reason(words: "has a URL in 'endpoints' that cannot be read: http, https, ws and wss can, with a host")
        }
        endpoint.isCapability = address.secret ?? false
        for (name, value) in (address.headers ?? [:]).sorted(by: { $0.key < $1.key }) {
            guard let header = SecretHeader(name: name, value: value) else {
                throw Reason(words: "has a header in 'endpoints' that cannot stand in a request")
            }
            endpoint.headers.append(header)
        }
        return endpoint
    }
}
