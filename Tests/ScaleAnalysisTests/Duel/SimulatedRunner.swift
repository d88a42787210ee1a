import Glibc
import ScaleAnalysis
import ScaleCore

/// A host that is as noisy as those of continuous integration, with a clock of its own.
///
/// The logarithm of a cell's throughput is the sum of: what the host is worth, of a spread of 10 % over hosts; a drift, which at each
/// minute is 0.9 of what it was and an innovation of 2 %; and 4 % of noise of each cell.
struct SimulatedRunner {
    var random: SplitMix64
    var clock = Nanoseconds.zero
    private var worth = 0.0
    private var drift = 0.0
    private var driftedTo = Nanoseconds.zero

    static let tick = Nanoseconds.seconds(60)
    static let persistence = 0.9
    static let innovation = 0.02

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
        worth = 0.1 * normal()
        drift = Self.innovation / (1 - Self.persistence * Self.persistence).squareRoot() * normal()
    }

    /// A cell of a server whose throughput is `effect` in the logarithm above what the host is worth.
    mutating func measure(_ load: CellLoad, rep: Int, effect: Double) -> CellRecord {
        while driftedTo < clock {
            drift = Self.persistence * drift + Self.innovation * normal()
            driftedTo += Self.tick
        }
        clock += .seconds(55)
        return duelCell(load, stepsPerSecond: 100 * exp(worth + drift + effect + 0.04 * normal()), rep: rep)
    }

    /// G. E. P. Box and M. E. Muller, "A note on the generation of random normal deviates" (1958).
    mutating func normal() -> Double {
        let radius = (-2 * log(1 - Double(random.next() >> 11) * 0x1p-53)).squareRoot()
        return radius * cos(2 * .pi * Double(random.next() >> 11) * 0x1p-53)
    }
}

/// A duel from its first pair to its verdict, as the program holds it.
struct SimulatedDuel {
    var verdict: GateVerdict
    /// Of the first round alone.
    var first: GateVerdict
    /// In both rounds.
    var pairs = 0

    /// - Parameters:
    ///   - effect: of B, in the logarithm.
    ///   - launchSpread: by how much one launch of either side differs from the next, in the logarithm.
    init(_ assessment: DuelAssessment, effect: Double, launchSpread: Double = 0, seed: UInt64) {
        var seeds = SplitMix64(seed: seed)
        var rounds: [DuelRound] = []
        repeat {
            var runner = SimulatedRunner(seed: seeds.next())
            let bias = launchSpread > 0 ? launchSpread * 2.0.squareRoot() * runner.normal() : 0
            let round = Self.round(rounds.count + 1, on: &runner, assessment, effect: effect + bias, confirming: rounds.last)
            rounds.append(round)
            pairs += round.pairs
        } while rounds.count == 1 && rounds[0].verdict == .regression && assessment.rule.confirms
        first = rounds[0].verdict
        verdict = DuelAssessment.verdict(rounds, rule: assessment.rule).0
    }

    /// In the order ABBA, of which a draw says who begins; the evidence is looked at after every pair that may decide.
    private static func round(
        _ number: Int, on runner: inout SimulatedRunner, _ assessment: DuelAssessment, effect: Double, confirming: DuelRound?
    ) -> DuelRound {
        var pairs: [DuelPair] = []
        var first = DuelSide.a
        let most = assessment.rule.looks.last ?? 0
        while true {
            let rep = pairs.count + 1
            if rep % 2 == 1 { first = Bool.random(using: &runner.random) ? .a : .b } else { first = first == .a ? .b : .a }
            var cells: [DuelSide: CellRecord] = [:]
            for side in first == .a ? [DuelSide.a, .b] : [.b, .a] {
                cells[side] = runner.measure(duelLoad, rep: rep, effect: side == .b ? effect : 0)
            }
            if let a = cells[.a], let b = cells[.b] {
                pairs.append(DuelPair(number: rep, round: number, first: first, a: a, b: b))
            }
            guard assessment.rule.looks.contains(rep) else { continue }
            let round = assessment.round(pairs, number: number, isLast: rep == most, confirming: confirming)
            if round.isDecided || rep == most { return round }
        }
    }
}
