import Foundation
import ScaleAnalysis
import ScaleCore

/// The statistics of a regression gate: samples beside what scalebench made of them.
struct GateStatistics: Encodable {
    struct Ends: Encodable {
        var low: Double
        var high: Double

        init(_ range: ClosedRange<Double>) { (low, high) = (range.lowerBound, range.upperBound) }
    }

    /// Log ratios of pairs.
    struct Sample: Encodable {
        var name: String
        var values: [Double]
        var confidence: Double
        var mean: Double
        var pValue: Double
        var interval: Ends
        var signedRank: Double
        /// With the means of the resamples behind it; nil for samples that are not bootstrapped.
        var bootstrap: Ends?
        var means: [Double]?
        var detectable: Double
    }

    struct TwoSamples: Encodable {
        var name: String
        var a: [Double]
        var b: [Double]
        var confidence: Double
        var welch: Double
        var welchInterval: Ends
        var ranks: Double
        var shift: Double
        var shiftInterval: Ends?
        var attained: Double
    }

    struct Quantile: Encodable {
        var share: Double
        /// Nil for the normal distribution.
        var degrees: Double?
        var value: Double
    }

    struct Proportions: Encodable {
        var a: [Int]
        var b: [Int]
        var confidence: Double
        var interval: Ends
    }

    struct Family: Encodable {
        var pValues: [Double]
        var holm: [Double]
        var benjaminiHochberg: [Double]
    }

    struct Boundary: Encodable {
        var looks: [Int]
        var alpha: Double
        var level: Double
    }

    /// With the rule's own settings.
    struct History: Encodable {
        struct Change: Encodable {
            var index: Int
            var before: Double
            var after: Double
            var pValue: Double
        }

        var values: [Double]
        var window: Int
        var mostP: Double
        var leastMagnitude: Double
        var fewest: Int
        var changes: [Change]
    }

    var samples: [Sample]
    var twoSamples: [TwoSamples]
    var quantiles: [Quantile]
    var proportions: [Proportions]
    var families: [Family]
    var boundaries: [Boundary]
    var histories: [History]

    init() {
        var random = SplitMix64(seed: 6)
        samples = Self.makeSamples(&random)
        twoSamples = Self.makeTwoSamples(&random)
        quantiles = [1e-8, 0.001, 0.009, 0.025, 0.3, 0.5, 0.8, 0.975, 0.991, 0.9999].flatMap { share in
            [Quantile(share: share, degrees: nil, value: NormalDistribution.quantile(share))]
                + [1.0, 2, 5, 17, 33.7, 400].map { degrees in
                    Quantile(
                        share: share, degrees: degrees, value: StudentDistribution(degreesOfFreedom: degrees).quantile(share))
                }
        }
        proportions = [(1_000, 1_000), (990, 1_000), (1_200, 1_200), (1_180, 1_200), (0, 20), (7, 20), (49_000, 49_152)].flatMap { a in
            [(1_000, 1_000), (985, 1_000), (20, 20), (0, 64), (48_900, 49_152)].flatMap { b in
                [0.95, 0.982].compactMap { confidence in
                    ProportionDifference(successesA: a.0, trialsA: a.1, successesB: b.0, trialsB: b.1).map { difference in
                        Proportions(
                            a: [a.0, a.1], b: [b.0, b.1], confidence: confidence,
                            interval: Ends(difference.interval(confidence: confidence)))
                    }
                }
            }
        }
        histories = Self.makeHistories(&random)
        families = [1, 2, 5, 8].map { count in
            let pValues = (0..<count).map { _ in pow(Double.random(in: 0..<1, using: &random), 3) }
            return Family(
                pValues: pValues, holm: MultipleTesting.holm(pValues),
                benjaminiHochberg: MultipleTesting.benjaminiHochberg(pValues))
        }
        boundaries = [
            ([10], 0.05), ([6, 12], 0.05), ([6, 10, 14, 18], 0.05), ([6, 10, 14, 18], 0.01), ([8, 9, 30], 0.1), ([200, 201], 0.05),
            ([5, 10, 15, 20, 25], 0.05),
        ].map { looks, alpha in
            Boundary(looks: looks, alpha: alpha, level: PocockBoundary.nominalLevel(looks: looks, alpha: alpha))
        }
    }

    /// Levels that change at random, with noise of a few per cent.
    private static func makeHistories(_ random: inout SplitMix64) -> [History] {
        [5, 12, 30, 30, 49, 50, 75, 75, 160].map { count in
            var level = 100.0
            let noise = Double.random(in: 0.005...0.05, using: &random)
            let values = (0..<count).map { _ in
                if Double.random(in: 0..<1, using: &random) < 0.06 { level *= Double.random(in: 0.75...1.3, using: &random) }
                return level * Double.random(in: 1 - noise...1 + noise, using: &random)
            }
            let rule = ChangePoints()
            return History(
                values: values, window: rule.window, mostP: rule.mostP, leastMagnitude: rule.leastMagnitude, fewest: rule.fewest,
                changes: rule.find(in: values).map {
                    History.Change(index: $0.index, before: $0.before, after: $0.after, pValue: $0.pValue)
                })
        }
    }

