import Glibc
import ScaleAnalysis
import ScaleCore
import Testing

/// The whole procedure with its looks and its confirmation, on simulated hosts (``SimulatedRunner``).
///
/// Shares of the duels, with looks after 6, 10, 14 and 18 pairs and 5 % as the smallest effect that counts:
///
/// | B is | duels | regression | of the first round alone | pass | inconclusive |
/// |---|---|---|---|---|---|
/// | the same | 2,000 | 0 % | 0.7 % | 84.9 % | 15.2 % |
/// | slower by 5 % | 1,000 | 39 % | 61 % | 2.6 % | 58 % |
/// | slower by 10 % | 2,000 | 99.95 % | 100 % | 0 % | 0.05 % |
/// | the same, each launch worth 3 % more or less | 500 | 3.4 % | 17.2 % | 67 % | 29.6 % |
@Suite("a duel on a noisy host") struct DuelSimulationTests {
    /// The bootstrap has a say only where Student's t has decided, so that few resamples change little.
    private static let assessment = DuelAssessment(DuelRule(successMargin: nil, resamples: 200))

    private struct Tally {
        var verdicts: [GateVerdict: Double] = [:]
        var firstRounds: [GateVerdict: Double] = [:]

        /// Shares of `trials` duels.
        init(trials: Int, change: Double, launchSpread: Double = 0) {
            for trial in 0..<trials {
                let duel = SimulatedDuel(assessment, effect: log1p(change), launchSpread: launchSpread, seed: UInt64(trial))
                verdicts[duel.verdict, default: 0] += 1 / Double(trials)
                firstRounds[duel.first, default: 0] += 1 / Double(trials)
            }
        }

        func share(_ verdict: GateVerdict) -> Double { verdicts[verdict] ?? 0 }
    }

    @Test func `the same server on both sides is hardly ever a regression`() {
        let tally = Tally(trials: 2_000, change: 0)
        #expect(tally.share(.regression) <= 0.001)
        #expect(tally.firstRounds[.regression] ?? 0 <= 0.01)
        #expect(tally.share(.pass) >= 0.8)
    }

    @Test func `a server that is slower by a tenth is found`() {
        let tally = Tally(trials: 2_000, change: -0.1)
        #expect(tally.share(.regression) >= 0.99)
        #expect(tally.share(.pass) == 0)
    }

    /// It is as likely as not that the estimate is beyond the border, and twice that is asked for.
    @Test func `a server at the border hardly ever passes`() {
        let tally = Tally(trials: 1_000, change: -0.05)
        #expect(tally.share(.pass) <= 0.03)
        #expect(tally.share(.regression) > 0.3)
    }

    /// Each launch of either side is worth 3 % more or less than the next: a round alone takes that for a regression.
    @Test func `what one launch happens to be worth is not confirmed by the next`() {
        let tally = Tally(trials: 500, change: 0, launchSpread: 0.03)
        let first = tally.firstRounds[.regression] ?? 0
        #expect(first > 0.03)
        #expect(tally.share(.regression) < first / 3)
    }
}
