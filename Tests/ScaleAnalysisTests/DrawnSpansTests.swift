import Foundation
import ScaleCore
import Testing

@testable import ScaleAnalysis

@Suite struct DrawnSpansTests {
    static let uniform = SpanDistribution.uniform(from: .seconds(0.1), to: .seconds(0.5))
    static let lognormal = SpanDistribution.lognormal(mean: .seconds(0.3), sigma: 0.5)
    static let count = 100_000

    static func draws(_ distribution: SpanDistribution, seed: UInt64 = 1, for purpose: DrawPurpose = .think) -> [Double] {
        let spans = DrawnSpans(distribution, for: purpose, seed: seed)
        return (0..<count).map { spans[session: $0 / 10, step: $0 % 10 + 1].seconds }
    }

    @Test(arguments: [
        (SpanDistribution.fixed(span: .seconds(0.2)), 0.2, 0.0), (uniform, 0.3, 0.4 / 12.0.squareRoot()),
        (lognormal, 0.3, 0.3 * (exp(0.25) - 1).squareRoot()),
        (.lognormal(mean: .seconds(2), sigma: 1), 2, 2 * (exp(1.0) - 1).squareRoot()),
    ])
    func meanAndDeviation(_ distribution: SpanDistribution, mean: Double, deviation: Double) {
        let draws = Self.draws(distribution)
        let found = draws.reduce(0, +) / Double(Self.count)
        // Five standard errors.
        #expect(abs(found - mean) <= 5 * deviation / Double(Self.count).squareRoot() + 1e-12)
        let variance = draws.reduce(0) { $0 + ($1 - found) * ($1 - found) } / Double(Self.count)
        #expect(abs(variance.squareRoot() - deviation) <= 0.06 * deviation + 1e-9)
        #expect(abs(distribution.mean.seconds - mean) < 1e-9)
    }

    @Test func uniformStaysInItsRange() {
        let draws = Self.draws(Self.uniform)
        #expect(draws.allSatisfy { (0.1...0.5).contains($0) })
        #expect(draws.contains { $0 < 0.101 } && draws.contains { $0 > 0.499 })
        #expect(Self.draws(.uniform(from: .seconds(0.2), to: .seconds(0.2))).allSatisfy { $0 == 0.2 })
    }

    /// Half of the draws lie below the median, mean ÷ exp(sigma² ÷ 2), and 15.87 % below it ÷ exp(sigma).
    @Test func sigmaIsThatOfTheLogarithm() {
        let draws = Self.draws(Self.lognormal)
        let median = 0.3 / exp(0.125)
        #expect(abs(Double(draws.count { $0 < median }) / Double(Self.count) - 0.5) < 0.008)
        #expect(abs(Double(draws.count { $0 < median / exp(0.5) }) / Double(Self.count) - 0.1587) < 0.006)
    }

    @Test func theTailEndsWithWhatAClockCanCount() {
        let draws = Self.draws(.lognormal(mean: .seconds(3e7), sigma: 4))
        #expect(draws.allSatisfy { $0 >= 0 && $0 <= 365 * 86_400 })
    }

    @Test(arguments: [uniform, lognormal]) func orderDoesNotMatter(_ distribution: SpanDistribution) {
        let spans = DrawnSpans(distribution, for: .think, seed: 9)
        let places = (0..<1000).map { (session: $0 / 10, step: $0 % 10 + 1) }
        let forwards = places.map { spans[session: $0.session, step: $0.step] }
        let backwards = places.reversed().map { spans[session: $0.session, step: $0.step] }
        #expect(forwards == backwards.reversed())
        #expect(Set(forwards).count > 990)
        #expect(spans.sum(session: 3, steps: 10) == forwards[30..<40].reduce(.zero, +))
        #expect(spans.sum(session: 3, steps: 0) == .zero)
    }

    @Test(arguments: [uniform, lognormal]) func seedAndPurposeMakeTheDifference(_ distribution: SpanDistribution) {
        #expect(Self.draws(distribution, seed: 7) == Self.draws(distribution, seed: 7))
        let pairs = zip(Self.draws(distribution, seed: 7), Self.draws(distribution, seed: 8))
        #expect(pairs.count { $0 == $1 } < 10)
        let purposes = zip(Self.draws(distribution, for: .think), Self.draws(distribution, for: .wait))
        #expect(purposes.count { $0 == $1 } < 10)
    }
}
