import ScaleCore
import Testing

@testable import ScaleAnalysis

@Suite struct StartScheduleTests {
    static func starts(_ shape: LoadShape, _ sessions: Int, seed: UInt64 = 1) -> [Int64] {
        let schedule = StartSchedule(shape, sessions: sessions, seed: seed)
        return (0..<sessions).map { schedule[$0].rawValue }
    }

    struct Table: Sendable, CustomTestStringConvertible {
        var shape: LoadShape
        var starts: [Int64]
        var testDescription: String { "\(shape), \(starts.count) sessions" }
    }

    @Test(arguments: [
        Table(shape: .burst, starts: [0, 0, 0]),
        Table(shape: .ramp(over: .seconds(10)), starts: [0]),
        Table(shape: .ramp(over: .seconds(10)), starts: [0, 2_500_000_000, 5_000_000_000, 7_500_000_000]),
        Table(shape: .ramp(over: Nanoseconds(10)), starts: [0, 3, 6]),
        Table(shape: .open(rate: 200, arrivals: .even), starts: [0, 5_000_000, 10_000_000, 15_000_000]),
        Table(shape: .open(rate: 3, arrivals: .even), starts: [0, 333_333_333, 666_666_667, 1_000_000_000]),
    ])
    func numbers(_ table: Table) {
        #expect(Self.starts(table.shape, table.starts.count) == table.starts)
    }

    @Test func theLongestRampDoesNotOverflow() {
        let year = Nanoseconds.seconds(365 * 86_400)
        let starts = Self.starts(.ramp(over: year), 20_000)
        #expect(starts.last == year.rawValue / 20_000 * 19_999)
    }

    static let shapes: [LoadShape] = [
        .burst, .ramp(over: .seconds(1)), .open(rate: 1000, arrivals: .even), .open(rate: 1000, arrivals: .poisson),
    ]

    @Test(arguments: shapes) func startsNeverFall(_ shape: LoadShape) {
        let starts = Self.starts(shape, 5000)
        #expect(zip(starts, starts.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(starts.first.map { $0 >= 0 } == true)
    }

    @Test func poissonArrivalsKeepTheirRateAndSpread() {
        let count = 100_000
        let starts = Self.starts(.open(rate: 200, arrivals: .poisson), count)
        let gaps = zip([0] + starts, starts).map { Double($1 - $0) / 1e9 }
        let mean = gaps.reduce(0, +) / Double(count)
        // Five standard errors. An exponential gap has the standard deviation of its mean.
        #expect(abs(mean - 0.005) < 5 * 0.005 / Double(count).squareRoot())
        let variance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
        #expect(abs(variance.squareRoot() / 0.005 - 1) < 0.03)
        // P(gap > 2 × mean) = e⁻².
        #expect(abs(Double(gaps.count { $0 > 0.01 }) / Double(count) - 0.1353) < 0.006)
    }

    @Test func poissonArrivalsAreTheSeedsAlone() {
        let shape = LoadShape.open(rate: 50, arrivals: .poisson)
        #expect(Self.starts(shape, 100, seed: 7) == Self.starts(shape, 100, seed: 7))
        #expect(Self.starts(shape, 100, seed: 7) != Self.starts(shape, 100, seed: 8))
        // A larger cell begins with the arrivals of a smaller one.
        #expect(Array(Self.starts(shape, 1000, seed: 7).prefix(100)) == Self.starts(shape, 100, seed: 7))
    }
}
