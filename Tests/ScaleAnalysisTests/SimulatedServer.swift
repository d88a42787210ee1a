import Glibc
import ScaleAnalysis
import ScaleCore

/// A server with a known limit and a clock of its own: what a search finds can be held against the truth.
struct SimulatedServer: Sendable {
    enum Model: Sendable {
        /// Admits so many sessions and refuses the rest.
        case cap(Int)
        /// Each session succeeds with a chance that falls with N as a logistic curve does: one half at `middle`, and
        /// the steeper the smaller `spread`, which is a share of it.
        case busy(middle: Double, spread: Double)
    }

    var model: Model
    /// From here on the generator is what limits.
    var generatorLimit = Int.max
    var random: SplitMix64

    init(_ model: Model, generatorLimit: Int = .max, seed: UInt64) {
        self.model = model
        self.generatorLimit = generatorLimit
        random = SplitMix64(seed: seed)
    }

    func chance(at sessions: Int) -> Double {
        switch model {
        case .cap(let cap): min(1, Double(cap) / Double(sessions))
        case .busy(let middle, let spread): 1 / (1 + exp((Double(sessions) - middle) / (spread * middle)))
        }
    }

    /// The largest N of which at least 95 % succeed.
    var truth: Int {
        var (low, high) = (0, 1 << 24)
        while high - low > 1 {
            let middle = (low + high) / 2
            if chance(at: middle) >= 0.95 { low = middle } else { high = middle }
        }
        return low
    }

    mutating func measure(_ key: CellKey) -> CellRecord {
        let succeeded: Int
        switch model {
        case .cap(let cap): succeeded = min(cap, key.sessions)
        case .busy:
            let chance = chance(at: key.sessions)
            succeeded = (0..<key.sessions).count { _ in Double.random(in: 0..<1, using: &random) < chance }
        }
        return simulatedCell(
            key, succeeded: succeeded, wall: key.wait + .milliseconds(Int64(key.sessions)),
            limiter: key.sessions > generatorLimit ? .generator : .none)
    }
}

/// A finished cell with nothing in it but what a decision looks at.
func simulatedCell(
    _ key: CellKey, succeeded: Int, wall: Nanoseconds = .seconds(1), limiter: Limiter = .none
) -> CellRecord {
    CellRecord(
        key: key, startedAt: WallTime(microseconds: 0), wall: wall, succeeded: succeeded, failed: key.sessions - succeeded,
        failures: [], latencies: [:], sessionsPerSecond: nil, stepsPerSecond: nil, effectiveConcurrency: nil, peakOpen: 0,
        uniquePids: 0, uniqueSessions: 0, uniqueHosts: 0, generator: GeneratorUse(cpu: .zero, peakRSSBytes: 0, threads: 1),
        server: nil, verdict: Verdict(limiter, evidence: ""), reportedSessionCap: nil)
}

/// A course that was followed to its end.
struct Followed {
    var cells: [CellRecord] = []
    var reasons: [CapacitySearch.Reason?] = []
    var shortage: CellCourse.Shortage?
    var conclusion: CapacitySearch.Conclusion?

    var sessions: Int { cells.reduce(0) { $0 + $1.key.sessions } }
    var tried: [Int] { cells.map(\.key.sessions) }
    /// As every report computes it.
    var bracket: Capacity.Bracket { Capacity.all(of: cells).first?.batch ?? .none }

    init(_ plan: Plan, top: Int = 1 << 20, on server: inout SimulatedServer) {
        var course = CellCourse(plan, top: top)
        var clock = Nanoseconds.zero
        while case .measure(let key, let why) = course.next(elapsed: clock) {
            let cell = server.measure(key)
            clock += cell.wall
            course.finish(cell)
            cells.append(cell)
            reasons.append(why)
        }
        if case .done(let short) = course.next(elapsed: clock) { shortage = short }
        conclusion = course.conclusions.first?.conclusion
    }
}
