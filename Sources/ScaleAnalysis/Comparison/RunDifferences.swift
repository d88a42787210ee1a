import ScaleCore

/// Why the numbers of two runs are not of the same thing.
public struct RunDifferences: Hashable, Sendable {
    /// Each in a few words without a full stop, as `8 cores and 2 cores`; the first run's comes first.
    public var host: [String]
    public var plan: [String]
    /// What does not keep them from being compared.
    public var version: String?

    public init(_ a: RunRecord, _ b: RunRecord) {
        host = Self.hosts(a.host, b.host)
        plan = Self.plans(a.plan, b.plan)
        version = a.version == b.version ? nil : "scalebench \(a.version) and \(b.version)"
    }

    // MARK: Hosts

    /// What the kernel reports of the memory changes a little with every kernel.
    private static let sameMemory = 0.02

    private static func hosts(_ a: HostFacts?, _ b: HostFacts?) -> [String] {
        guard let a, let b else { return a == nil && b == nil ? ["neither host is known"] : ["one host is not known"] }
        var found: [String] = []
        func compare<Value: Equatable>(_ path: KeyPath<HostFacts, Value>, _ show: (Value) -> String) {
            if a[keyPath: path] != b[keyPath: path] { found.append("\(show(a[keyPath: path])) and \(show(b[keyPath: path]))") }
        }
        compare(\.cpuModel) { $0 }
        compare(\.cores) { $0.counted("core", "cores") }
        let memory = (Double(a.memoryBytes), Double(b.memoryBytes))
        if abs(memory.0 - memory.1) > max(memory.0, memory.1) * sameMemory {
            found.append(
                "\((memory.0 / 1_073_741_824).rounded(places: 1)) and \((memory.1 / 1_073_741_824).rounded(places: 1)) GiB of memory")
        }
        compare(\.kernel) { "kernel " + $0 }
        compare(\.system) { $0 }
        compare(\.descriptorLimit) { "at most \($0.grouped) open files" }
        compare(\.portRange) { "local ports " + $0.map(String.init).joined(separator: "–") }
        compare(\.acceptQueueLimit) { "accept queues of \($0.grouped)" }
        return found
    }

    // MARK: Plans

    /// But for what a cell's load says, and how often each was repeated.
    private static func plans(_ a: Plan, _ b: Plan) -> [String] {
        var found: [String] = []
        func compare<Value: Equatable>(_ what: String, _ path: KeyPath<Plan, Value>, _ show: (Value) -> String) {
            if a[keyPath: path] != b[keyPath: path] { found.append("\(what): \(show(a[keyPath: path])) and \(show(b[keyPath: path]))") }
        }
        compare("starts", \.shape, words)
        compare("pacing", \.pacing, words)
        compare("waits drawn from", \.waitSpread) { $0?.description ?? "nothing" }
        compare("think time", \.think) { $0?.description ?? "none" }
        compare("done episodes", \.ignoresDone) { $0 ? "go on" : "end" }
        compare("connections of HTTP", \.httpConnections) { $0.description }
        compare("addresses of a name", \.addresses) { $0.rawValue }
        compare("action", \.action) { $0 ?? "the usual one" }
        // Its path is a label.
        let traces = [a, b].map { plan in plan.trace?.identity ?? "none" }
        if traces[0] != traces[1] { found.append("trace: \(traces[0]) and \(traces[1])") }
        compare("timeouts", \.timeouts) { words($0) }
        return found
    }

    private static func words(_ span: Nanoseconds) -> String { span.seconds.rounded(places: 9) + " s" }

    private static func words(_ shape: LoadShape) -> String {
        switch shape {
        case .burst: "all at once"
        case .ramp(let span): "over " + words(span)
        case .open(let rate, let arrivals): "\(rate.rounded(places: 3)) a second (\(arrivals))"
        }
    }

    private static func words(_ pacing: Pacing) -> String {
        if let span = pacing.holds { return "held for " + words(span) }
        return pacing == .lockstep ? "in lock-step" : "free"
    }

    private static func words(_ timeouts: PhaseTimeouts) -> String {
        let spans = [timeouts.connect, timeouts.reset, timeouts.step, timeouts.close]
        return Set(spans).count == 1 ? words(spans[0]) : spans.map(words).joined(separator: ", ")
    }
}