    private static func makeSamples(_ random: inout SplitMix64) -> [Sample] {
        let plain = [2, 3, 6, 10, 18, 40, 50, 51, 200].flatMap { count in
            [0, -0.1].map { shift in
                ("of \(count) about \(shift)", (0..<count).map { _ in shift + Double.random(in: -0.2...0.2, using: &random) })
            }
        }
        let tied = [6, 9, 12].map { count in
            ("of \(count) with ties and zeros", (0..<count).map { _ in Double(Int.random(in: -3...5, using: &random)) / 32 })
        }
        let skewed = [8, 18].map { count in
            ("of \(count) with a tail", (0..<count).map { _ in -0.05 - log(Double.random(in: 0.001...1, using: &random)) / 10 })
        }
        return (plain + tied + skewed).flatMap { name, values in
            [0.95, 0.982].compactMap { sample(name, values, confidence: $0, isBootstrapped: (6...18).contains(values.count)) }
        }
    }

    private static func sample(_ name: String, _ values: [Double], confidence: Double, isBootstrapped: Bool) -> Sample? {
        let bootstrap = isBootstrapped ? BCaBootstrap(values, resamples: 2_000, seed: 9) : nil
        guard let test = TTest.mean(of: values), let detectable = DetectableEffect.share(logRatios: values, alpha: 1 - confidence) else {
            return nil
        }
        return Sample(
            name: name, values: values, confidence: confidence, mean: test.estimate, pValue: test.pValue,
            interval: Ends(test.interval(confidence: confidence)), signedRank: SignedRankTest.pValue(values),
            bootstrap: bootstrap.map { Ends($0.interval(confidence: confidence)) }, means: bootstrap?.means, detectable: detectable)
    }

    private static func makeTwoSamples(_ random: inout SplitMix64) -> [TwoSamples] {
        let plain = [(3, 3), (4, 4), (6, 6), (6, 10), (10, 7), (25, 25), (40, 30)].map { a, b in
            (
                "of \(a) and \(b)", (0..<a).map { _ in Double.random(in: 90...110, using: &random) },
                (0..<b).map { _ in Double.random(in: 85...107, using: &random) }
            )
        }
        let tied = [(4, 5), (7, 7)].map { a, b in
            (
                "of \(a) and \(b) with ties", (0..<a).map { _ in Double(Int.random(in: 0...4, using: &random)) },
                (0..<b).map { _ in Double(Int.random(in: 1...6, using: &random)) }
            )
        }
        return (plain + tied).flatMap { name, a, b in
            [0.95, 0.9].compactMap { confidence in
                guard let welch = TTest.welch(a, b), let shift = HodgesLehmannShift(a, b, confidence: confidence) else { return nil }
                return TwoSamples(
                    name: name, a: a, b: b, confidence: confidence, welch: welch.pValue,
                    welchInterval: Ends(welch.interval(confidence: confidence)), ranks: MannWhitneyTest.pValue(a, b),
                    shift: shift.shift, shiftInterval: shift.interval.map(Ends.init), attained: shift.attained)
            }
        }
    }
}

extension GateStatistics {
    static let errors = [
        StatisticsTables.PlantedError(named: "of 6 about -0.1 at 0.95: p") {
            $0.gate.change(sample: "of 6 about -0.1") { $0.pValue += 2e-6 }
        },
        StatisticsTables.PlantedError(named: "of 9 with ties and zeros at 0.95: signed ranks") {
            $0.gate.change(sample: "of 9 with ties and zeros") { $0.signedRank += 2e-6 }
        },
        StatisticsTables.PlantedError(named: "of 18 with a tail at 0.95: the bootstrap's high end") {
            $0.gate.change(sample: "of 18 with a tail") { $0.bootstrap?.high += 2e-6 }
        },
        StatisticsTables.PlantedError(named: "of 6 and 10 at 0.95: the shift's high end") { tables in
            for index in tables.gate.twoSamples.indices
            where (tables.gate.twoSamples[index].name, tables.gate.twoSamples[index].confidence) == ("of 6 and 10", 0.95) {
                let all = tables.gate.twoSamples[index].b.flatMap { b in tables.gate.twoSamples[index].a.map { b - $0 } }.sorted()
                let high = tables.gate.twoSamples[index].shiftInterval?.high ?? 0
                // The next difference down: an interval a little too short.
                tables.gate.twoSamples[index].shiftInterval?.high = all.last { $0 < high } ?? high
            }
        },
        StatisticsTables.PlantedError(named: "t with 5.0 degrees at 0.975") { tables in
            for index in tables.gate.quantiles.indices
            where (tables.gate.quantiles[index].degrees, tables.gate.quantiles[index].share) == (5, 0.975) {
                tables.gate.quantiles[index].value += 4e-6
            }
        },
        StatisticsTables.PlantedError(named: "history of 160: changes at") { tables in
            for index in tables.gate.histories.indices where tables.gate.histories[index].values.count == 160 {
                tables.gate.histories[index].changes.removeLast()
            }
        },
        StatisticsTables.PlantedError(named: "Newcombe's low end") { $0.gate.proportions[0].interval.low += 2e-6 },
        StatisticsTables.PlantedError(named: "Holm") { $0.gate.families[2].holm[1] += 2e-6 },
        StatisticsTables.PlantedError(named: "Benjamini and Hochberg") { $0.gate.families[3].benjaminiHochberg[4] += 2e-6 },
        StatisticsTables.PlantedError(named: "Pocock's level for looks at [6, 10, 14, 18] of 0.05") { $0.gate.boundaries[2].level += 4e-6 },
    ]

    private mutating func change(sample name: String, _ change: (inout Sample) -> Void) {
        for index in samples.indices where (samples[index].name, samples[index].confidence) == (name, 0.95) { change(&samples[index]) }
    }
}
