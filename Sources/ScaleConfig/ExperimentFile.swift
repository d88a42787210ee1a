import ScaleCore

/// What an experiment file says. `docs/experiments.md` describes its keys.
public struct ExperimentFile: Hashable, Sendable {
    /// An option of a provider.
    public struct Option: Hashable, Sendable {
        /// As the provider spells it.
        public var key: String
        /// As the file does: `max_concurrent_envs`.
        public var written: String
        public var value: Placed<String>
    }

    /// Something that is measured.
    public struct Infrastructure: Hashable, Sendable {
        /// What reports call it; no two of a file share it.
        public var name: Placed<String>
        /// A provider string, as behind `--provider`; not looked into here.
        public var provider: Placed<String>
        /// What else is asked of the provider, in the provider's own keys: `replicas: 3` is `replicas`, a variable below `env`
        /// is `env.NAME`.
        public var options: [Option]
        /// How long a launch may take to be ready; nil for the usual time.
        public var startupTimeout: Nanoseconds?
    }

    /// Which rule the answer in the log goes by.
    public enum Rule: String, Hashable, Sendable, CaseIterable {
        /// The exact bounds of the pooled success rate.
        case bounds
        /// The mean of the repetitions' rates.
        case point
    }

    public var name: String
    /// Empty where there is none.
    public var description: String
    public var hardware: String
    public var infrastructures: [Infrastructure]
    /// Shared by all of them.
    public var plan: Plan
    /// Where the plan's action stands, which is not looked into here.
    public var actionPlace: ConfigPlace
    public var rule: Rule
    /// Between two cells.
    public var coolDown: Nanoseconds
    /// How often servers that were ended in mid-grid, or could not be launched, are launched again; nil for the usual number.
    public var relaunches: Int?
    /// How long the command may take; nil for no limit.
    public var budget: Nanoseconds?

    /// A file with everything that is wrong with it: it is good for running where that is nothing. Values that could not
    /// be read are the usual ones.
    public struct Reading: Sendable {
        public var file: ExperimentFile
        /// In the order of their places.
        public var problems: [ConfigProblem]
    }

    /// Reads the text of a file. Takes a bounded time and stack whatever the text is.
    public static func read(_ text: String) -> Reading {
        do {
            var reading = ExperimentReading()
            let file = reading.file(try ConfigNode.read(text))
            return Reading(file: file, problems: reading.problems)
        } catch {
            let nothing = ExperimentFile(
                name: "", description: "", hardware: "", infrastructures: [], plan: Plan(modes: [.ws], sessions: [1], waits: [.zero]),
                actionPlace: .start, rule: .bounds, coolDown: .zero)
            return Reading(file: nothing, problems: [error])
        }
    }
}
