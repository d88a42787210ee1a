import ScaleCore

extension ScalabilityPoint {
    /// What a cell adds to the fit of its series: sessions/s, or steps/s where sessions were held.
    ///
    /// Nil for an invalid cell, and for one below ``PassRule/threshold``: where sessions are refused or fail, N is offered
    /// but not served, and a curve through such cells would call a session cap contention.
    public init?(_ record: CellRecord) {
        let rate = record.key.steps > 0 ? record.sessionsPerSecond : record.stepsPerSecond
        guard record.valid, record.successRate >= PassRule().threshold, let rate else { return nil }
        self.init(sessions: Double(record.key.sessions), throughput: rate)
    }
}

/// A range that holds a value with a stated confidence. An end that is nil is not bounded by the cells.
public struct Interval: Hashable, Sendable {
    public var low: Double?
    public var high: Double?

    public init(low: Double?, high: Double?) {
        self.low = low
        self.high = high
    }

    public func contains(_ value: Double) -> Bool { value >= low ?? -.infinity && value <= high ?? .infinity }
}

/// A scaling law fitted to the cells of a series, with what the cells say about its certainty.
///
/// Least squares of the throughput over α, β ≥ 0. The intervals are percentiles of the bootstrap over cells (Efron and
/// Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13): cells are drawn with replacement, the curve is
/// fitted to each draw, and the 2.5 and 97.5 percentiles of what comes out are the 95 % interval. Draws that have fewer
/// than ``fewestSizes`` different N fix no curve and are drawn again. Cells and not sessions are drawn, as the sessions
/// of a cell share what it met.
public struct ScalabilityFit: Hashable, Sendable {
    public enum Law: String, Hashable, Sendable, CaseIterable {
        case usl
        /// β = 0.
        case amdahl
    }

    public var law: Law
    public var curve: ScalabilityCurve
    public var gamma: Interval
    public var alpha: Interval
    public var beta: Interval
    /// Of ``ScalabilityCurve/peakSessions``; its high end is nil where so many draws have no peak.
    public var peakSessions: Interval
    /// 1 − squares of the misses ÷ squares about the mean.
    public var determination: Double
    /// How many cells it rests on.
    public var cells: Int
    /// The curves of the bootstrap.
    var draws: [ScalabilityCurve]

    /// With three parameters, fewer would leave nothing to miss.
    public static let fewestSizes = 4
    /// With fewer cells the draws of the bootstrap hardly differ, and their spread says nothing.
    public static let fewestCells = 6
    public static let confidence = 0.95
    public static let defaultResamples = 1_000

