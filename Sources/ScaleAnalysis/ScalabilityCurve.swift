/// Throughput as a function of the load N by the Universal Scalability Law, X(N) = γN ÷ (1 + α(N−1) + βN(N−1)).
///
/// N. J. Gunther, "A General Theory of Computational Scalability Based on Rational Functions" (2008, arXiv:0808.1431).
/// With β = 0 it is the law of G. M. Amdahl, "Validity of the single processor approach to achieving large scale
/// computing capabilities" (1967).
public struct ScalabilityCurve: Hashable, Sendable {
    /// Throughput of one session alone, in the unit of the throughput.
    public var gamma: Double
    /// Contention: the share of the work that is done one after the other, 0 to 1.
    public var alpha: Double
    /// Coherency: what each pair of sessions costs, from 0.
    public var beta: Double

    public init(gamma: Double, alpha: Double, beta: Double) {
        self.gamma = gamma
        self.alpha = alpha
        self.beta = beta
    }

    /// X(N), for N from 1.
    public func throughput(at sessions: Double) -> Double {
        gamma * sessions / (1 + alpha * (sessions - 1) + beta * sessions * (sessions - 1))
    }

    /// The N of the highest throughput, √((1 − α) ÷ β); nil where throughput grows for ever.
    public var peakSessions: Double? { beta > 0 && alpha < 1 ? ((1 - alpha) / beta).squareRoot() : nil }

    /// The highest throughput there can be: that at the peak, or γ ÷ α by Amdahl's law; nil where there is no limit.
    public var limit: Double? { peakSessions.map { throughput(at: $0) } ?? (alpha > 0 ? gamma / alpha : nil) }
}

/// One measurement of a curve: the throughput of a cell.
public struct ScalabilityPoint: Hashable, Sendable {
    public var sessions: Double
    public var throughput: Double

    public init(sessions: Double, throughput: Double) {
        self.sessions = sessions
        self.throughput = throughput
    }
}

/// The least squares of a curve's parameters: the Levenberg–Marquardt method (Marquardt, "An Algorithm for Least-Squares
/// Estimation of Nonlinear Parameters", 1963) with its scaling, from the linear fit of N ÷ X. Bounds are kept by fitting
/// again without what went over one.
struct CurveFit {
    /// What may differ from 0.
    struct Freedom: Hashable {
        var alpha: Bool
        var beta: Bool
    }

    let points: [ScalabilityPoint]

    /// The best curve with α and β from 0; nil where the points fix none.
    func best(amdahl: Bool, from start: ScalabilityCurve? = nil) -> ScalabilityCurve? {
        let whole = Freedom(alpha: true, beta: !amdahl)
        if let curve = fitted(whole, from: start ?? linear(whole)), curve.alpha >= 0, curve.beta >= 0 { return curve }
        let rest = [Freedom(alpha: true, beta: false), Freedom(alpha: false, beta: !amdahl), Freedom(alpha: false, beta: false)]
        return rest.filter { $0 != whole }.compactMap { fitted($0, from: linear($0)) }
            .filter { $0.alpha >= 0 && $0.beta >= 0 }.min { squares($0) < squares($1) }
    }

    func squares(_ curve: ScalabilityCurve) -> Double {
        var sum = 0.0
        for point in points {
            let miss = point.throughput - curve.throughput(at: point.sessions)
            sum += miss * miss
        }
        return sum
    }

    /// N ÷ X is linear in 1 ÷ γ, α ÷ γ and β ÷ γ. Weighted by X² ÷ N, its errors are about those of X.
    private func linear(_ free: Freedom) -> ScalabilityCurve? {
        var normal = NormalEquations()
        for point in points where point.throughput > 0 {
            let weight = point.throughput * point.throughput / point.sessions
            let pairs = point.sessions * (point.sessions - 1)
            normal.add(
                weight, free.alpha ? weight * (point.sessions - 1) : 0, free.beta ? weight * pairs : 0,
                residual: weight * point.sessions / point.throughput)
        }
        guard let (inverse, a, b) = normal.solved(damping: 0), inverse > 0 else {
            // Throughput in proportion to N, through the points' mean.
            let sessions = points.reduce(0) { $0 + $1.sessions }
            let all = points.reduce(0) { $0 + $1.throughput }
            return sessions > 0 && all > 0 ? ScalabilityCurve(gamma: all / sessions, alpha: 0, beta: 0) : nil
        }
        return ScalabilityCurve(gamma: 1 / inverse, alpha: a / inverse, beta: b / inverse)
    }

