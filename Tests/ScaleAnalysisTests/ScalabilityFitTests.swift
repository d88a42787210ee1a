import ScaleCore
import Testing

@testable import ScaleAnalysis

private func points(_ sizes: [Double], _ throughput: (Double) -> Double) -> [ScalabilityPoint] {
    sizes.map { ScalabilityPoint(sessions: $0, throughput: throughput($0)) }
}

private let powers = (0...9).map { Double(1 << $0) }

@Suite("Scaling laws") struct ScalabilityFitTests {
    private func isClose(_ a: Double, _ b: Double, _ share: Double = 1e-6) -> Bool { (a - b).magnitude <= share * b.magnitude }

    @Test(arguments: [
        ScalabilityCurve(gamma: 20, alpha: 0.015, beta: 0.00014), ScalabilityCurve(gamma: 0.9, alpha: 0.3, beta: 0.001),
        ScalabilityCurve(gamma: 1e4, alpha: 1e-4, beta: 1e-5),
    ])
    func whatHasNoNoiseIsFoundExactly(truth: ScalabilityCurve) throws {
        let fit = try ScalabilityFit.fit(points(powers) { truth.throughput(at: $0) }, law: .usl, resamples: 20)
        #expect(isClose(fit.curve.gamma, truth.gamma))
        #expect(isClose(fit.curve.alpha, truth.alpha))
        #expect(isClose(fit.curve.beta, truth.beta))
        #expect(isClose(fit.determination, 1, 1e-9))
        // Every draw of exact points gives the same curve.
        #expect(isClose(fit.alpha.low ?? 0, truth.alpha, 1e-4) && isClose(fit.alpha.high ?? 0, truth.alpha, 1e-4))
    }

    /// Values of scipy 1.17.1:
    /// `curve_fit(lambda n,g,a,b: g*n/(1+a*(n-1)+b*n*(n-1)), N, X, p0=[20,.01,1e-4], xtol=1e-15, ftol=1e-15, gtol=1e-15)`
    @Test func leastSquaresAgreeWithSciPy() throws {
        let sizes: [Double] = [1, 2, 4, 8, 16, 32, 64, 128]
        let rates = [20.1, 39.2, 77.5, 141.0, 255.3, 390.8, 512.6, 489.9]
        let measured = zip(sizes, rates).map { ScalabilityPoint(sessions: $0, throughput: $1) }
        let fit = try ScalabilityFit.fit(measured, law: .usl, resamples: 10)
        #expect(isClose(fit.curve.gamma, 19.635843007212266))
        #expect(isClose(fit.curve.alpha, 0.014279538080398679))
        #expect(isClose(fit.curve.beta, 0.00014170565455890594))
        #expect(isClose(try #require(fit.curve.peakSessions), 83.40331173105828))
        #expect(isClose(CurveFit(points: measured).squares(fit.curve), 74.01525072851972))
    }

    /// `curve_fit(lambda n,g,a: g*n/(1+a*(n-1)), N, X, p0=[1,.001], …)`
    @Test func amdahlAgreesWithSciPy() throws {
        let measured = zip([32.0, 64, 128, 256, 512, 1024], [31.2, 60.9, 112.8, 203.5, 318.8, 470.2])
            .map { ScalabilityPoint(sessions: $0, throughput: $1) }
        let fit = try ScalabilityFit.fit(measured, law: .amdahl, resamples: 10)
        #expect(isClose(fit.curve.gamma, 1.016537042125067))
        #expect(isClose(fit.curve.alpha, 0.001193171308399356))
        #expect(fit.curve.beta == 0 && fit.curve.peakSessions == nil)
        #expect(isClose(try #require(fit.curve.limit), 1.016537042125067 / 0.001193171308399356))
    }

