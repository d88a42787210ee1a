import ScaleCore

/// How a stored run is held against another stored one.
public struct BaselineRule: Hashable, Sendable {
    /// Each judged at every load that both runs have.
    public var criteria: [DuelRule.Criterion]
    /// How many points, as a share, the run may succeed less often; nil where success is not judged.
    public var successMargin: Double?
    /// Sessions of each side, pooled, from which success can be called as good.
    public var fewestSessions: Int
    /// Compares runs of different hosts or plans as well.
    public var forces: Bool

    /// Fewer repetitions of a side cannot reach 5 % in a two-sided rank test against as many, or only if all of them agree.
    public static let fewestCells = 6
    /// From which on the interval is no longer much wider than it has to be.
    public static let preferredCells = 10
    /// Runs of different hours or days differ by several per cent on the same host with the same servers, which no statistics of
    /// their repetitions show: what is smaller must not be called a regression.
    public static let minimumEffect = 0.1

    public init(
        criteria: [DuelRule.Criterion] = [DuelRule.Criterion(.stepsPerSecond, minimumEffect: minimumEffect)],
        successMargin: Double? = 0.01, fewestSessions: Int = 1000, forces: Bool = false
    ) {
        self.criteria = criteria
        self.successMargin = successMargin
        self.fewestSessions = fewestSessions
        self.forces = forces
    }
}