    /// Why there is no curve.
    public struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
        /// One sentence without a period.
        public var description: String
    }

    /// - Parameters:
    ///   - resamples: draws of the bootstrap, from 1.
    ///   - seed: of the draws: equal ones give equal intervals.
    /// - Throws: ``Refusal`` where the points do not determine the law.
    public static func fit(
        _ points: [ScalabilityPoint], law: Law, resamples: Int = defaultResamples, seed: UInt64 = 0
    ) throws(Refusal) -> ScalabilityFit {
        let points = points.filter { $0.sessions >= 1 && $0.throughput > 0 && $0.throughput.isFinite }
        let sizes = Set(points.map(\.sessions)).count
        guard sizes >= fewestSizes else {
            throw Refusal(
                description: "a scaling law takes at least \(fewestSizes) different N with a throughput, not \(sizes)")
        }
        guard points.count >= fewestCells else {
            throw Refusal(
                description: "a scaling law and its certainty take at least \(fewestCells) cells with a throughput, not \(points.count)")
        }
        guard let curve = CurveFit(points: points).best(amdahl: law == .amdahl) else {
            throw Refusal(description: "no curve of this law comes near the throughputs")
        }
        try check(curve, law, points)
        var draws = Draws(points: points, law: law, around: curve, random: SplitMix64(seed: seed))
        draws.take(max(1, resamples))
        return ScalabilityFit(
            law: law, curve: curve, gamma: draws.interval { $0.gamma }, alpha: draws.interval { $0.alpha },
            beta: draws.interval { $0.beta }, peakSessions: draws.interval { $0.peakSessions ?? .infinity },
            determination: determination(curve, points), cells: points.count, draws: draws.curves)
    }

    /// Where the curve lies at one N with ``confidence``: percentiles of what the curves of the bootstrap say there. It
    /// holds for each N by itself, not for the whole curve at once.
    /// - Parameter sessions: N, from 1.
    public func band(at sessions: Double) -> Interval { Draws.interval(draws.map { $0.throughput(at: sessions) }) }

    /// By how much throughput must bend away from a straight line over the N measured before the bend is worth a name.
    static let leastBend = 0.01

    private static func check(
        _ curve: ScalabilityCurve, _ law: Law, _ points: [ScalabilityPoint]
    ) throws(Refusal) {
        let most = points.map(\.sessions).max() ?? 1
        let bend = 1 - curve.throughput(at: most) / (curve.gamma * most)
        if bend < leastBend {
            throw Refusal(
                description: "throughput grew in proportion to N up to \(Int(most).grouped): no bend that a law could be read from")
        }
        if curve.alpha >= 1 { throw Refusal(description: "contention is at its bound of 1: throughput does not grow with N at all") }
        guard law == .usl else { return }
        if curve.beta == 0 {
            throw Refusal(
                description: "the coherency term is at its bound of 0: within the N measured Amdahl's law says all there is")
        }
        if curve.alpha == 0 {
            throw Refusal(
                description: "the contention term is at its bound of 0: the cells do not tell contention from coherency")
        }
    }

    private static func determination(_ curve: ScalabilityCurve, _ points: [ScalabilityPoint]) -> Double {
        let mean = points.reduce(0) { $0 + $1.throughput } / Double(points.count)
        let all = points.reduce(0) { $0 + ($1.throughput - mean) * ($1.throughput - mean) }
        return all > 0 ? 1 - CurveFit(points: points).squares(curve) / all : 1
    }
}

/// The curves of the bootstrap.
private struct Draws {
    let points: [ScalabilityPoint]
    let law: ScalabilityFit.Law
    let around: ScalabilityCurve
    var random: SplitMix64
    private(set) var curves: [ScalabilityCurve] = []

    init(points: [ScalabilityPoint], law: ScalabilityFit.Law, around: ScalabilityCurve, random: SplitMix64) {
        self.points = points
        self.law = law
        self.around = around
        self.random = random
    }

    mutating func take(_ count: Int) {
        var left = count
        // With four N and six cells, about one draw in three has all of them.
        var attempts = 100 * count
        while left > 0, attempts > 0 {
            attempts -= 1
            let draw = points.map { _ in points[Int.random(in: 0..<points.count, using: &random)] }
            guard Set(draw.map(\.sessions)).count >= ScalabilityFit.fewestSizes,
                let curve = CurveFit(points: draw).best(amdahl: law == .amdahl, from: around)
            else { continue }
            curves.append(curve)
            left -= 1
        }
    }

    func interval(_ value: (ScalabilityCurve) -> Double) -> Interval { Self.interval(curves.map(value)) }

    /// Nearest rank, as all percentiles of this project.
    static func interval(_ values: [Double]) -> Interval {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return Interval(low: nil, high: nil) }
        let tail = (1 - ScalabilityFit.confidence) / 2
        func rank(_ share: Double) -> Double? {
            // What the binary fraction is above the decimal one must not become a rank.
            let index = Int((share * Double(sorted.count) - 1e-9).rounded(.up)) - 1
            let found = sorted[min(max(index, 0), sorted.count - 1)]
            return found.isFinite ? found : nil
        }
        return Interval(low: rank(tail), high: rank(1 - tail))
    }
}
