import ScaleAnalysis
import ScaleCore
import Testing

@testable import ScaleEngine

@Suite struct HeartbeatTests {
    /// A pulse that was looked at so many milliseconds after the cell began.
    private func pulse(_ looks: [Int64]) -> Heartbeat {
        var heart = Heartbeat()
        for look in looks { heart.beat(at: .milliseconds(look)) }
        return heart
    }

    @Test(arguments: [
        ("too early for the first beat", [0, 9], 0, 0),
        ("on time", [10, 20, 30], 3, 0),
        ("looked at in between, which is no beat", [10, 13, 17, 20], 2, 0),
        ("one beat late by 4 ms, the next on its own time", [10, 24, 30], 3, 4),
        ("away for a second: a hundred beats, the first of them by all of it", [10, 1010], 101, 990),
    ])
    func beats(what: String, looks: [Int64], count: Int, worst: Int64) {
        var heart = pulse(looks)
        #expect(heart.lags.count == count, "\(what)")
        #expect(heart.takeWorst() == .milliseconds(worst), "\(what)")
        #expect(heart.lags.summary?.max ?? .zero == .milliseconds(worst), "\(what)")
        #expect(heart.takeWorst() == .zero, "asked again, it starts anew")
    }

    /// One absence of a second in ten: a tenth of all moments, so P99 is within it and P50 is not.
    @Test func oneLongAbsenceWeighsAsLongAsItLasted() throws {
        let lags = try #require(pulse(Array(stride(from: 10, through: 9000, by: 10)) + [10_000]).lags.summary)
        #expect(lags.count == 1000)
        #expect(lags.p50 < .microseconds(1), "zero, at the histogram's precision")
        #expect(lags.p99 > .milliseconds(890) && lags.p99 < .milliseconds(910))
    }
}
