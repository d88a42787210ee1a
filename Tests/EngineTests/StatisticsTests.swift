import Foundation
import ScaleAnalysis
import ScaleCore
import ScaleTestKit
import Testing

/// Every estimate that a decision rests on, computed here and by SciPy from the same input.
@Suite("statistics against SciPy", .patience(minutes: 3))
struct StatisticsTests {
    @Test func everyEstimateAgreesWithSciPy() async throws {
        let verdict = try await Recomputation.estimates(try StatisticsTables())
        #expect(verdict.differences.isEmpty)
        #expect(verdict.compared > 1_000)
    }

    /// One value of each table is off by twice what is allowed, or in its last digit: they are found and named, and
    /// nothing else is.
    @Test func wrongEstimatesAreFound() async throws {
        var tables = try StatisticsTables()
        for error in StatisticsTables.errors { error.plant(&tables) }
        let verdict = try await Recomputation.estimates(tables)
        #expect(verdict.differences.count == StatisticsTables.errors.count)
        for error in StatisticsTables.errors {
            #expect(verdict.differences.contains { $0.contains(error.named) }, "\(error.named): \(verdict.differences)")
        }
    }
}

/// What goes to SciPy: inputs beside what scalebench made of them.
struct StatisticsTables: Encodable {
    struct Bounds: Encodable {
        var succeeded: Int
        var offered: Int
        var confidence: Double
        var lower: Double
        var upper: Double
    }

    struct Fewest: Encodable {
        var threshold: Double
        var confidence: Double
        var fewest: Int
    }

    struct Percentiles: Encodable {
        var values: [Int64]
        var percentiles: [String: Int64]
    }

    struct Ends: Encodable {
        var low: Double?
        var high: Double?

        init(_ interval: Interval) { (low, high) = (interval.low, interval.high) }
    }

    struct Fit: Encodable {
        var name: String
        var law: String
        var sessions: [Double]
        var throughput: [Double]
        var gamma: Double
        var alpha: Double
        var beta: Double
        var determination: Double
        var intervals: [String: Ends]
        var resamples: Int
        var fewestSizes = ScalabilityFit.fewestSizes
    }

    struct Draws: Encodable {
        var distribution: String
        var parameters: [Double]
        var seconds: [Double]
    }

    var bounds: [Bounds]
    var fewest: [Fewest]
    var percentiles: [Percentiles]
    var fits: [Fit]
    var draws: [Draws]
    var gate = GateStatistics()

    init() throws {
        bounds = Self.makeBounds()
        fewest = [(0.95, 0.95), (0.95, 0.99), (0.99, 0.95), (0.9, 0.95), (0.5, 0.9), (0.999, 0.95)].map { threshold, confidence in
            Fewest(
                threshold: threshold, confidence: confidence,
                fewest: PassRule(threshold: threshold, confidence: confidence).fewestToPass)
        }
        percentiles = Self.makePercentiles()
        fits = try Self.makeFits()
        draws = Self.makeDraws()
    }

    private static func makeBounds() -> [Bounds] {
        var places = [(0, 1), (1, 1), (0, 59), (58, 59), (59, 59), (1, 1_000_000), (999_999, 1_000_000), (950_000, 1_000_000)]
        for offered in [2, 10, 64, 200, 1_000, 4_096, 49_152, 819_200] {
            for share in [0, 0.001, 0.05, 0.5, 0.9, 0.949, 0.95, 0.951, 0.98, 0.999, 1] {
                places.append((Int((share * Double(offered)).rounded()), offered))
            }
        }
        return places.flatMap { succeeded, offered in
            [0.9, 0.95, 0.99].map { confidence in
                Bounds(
                    succeeded: succeeded, offered: offered, confidence: confidence,
                    lower: BinomialBounds.lower(successes: succeeded, of: offered, confidence: confidence),
                    upper: BinomialBounds.upper(successes: succeeded, of: offered, confidence: confidence))
            }
        }
    }

    /// From microseconds to minutes, of sizes around which the nearest rank turns.
    private static func makePercentiles() -> [Percentiles] {
        var random = SplitMix64(seed: 1)
        return [1, 2, 20, 64, 99, 100, 101, 200, 1_000, 4_096].map { count in
            let values = (0..<count).map { _ in Int64(exp(Double.random(in: log(1e2)...log(1e11), using: &random))) }
            let histogram = LatencyHistogram(values.map(Nanoseconds.init))
            let found = [1, 50, 90, 95, 99].compactMap { percent in
                histogram.value(atPercentile: Double(percent)).map { (String(percent), $0.rawValue) }
            }
            return Percentiles(values: values, percentiles: Dictionary(uniqueKeysWithValues: found))
        }
    }

