import ScaleAnalysis
import ScaleCore
import ScaleWire

/// What one loop has seen: no lock, no actor, nothing allocated per message. It leaves the loop once, as part of a
/// ``LoopResult``.
struct LoopRecorder {
    private(set) var steps = LatencyHistogram()
    var heart = Heartbeat()
    private(set) var stepsInWindow = 0.0
    private(set) var stepTime = Nanoseconds.zero
    private var firstStep = Nanoseconds(.max)
    private var lastStep = Nanoseconds(.min)
    /// What counts for rates: all the time, or that for which sessions are held.
    private var steady = Nanoseconds(.min)...Nanoseconds(.max)
    private var isHolding = false
    /// Of a batch in lock-step, in their order.
    private(set) var rounds: [LockstepRound] = []
    /// Steps of a trace that went out later than they were recorded to.
    var lateSteps = 0
    private(set) var samples: [CellSample] = []
    private(set) var hosts: [[UInt8]] = []
    private(set) var reportedCap: Int?
    private(set) var reportedActive: Int?
    /// What servers said to sessions that failed; kept to ``mostTexts`` different ones.
    private(set) var texts: [ServerText] = []
    private var oddityCounts = [Int](repeating: 0, count: Oddity.allCases.count)
    var succeeded = 0
    var failed = 0
    private var sockets = 0
    private(set) var peakSockets = 0

    /// A step was answered. One that the end of the steady window cuts counts by the part of its time that lies inside: left
    /// out or counted whole it would make the rate depend on how long the window is.
    /// - Parameter round: its number in the session, from 1.
    mutating func step(from start: Nanoseconds, to end: Nanoseconds, round: Int) {
        steps.record(end - start)
        let inside = max(.zero, min(end, steady.upperBound) - max(start, steady.lowerBound))
        stepTime += inside
        if round <= rounds.count { rounds[round - 1].answered(from: start, to: end) }
        guard end <= steady.upperBound else {
            // One of no length is over at its start, outside.
            if end > start { stepsInWindow += inside.seconds / (end - start).seconds }
            return
        }
        stepsInWindow += 1
        firstStep = min(firstStep, start)
        lastStep = max(lastStep, end)
    }

    /// A session failed; where its round was under way, the others waited until it did.
    mutating func lost(round: Int, at now: Nanoseconds) {
        if round <= rounds.count { rounds[round - 1].lost(at: now) }
    }

    mutating func hold(from start: Nanoseconds, until end: Nanoseconds) {
        steady = start...end
        isHolding = true
    }

    mutating func beginRound(at now: Nanoseconds) { rounds.append(LockstepRound(released: now)) }

    /// What the steps are counted over; nil where there are none.
    var window: ClosedRange<Nanoseconds>? {
        isHolding ? steady : stepsInWindow > 0 ? firstStep...lastStep : nil
    }

    mutating func sample(at now: Nanoseconds, open: Int, started: Int, cpu: Nanoseconds) {
        samples.append(
            CellSample(
                at: now, open: open, started: started, succeeded: succeeded, failed: failed, loopLag: heart.takeWorst(),
                cpu: cpu))
    }

    /// The index of a host's name; names are few, and a session meets the one it met before.
    mutating func host(_ name: UnsafeRawBufferPointer, hint: Int32) -> Int32 {
        if hint >= 0, hosts[Int(hint)].elementsEqual(name) { return hint }
        if let found = hosts.firstIndex(where: { $0.elementsEqual(name) }) { return Int32(found) }
        hosts.append(Array(name))
        return Int32(hosts.count - 1)
    }

    mutating func socketOpened() {
        sockets += 1
        peakSockets = max(peakSockets, sockets)
    }

    mutating func socketClosed() { sockets -= 1 }

    mutating func refused(by cap: Int?, active: Int?) {
        if let cap { reportedCap = max(reportedCap ?? 0, cap) }
        if let active { reportedActive = max(reportedActive ?? 0, active) }
    }

    /// A server that says something else to every session must not make this grow.
    static let mostTexts = 64

    /// Keeps what a server said to a session that failed.
    mutating func said(_ text: String, to failure: SessionFailure) {
        let same = texts.firstIndex { $0.kind == failure.kind && $0.phase == failure.phase && $0.code == failure.code && $0.text == text }
        if let same {
            texts[same].count += 1
        } else if texts.count < Self.mostTexts {
            texts.append(ServerText(kind: failure.kind, phase: failure.phase, code: failure.code, text: text, count: 1))
        }
    }

    private static let allOddities = Oddity.allCases

    mutating func note(_ oddity: Oddity, times: Int = 1) {
        if times > 0, let place = Self.allOddities.firstIndex(of: oddity) { oddityCounts[place] += times }
    }

    var oddities: [Oddity: Int] {
        Dictionary(uniqueKeysWithValues: zip(Oddity.allCases, oddityCounts).filter { $0.1 > 0 })
    }
}

/// One loop's share of a cell.
struct LoopResult: Sendable {
    var sessions: [SessionRecord]
    var steps: LatencyHistogram
    var lags: LatencyHistogram
    var stepsInWindow: Double
    var stepTime: Nanoseconds
    var window: ClosedRange<Nanoseconds>?
    var rounds: [LockstepRound]
    var lateSteps: Int
    var samples: [CellSample]
    var hosts: [String]
    var reportedCap: Int?
    var reportedActive: Int?
    var texts: [ServerText]
    var oddities: [Oddity: Int]
    var cpu: Nanoseconds
    /// Time that its thread could have run and had no processor; nil where the kernel does not say.
    var starved: Nanoseconds?
    /// The most sockets it had open at one moment.
    var peakSockets: Int
    var ended: Nanoseconds
    var aborted: Bool
}
