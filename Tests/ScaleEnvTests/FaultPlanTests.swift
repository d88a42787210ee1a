import ScaleCore
import ScaleWire
import Testing

@testable import ScaleEnv

@Suite struct FaultPlanTests {
    static func plan(_ texts: String..., seed: UInt64 = 1) throws -> FaultPlan {
        try FaultPlan(texts, seed: seed, source: "--fault")
    }

    @Test(
        "faults are read and written again",
        arguments: [
            ("reset-error=1%", "reset-error=1%"), ("slow-step=3s@1%", "slow-step=3s@1%"), ("drop=0.5%", "drop=0.5%"),
            ("close-1011=100%", "close-1011=100%"), ("stall-accept=1500ms", "stall-accept=1500ms"),
            ("half-frame=0%", ""), ("garbage=2.25%,drop=1.0%", "drop=1%,garbage=2.25%"),
            ("slow-step=0.5ms@1%", "slow-step=500us@1%"), ("slowdown=10%", "slowdown=10%"), ("stall-accept=0s", ""),
        ])
    func reading(text: String, written: String) throws {
        let plan = try Self.plan(text)
        #expect(plan.texts.joined(separator: ",") == written)
        #expect(try FaultPlan(plan.texts, seed: 1, source: "") == plan)
        #expect(plan.isEmpty == written.isEmpty)
    }

    @Test(
        "a bad fault is named with its flag and a remedy",
        arguments: [
            ("drop", "is not NAME=VALUE"), ("", "is not NAME=VALUE"), ("crash=1%", "names no fault"),
            ("drop=1", "has no rate"), ("drop=101%", "has no rate"), ("drop=-1%", "has no rate"),
            ("drop=1e1%", "has no rate"), ("drop=nan%", "has no rate"), ("drop=.5%", "has no rate"),
            ("stall-accept=5", "has no time"), ("stall-accept=2h", "has no time"), ("stall-accept=3601s", "has no time"),
            ("slow-step=3s", "has no time and rate"), ("slow-step=1%@3s", "has no time and rate"),
            ("drop=1%,drop=2%", "a second time"), ("drop=60%,garbage=41%", "more than 100 %"),
        ])
    func refusing(text: String, problem: String) {
        do throws(ScaleError) {
            _ = try FaultPlan([text], seed: 0, source: "--fault")
            Issue.record("accepted")
        } catch {
            #expect(error.code == .usage && error.hint != nil)
            #expect(error.message.hasPrefix("--fault '") && error.message.contains(problem), "\(error)")
            if problem == "names no fault" { #expect(error.hint?.contains("stall-accept, half-frame") == true) }
        }
    }

    static let places = (1...1_000).flatMap { session in
        (0..<100).map { FaultPlan.Place(session: UInt64(session), turn: UInt64($0)) }
    }

    @Test("each fault has its own rate over 100,000 draws", arguments: [0, 1, 2] as [UInt64])
    func rates(seed: UInt64) throws {
        let plan = try Self.plan(
            "reset-error=1%,slow-step=1s@2%,drop=0.5%,close-1011=1%,half-frame=5%,garbage=10%", seed: seed)
        // Within five standard deviations of a binomial count: sqrt(n p (1 - p)).
        func expect(_ count: Int, _ rate: Double) {
            let mean = 100_000 * rate
            #expect(abs(Double(count) - mean) < 5 * (mean * (1 - rate)).squareRoot(), "\(count) of \(mean)")
        }
        expect(Self.places.count { plan.failsReset(at: $0) }, 0.01)
        expect(Self.places.count { plan.extraWait(.zero, hasWork: false, at: $0) == .seconds(1) }, 0.02)
        let rates: [(FaultPlan.AnswerFault, Double)] = [
            (.drop, 0.005), (.close1011, 0.01), (.halfFrame, 0.05), (.garbage, 0.1),
        ]
        let faults = Self.places.map { plan.answerFault(at: $0) }
        for (fault, rate) in rates { expect(faults.count { $0 == fault }, rate) }
    }

    @Test func aPlaceIsHitOrNotWhateverElseIsAsked() throws {
        let plan = try Self.plan("drop=10%")
        let forwards = Self.places.map { plan.answerFault(at: $0) }
        #expect(Self.places.reversed().map { plan.answerFault(at: $0) } == forwards.reversed())
        let other = try Self.plan("drop=10%", seed: 2)
        #expect(Self.places.map { other.answerFault(at: $0) } != forwards)
        // Fixed, so that a run of one version can be repeated with another.
        #expect(plan.forWorker(1) == other)
    }

    @Test func theEdgesAreNeverAndAlways() throws {
        let (never, always) = (try Self.plan("drop=0%"), try Self.plan("drop=100%"))
        #expect(Self.places.allSatisfy { never.answerFault(at: $0) == nil })
        #expect(Self.places.allSatisfy { always.answerFault(at: $0) == .drop })
    }

    @Test func garbageIsNeitherAFrameNorAResponse() throws {
        let plan = try Self.plan("garbage=100%")
        for place in Self.places.prefix(1_000) {
            var (frame, head) = (plan.garbage(at: place), plan.garbage(at: place))
            #expect(frame.count == 64)
            var frames = WebSocketReceiver(role: .client, maxMessageBytes: 1 << 20)
            var responses = HTTPReceiver(role: .client, maxBodyBytes: 1 << 20)
            let isFrame = frame.withUnsafeMutableBytes { bytes in
                var rest = bytes
                if case .violation = frames.next(&rest) { return false }
                return true
            }
            let isResponse = head.withUnsafeMutableBytes { bytes in
                var rest = bytes
                if case .message = responses.next(&rest) { return true }
                return false
            }
            #expect(!isFrame && !isResponse)
        }
    }

    @Test func aSlowdownIsOfTheWorkOrElseOfTheWait() throws {
        let plan = try Self.plan("slowdown=10%")
        let place = FaultPlan.Place(session: 1, turn: 1)
        #expect(plan.extraWait(.seconds(2), hasWork: false, at: place) == .milliseconds(200))
        #expect(plan.extraWait(.seconds(2), hasWork: true, at: place) == .zero)
    }
}