    /// Three repetitions at each N, with noise of two per cent.
    private static func makeFits() throws -> [Fit] {
        var random = SplitMix64(seed: 2)
        let sizes: [Double] = [1, 2, 4, 8, 16, 32, 64, 128, 256]
        let curves: [(String, ScalabilityFit.Law, ScalabilityCurve)] = [
            ("of a server that turns back", .usl, ScalabilityCurve(gamma: 20, alpha: 0.03, beta: 0.0004)),
            ("of hardly any coherency", .usl, ScalabilityCurve(gamma: 310, alpha: 0.2, beta: 0.00002)),
            ("of a slow one", .usl, ScalabilityCurve(gamma: 0.04, alpha: 0.002, beta: 0.0001)),
            ("of a queue", .amdahl, ScalabilityCurve(gamma: 95, alpha: 0.05, beta: 0)),
            ("that turns back all the same", .amdahl, ScalabilityCurve(gamma: 20, alpha: 0.03, beta: 0.0001)),
        ]
        return try curves.map { name, law, truth in
            let points = (sizes + sizes + sizes).map { sessions in
                ScalabilityPoint(
                    sessions: sessions, throughput: truth.throughput(at: sessions) * Double.random(in: 0.97...1.03, using: &random))
            }
            let fit = try ScalabilityFit.fit(points, law: law, resamples: 4_000, seed: 3)
            var intervals = ["gamma": Ends(fit.gamma), "alpha": Ends(fit.alpha)]
            if law == .usl { intervals.merge(["beta": Ends(fit.beta), "peak": Ends(fit.peakSessions)]) { $1 } }
            return Fit(
                name: name, law: law.rawValue, sessions: points.map(\.sessions), throughput: points.map(\.throughput),
                gamma: fit.curve.gamma, alpha: fit.curve.alpha, beta: fit.curve.beta, determination: fit.determination,
                intervals: intervals, resamples: 4_000)
        }
    }

    private static func makeDraws() -> [Draws] {
        func spans(_ distribution: SpanDistribution) -> [Double] {
            let drawn = DrawnSpans(distribution, for: .think, seed: 4)
            return (0..<2_500).flatMap { session in [1, 2].map { drawn[session: session, step: $0].seconds } }
        }
        let schedule = StartSchedule(.open(rate: 200, arrivals: .poisson), sessions: 5_000, seed: 5)
        let starts = (0..<5_000).map { schedule[$0].seconds }
        return [
            Draws(distribution: "uniform", parameters: [0.1, 0.5], seconds: spans(.uniform(from: .seconds(0.1), to: .seconds(0.5)))),
            Draws(distribution: "lognormal", parameters: [0.3, 0.5], seconds: spans(.lognormal(mean: .seconds(0.3), sigma: 0.5))),
            Draws(distribution: "exponential", parameters: [200], seconds: zip(starts, [0] + starts).map(-)),
        ]
    }
}

extension StatisticsTables {
    /// Something that is wrong in one place, and what the complaint about it must say.
    struct PlantedError: Sendable {
        var named: String
        var plant: @Sendable (inout StatisticsTables) -> Void
    }

    static let errors =
        [
            PlantedError(named: "lower bound of (58, 59, 0.95)") { tables in
                for index in tables.bounds.indices {
                    let place = tables.bounds[index]
                    if (place.succeeded, place.offered, place.confidence) == (58, 59, 0.95) { tables.bounds[index].lower += 2e-6 }
                }
            },
            PlantedError(named: "'fewest': 60") { $0.fewest[0].fewest += 1 },
            PlantedError(named: "P99 of 4096 values") { $0.percentiles[9].percentiles["99"]? += 1 },
            PlantedError(named: "usl of a server that turns back: beta") { $0.fits[0].beta *= 1 + 2e-6 },
            PlantedError(named: "the high end of peak") { tables in
                // A fifth of the interval's width: about what a confidence of 99 % in place of 95 % would add.
                guard let ends = tables.fits[0].intervals["peak"], let low = ends.low, let high = ends.high else { return }
                tables.fits[0].intervals["peak"]?.high = high + (high - low) / 5
            },
            PlantedError(named: "are not lognormal") { $0.draws[1].seconds = $0.draws[1].seconds.map { $0 * 1.05 } },
        ] + GateStatistics.errors
}
