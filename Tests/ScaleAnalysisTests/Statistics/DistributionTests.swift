import ScaleAnalysis
import Testing

/// What was expected was computed by SciPy, where no other source is named.
@Suite("distributions") struct DistributionTests {
    @Test(arguments: [
        (0.975, 1.959963984540054), (1e-10, -6.361340902404056), (0.3, -0.5244005127080409), (1e-300, -37.0470962993612), (0.5, 0),
    ])
    func `quantiles of the normal distribution`(share: Double, expected: Double) {
        let z = NormalDistribution.quantile(share)
        #expect((z - expected).magnitude < 1e-12)
        #expect((NormalDistribution.cumulative(z) / share - 1).magnitude < 1e-11)
    }

    @Test(arguments: [
        (0.975, 5.0, 2.5705818356363146), (0.991, 5, 3.462182428263095), (0.9, 2.5, 1.7302509288071766),
        (0.9995, 1, 636.6192487687897), (0.25, 9, -0.7027221467513264), (0.5, 3, 0),
    ])
    func `quantiles of Student's t`(share: Double, degrees: Double, expected: Double) {
        let student = StudentDistribution(degreesOfFreedom: degrees)
        let t = student.quantile(share)
        #expect((t - expected).magnitude < 1e-10 * max(1, expected.magnitude))
        #expect((student.cumulative(t) - share).magnitude < 1e-12)
    }

    /// With one degree of freedom it is the Cauchy distribution, whose tails are known in closed form.
    @Test func `tails of Student's t that reach very far`() {
        let cauchy = StudentDistribution(degreesOfFreedom: 1)
        #expect((cauchy.quantile(1e-9) * .pi * 1e-9 + 1).magnitude < 1e-9)
        #expect(cauchy.twoSided(0) == 1)
    }

    @Test func `nothing lies beyond the ends`() {
        #expect(NormalDistribution.quantile(0) == -.infinity)
        #expect(NormalDistribution.quantile(1) == .infinity)
        #expect(StudentDistribution(degreesOfFreedom: 4).quantile(0) == -.infinity)
        #expect(StudentDistribution(degreesOfFreedom: 4).quantile(1) == .infinity)
    }
}