    @Test(
        arguments: [
            (points([1, 8, 64]) { $0 }, "at least 4 different N with a throughput, not 3"),
            (points([1, 8, 8, 64, 64, 64, 1]) { $0 }, "different N with a throughput, not 3"),
            (points([1, 2, 4, 8]) { $0 / (1 + 0.1 * $0) }, "at least 6 cells with a throughput, not 4"),
            (points(powers) { 3 * $0 }, "in proportion to N up to 512"),
            (points(powers) { $0 * (1 + $0 / 1_000) }, "in proportion to N up to 512"),
            (points(powers) { _ in 40 }, "contention is at its bound of 1"),
            (points(powers) { $0 / (1 + 0.02 * ($0 - 1)) * (1 + 0.0002 * $0) }, "the coherency term is at its bound of 0"),
            (points(powers) { $0 / (1 + 0.0002 * $0 * $0 * ($0 - 1) / 40) }, "the contention term is at its bound of 0"),
            (points(powers) { _ in 0 }, "different N with a throughput, not 0"),
        ] as [([ScalabilityPoint], String)])
    func whatIsNotDeterminedIsRefused(measured: [ScalabilityPoint], reason: String) throws {
        let refusal = #expect(throws: ScalabilityFit.Refusal.self) {
            _ = try ScalabilityFit.fit(measured, law: .usl, resamples: 10)
        }
        #expect(try #require(refusal).description.contains(reason), "\(String(describing: refusal))")
    }

    /// At N = 1 every curve says its γ, so the band there is the interval of γ; with exact points it has no width.
    @Test func bandsAreWhatTheDrawsSay() throws {
        let truth = ScalabilityCurve(gamma: 20, alpha: 0.015, beta: 0.00014)
        var random = SplitMix64(seed: 5)
        let fit = try ScalabilityFit.fit(Self.noisy(truth, &random), law: .usl, resamples: 200)
        #expect(fit.band(at: 1) == fit.gamma)
        for size in powers + [20, 700] {
            let band = fit.band(at: size)
            let values = fit.draws.map { $0.throughput(at: size) }
            let inside = values.filter { band.contains($0) }.count
            // Nearest rank: 5 of 200 lie below the 2.5th percentile's rank or on it, and 5 above the 97.5th's.
            #expect(values.count == 200 && inside == 191, "\(inside) at \(size)")
            #expect(band.contains(fit.curve.throughput(at: size)))
        }
        let exact = try ScalabilityFit.fit(points(powers) { truth.throughput(at: $0) }, law: .usl, resamples: 20).band(at: 64)
        for end in [exact.low, exact.high] { #expect(isClose(end ?? 0, truth.throughput(at: 64))) }
    }

    @Test func equalSeedsGiveEqualIntervals() throws {
        let truth = ScalabilityCurve(gamma: 20, alpha: 0.015, beta: 0.00014)
        var random = SplitMix64(seed: 3)
        let measured = Self.noisy(truth, &random)
        let first = try ScalabilityFit.fit(measured, law: .usl, resamples: 50, seed: 1)
        #expect(try ScalabilityFit.fit(measured, law: .usl, resamples: 50, seed: 1) == first)
        #expect(try ScalabilityFit.fit(measured, law: .usl, resamples: 50, seed: 2).alpha != first.alpha)
    }

    /// Three repetitions at ten N whose throughput varies by about 3 %.
    private static func noisy(_ truth: ScalabilityCurve, _ random: inout SplitMix64) -> [ScalabilityPoint] {
        powers.flatMap { size in
            (0..<3).map { _ in
                // The sum of twelve uniform draws less six is nearly normal with a deviation of 1.
                let normal = (0..<12).reduce(-6.0) { sum, _ in sum + Double.random(in: 0..<1, using: &random) }
                return ScalabilityPoint(sessions: size, throughput: truth.throughput(at: size) * (1 + 0.03 * normal))
            }
        }
    }

    /// Intervals of 95 % hold the truth about so often. The percentile bootstrap of few cells is somewhat narrow
    /// (Efron and Tibshirani, chapter 14): here 91 to 96 of 100 hold it. Fewer than 82 of 100 would be less than a binomial of 90 % gives in 1 of 100.
    @Test func intervalsHoldTheTruth() throws {
        let truth = ScalabilityCurve(gamma: 20, alpha: 0.015, beta: 0.00014)
        var random = SplitMix64(seed: 11)
        var held = (gamma: 0, alpha: 0, beta: 0, peak: 0)
        let trials = 100
        for trial in 0..<trials {
            let measured = Self.noisy(truth, &random)
            let fit = try ScalabilityFit.fit(measured, law: .usl, resamples: 200, seed: UInt64(trial))
            held.gamma += fit.gamma.contains(truth.gamma) ? 1 : 0
            held.alpha += fit.alpha.contains(truth.alpha) ? 1 : 0
            held.beta += fit.beta.contains(truth.beta) ? 1 : 0
            held.peak += fit.peakSessions.contains(try #require(truth.peakSessions)) ? 1 : 0
        }
        for count in [held.gamma, held.alpha, held.beta, held.peak] { #expect((82...trials).contains(count), "\(held)") }
    }
}
