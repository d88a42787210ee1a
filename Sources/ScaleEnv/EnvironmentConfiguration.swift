import ScaleCore
import ScaleReactor

/// How the bundled environment is served.
public struct EnvironmentConfiguration: Hashable, Sendable {
    /// A name or a numeric address; IPv6 without brackets.
    public var host: String
    /// 0 lets the kernel choose one.
    public var port: UInt16
    /// Server processes that share the port; at least 1.
    public var workers: Int
    /// Sessions each worker admits; nil for as many as come.
    public var maxConcurrentEnvs: Int?
    /// What observations call this host; nil for ``host``, or for the kernel's host name when that is every interface,
    /// so that replicas that all listen on `0.0.0.0` can be told apart.
    public var advertisedHost: String?
    /// Listens on a port that other processes of the same user may listen on too (`SO_REUSEPORT`).
    public var sharesPort: Bool
    /// Processor time that each step takes of its worker's thread before it waits; zero for none.
    public var stepCPU: Nanoseconds
    public var faults: FaultPlan
    /// How long a peer may take to close after the server's last word to it.
    var patience = Nanoseconds.seconds(5)

    public init(
        host: String = "127.0.0.1", port: UInt16 = 8000, workers: Int = 1, maxConcurrentEnvs: Int? = nil,
        advertisedHost: String? = nil, sharesPort: Bool = false, stepCPU: Nanoseconds = .zero,
        faults: FaultPlan = FaultPlan()
    ) {
        self.host = host
        self.port = port
        self.workers = workers
        self.maxConcurrentEnvs = maxConcurrentEnvs
        self.advertisedHost = advertisedHost
        self.sharesPort = sharesPort
        self.stepCPU = stepCPU
        self.faults = faults
    }

    /// `host:port` for a person or a URL.
    func place(port: UInt16) -> String { Self.joined(host, port) }

    private static func joined(_ host: String, _ port: UInt16) -> String {
        (host.contains(":") ? "[\(host)]" : host) + ":\(port)"
    }

    /// `host:port` as observations carry it.
    func hostURL(port: UInt16) -> String {
        let everyInterface = host.isEmpty || host == "0.0.0.0" || host == "::"
        return Self.joined(advertisedHost ?? (everyInterface ? ThisProcess.hostName ?? host : host), port)
    }
}

/// The service's settings as they were typed: flags, and environment variables where a flag is absent.
public struct EnvironmentOptions: Sendable {
    public var host: String?
    public var port: String?
    public var workers: String?
    public var maxConcurrentEnvs: String?
    public var advertisedHost: String?
    public var stepCPU: String?
    /// Each `NAME=VALUE`, or several with commas between; none where the flag is absent.
    public var faults: [String]
    public var faultSeed: String?

    public init(
        host: String? = nil, port: String? = nil, workers: String? = nil, maxConcurrentEnvs: String? = nil,
        advertisedHost: String? = nil, stepCPU: String? = nil, faults: [String] = [], faultSeed: String? = nil
    ) {
        self.host = host
        self.port = port
        self.workers = workers
        self.maxConcurrentEnvs = maxConcurrentEnvs
        self.advertisedHost = advertisedHost
        self.stepCPU = stepCPU
        self.faults = faults
        self.faultSeed = faultSeed
    }

    /// Reads and checks the settings: `--host`/`HOST` (127.0.0.1), `--port`/`PORT` (8000), `--workers`/`WORKERS` (1),
    /// `--max-concurrent-envs`/`MAX_CONCURRENT_ENVS` (unlimited), `--advertise-host`/`ADVERTISE_HOST`,
    /// `--step-cpu`/`STEP_CPU` (none), `--fault`/`FAULT` (none) and `--fault-seed`/`FAULT_SEED` (0). An empty variable
    /// counts as absent.
    /// - Parameter variable: the value of an environment variable.
    public func configuration(
        variable: (String) -> String? = ThisProcess.environment
    ) throws(ScaleError) -> EnvironmentConfiguration {
        var result = EnvironmentConfiguration()
        func given(_ flag: String?, _ name: String, _ variableName: String) -> (text: String, source: String)? {
            if let flag { return (flag, name) }
            guard let text = variable(variableName), !text.isEmpty else { return nil }
            return (text, variableName)
        }
        if let host = given(host, "--host", "HOST") {
            result.host = try Self.host(host.text, host.source)
        }
        if let port = given(port, "--port", "PORT") {
            let hint = "give a port from 1 to 65535, or 0 to let the kernel choose one"
            result.port = UInt16(try Self.number(port.text, port.source, 0...65_535, hint: hint))
        }
        if let workers = given(workers, "--workers", "WORKERS") {
            result.workers = try Self.number(workers.text, workers.source, 1...1024, hint: "give a count from 1 to 1024")
        }
        if let cap = given(maxConcurrentEnvs, "--max-concurrent-envs", "MAX_CONCURRENT_ENVS"), cap.text != "unlimited" {
            let hint = "give the sessions that each worker admits, from 1 to 1000000000, or 'unlimited'"
            result.maxConcurrentEnvs = try Self.number(cap.text, cap.source, 1...1_000_000_000, hint: hint)
        }
        if let name = given(advertisedHost, "--advertise-host", "ADVERTISE_HOST") {
            result.advertisedHost = try Self.host(name.text, name.source)
        }
        if let work = given(stepCPU, "--step-cpu", "STEP_CPU") {
            guard let time = Nanoseconds(typed: work.text) else {
                throw .usage(
                    "\(work.source) '\(work.text)' is not a time from 0s to 3600s",
                    hint: "write a number with us, ms or s, such as 2ms")
            }
            result.stepCPU = time
        }
        var seed: UInt64 = 0
        if let typed = given(faultSeed, "--fault-seed", "FAULT_SEED") {
            guard let number = UInt64(typed.text) else {
                throw .usage(
                    "\(typed.source) '\(typed.text)' is not a whole number from 0 to 18446744073709551615",
                    hint: "give one, such as 1")
            }
            seed = number
        }
        let list = faults.isEmpty ? variable("FAULT").flatMap { $0.isEmpty ? nil : [$0] } ?? [] : faults
        result.faults = try FaultPlan(list, seed: seed, source: faults.isEmpty ? "FAULT" : "--fault")
        return result
    }

    private static func number(
        _ text: String, _ source: String, _ range: ClosedRange<Int>, hint: String
    ) throws(ScaleError) -> Int {
        guard let value = Int(text) else { throw .usage("\(source) '\(text)' is not a whole number", hint: hint) }
        guard range.contains(value) else { throw .usage("\(source) '\(text)' is out of range", hint: hint) }
        return value
    }

    /// What can stand in a host URL inside JSON as it is.
    private static func host(_ text: String, _ source: String) throws(ScaleError) -> String {
        let bare = text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
        let allowed = bare.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || "-._:%".utf8.contains(byte)
        }
        guard allowed, !bare.isEmpty else {
            throw .usage(
                "\(source) '\(text)' is not a host", hint: "give a name or an address like 127.0.0.1, 0.0.0.0 or ::1")
        }
        return bare
    }
}
