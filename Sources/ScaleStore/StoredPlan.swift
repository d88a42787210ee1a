import GRDB
import ScaleCore

/// A plan as the JSON of `runs.plan`: keys with their units, apart from the names that ``Plan`` has in the code.
///
/// GRDB writes and reads a `Codable` column as JSON with sorted keys. A key that a later version adds must be
/// optional here, so that older rows stay readable.
struct StoredPlan: Codable, DatabaseValueConvertible {
    struct Timeouts: Codable {
        var connect: Int64
        var reset: Int64
        var step: Int64
        var close: Int64
    }

    var modes: [Mode]
    var requests: [Int]
    var wait_ns: [Int64]
    /// Where the waits are drawn; times inside are nanoseconds, as in `shape` and `think`.
    var wait_spread: SpanDistribution?
    var steps: Int
    var reps: Int
    /// Nil where the number of repetitions is fixed.
    var most_reps: Int?
    /// Nil for a grid. Its budget is in nanoseconds.
    var search: SearchSettings?
    var shape: LoadShape
    /// Nil for free.
    var pacing: Pacing?
    var think: SpanDistribution?
    /// Nil for false.
    var ignore_done: Bool?
    var timeouts_ns: Timeouts
    var http_connections: String
    /// Nil for all.
    var resolve: AddressChoice?
    var action: String?
    var trace: TraceSource?
    /// Decimal: JSON readers lose the low digits of a 64-bit number.
    var seed: String

    init(_ plan: Plan) {
        modes = plan.modes
        requests = plan.sessions
        wait_ns = plan.waits.map(\.rawValue)
        wait_spread = plan.waitSpread
        steps = plan.steps
        reps = plan.reps
        most_reps = plan.mostReps
        search = plan.search
        shape = plan.shape
        pacing = plan.pacing == .free ? nil : plan.pacing
        think = plan.think
        ignore_done = plan.ignoresDone ? true : nil
        timeouts_ns = Timeouts(
            connect: plan.timeouts.connect.rawValue, reset: plan.timeouts.reset.rawValue,
            step: plan.timeouts.step.rawValue, close: plan.timeouts.close.rawValue)
        http_connections = plan.httpConnections.description
        resolve = plan.addresses == .all ? nil : plan.addresses
        action = plan.action
        trace = plan.trace
        seed = String(plan.seed)
    }

    func plan() throws(ScaleError) -> Plan {
        guard let connections = ConnectionPolicy(http_connections), let seed = UInt64(seed) else {
            throw ScaleError(.storage, "a stored plan has a connection policy or a seed that cannot be read")
        }
        return Plan(
            modes: modes, sessions: requests, waits: wait_ns.map(Nanoseconds.init), steps: steps, reps: reps,
            mostReps: most_reps, search: search, waitSpread: wait_spread, shape: shape, pacing: pacing ?? .free, think: think,
            ignoresDone: ignore_done ?? false,
            timeouts: PhaseTimeouts(
                connect: Nanoseconds(timeouts_ns.connect), reset: Nanoseconds(timeouts_ns.reset),
                step: Nanoseconds(timeouts_ns.step), close: Nanoseconds(timeouts_ns.close)),
            httpConnections: connections, addresses: resolve ?? .all, action: action, trace: trace, seed: seed)
    }
}

/// A list of texts as a JSON array.
struct StoredTexts: Codable, DatabaseValueConvertible {
    var texts: [String]

    init(_ texts: [String]) { self.texts = texts }

    init(from decoder: any Decoder) throws {
        texts = try decoder.singleValueContainer().decode([String].self)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(texts)
    }
}