    private func fitted(_ free: Freedom, from start: ScalabilityCurve?) -> ScalabilityCurve? {
        guard var curve = start else { return nil }
        var best = squares(curve)
        var damping = 1e-3
        // It converges in some ten turns; a problem that has no minimum runs away and ends here.
        for _ in 0..<200 {
            var normal = NormalEquations()
            for point in points {
                let n = point.sessions
                let below = 1 + curve.alpha * (n - 1) + curve.beta * n * (n - 1)
                let shape = n / below
                let slope = -curve.gamma * shape / below
                normal.add(
                    shape, free.alpha ? slope * (n - 1) : 0, free.beta ? slope * n * (n - 1) : 0,
                    residual: point.throughput - curve.gamma * shape)
            }
            var moved = false
            while damping < 1e12 {
                if let step = normal.solved(damping: damping) {
                    let next = ScalabilityCurve(
                        gamma: curve.gamma + step.0, alpha: curve.alpha + step.1, beta: curve.beta + step.2)
                    let sum = squares(next)
                    if sum.isFinite, sum <= best, isSound(next) {
                        let isDone = best - sum <= 1e-15 * best
                        (curve, best, moved) = (next, sum, true)
                        damping = max(1e-15, damping / 10)
                        if isDone { return curve }
                        break
                    }
                }
                damping *= 10
            }
            if !moved { return curve }
        }
        return curve
    }

    /// No pole at a measured N.
    private func isSound(_ curve: ScalabilityCurve) -> Bool {
        curve.gamma > 0
            && points.allSatisfy { 1 + curve.alpha * ($0.sessions - 1) + curve.beta * $0.sessions * ($0.sessions - 1) > 0 }
    }
}

/// The normal equations of three unknowns. An unknown whose column is 0 stays 0.
private struct NormalEquations {
    private var a00 = 0.0, a01 = 0.0, a02 = 0.0, a11 = 0.0, a12 = 0.0, a22 = 0.0
    private var b0 = 0.0, b1 = 0.0, b2 = 0.0

    mutating func add(_ x0: Double, _ x1: Double, _ x2: Double, residual: Double) {
        a00 += x0 * x0
        a01 += x0 * x1
        a02 += x0 * x2
        a11 += x1 * x1
        a12 += x1 * x2
        a22 += x2 * x2
        b0 += x0 * residual
        b1 += x1 * residual
        b2 += x2 * residual
    }

    /// By Cholesky's decomposition, scaled to a diagonal of 1 + damping. Nil where it is singular.
    func solved(damping: Double) -> (Double, Double, Double)? {
        let (s0, s1, s2) = (a00.squareRoot(), a11.squareRoot(), a22.squareRoot())
        guard s0 > 0 else { return nil }
        let (r0, r1, r2) = (1 / s0, s1 > 0 ? 1 / s1 : 0, s2 > 0 ? 1 / s2 : 0)
        let (c01, c02, c12) = (a01 * r0 * r1, a02 * r0 * r2, a12 * r1 * r2)
        let diagonal = 1 + damping
        let l00 = diagonal.squareRoot()
        let (l10, l20) = (c01 / l00, c02 / l00)
        let d1 = diagonal - l10 * l10
        guard d1 > 1e-14 else { return nil }
        let l11 = d1.squareRoot()
        let l21 = (c12 - l20 * l10) / l11
        let d2 = diagonal - l20 * l20 - l21 * l21
        guard d2 > 1e-14 else { return nil }
        let l22 = d2.squareRoot()
        let y0 = b0 * r0 / l00
        let y1 = (b1 * r1 - l10 * y0) / l11
        let y2 = (b2 * r2 - l20 * y0 - l21 * y1) / l22
        let z2 = y2 / l22
        let z1 = (y1 - l21 * z2) / l11
        let z0 = (y0 - l10 * z1 - l20 * z2) / l00
        return (z0 * r0, z1 * r1, z2 * r2)
    }
}
