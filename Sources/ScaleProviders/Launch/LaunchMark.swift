/// What everything that a launch creates is marked with, so that it can be found and ended by whoever comes later: labels,
/// names, comments of jobs, and a variable in the environment of processes.
public struct LaunchMark: Hashable, Sendable {
    /// The run that the launch is for.
    public var run: String
    /// This process's share of that run: 12 hexadecimal digits by chance, so that no name of another process returns.
    public var invocation: String
    /// From 1, unique in an invocation.
    public var launch: Int

    public init(run: String, invocation: String, launch: Int) {
        self.run = run
        self.invocation = invocation
        self.launch = launch
    }

    /// Labels of containers, services and the like.
    public static let runLabel = "scalebench.run"
    public static let launchLabel = "scalebench.launch"
    /// The variable that every process of a launch inherits; its value is ``name``.
    public static let variable = "SCALEBENCH_LAUNCH"

    /// `sb-1f0c9a7be0d2-3`: unique, and what ``launchLabel`` and ``variable`` hold.
    public var name: String { "sb-\(invocation)-\(launch)" }

    /// The name of one of several resources of a launch, e.g. `sb-1f0c9a7be0d2-3-net`.
    /// - Parameter part: at most 16 lower-case letters, digits and hyphens, so that the whole stays within 50 characters.
    public func name(_ part: String) -> String { name + "-" + part }

    public var labels: [String: String] { [Self.runLabel: run, Self.launchLabel: name] }

    /// Whether a text is a ``name``, of whatever launch.
    static func isName(_ text: some StringProtocol) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "sb", parts[1].utf8.count == 12, let number = Int(parts[2]), number > 0 else { return false }
        return parts[1].utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }
}
