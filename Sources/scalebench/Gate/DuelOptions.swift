import ArgumentParser
import ScaleAnalysis
import ScaleCore
import ScaleEngine
import ScaleProviders
import ScaleRun

/// The two servers of a duel.
struct SideOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What B is held against: NAME, NAME:key=value,… or a URL, as --provider of `scalebench run`.", valueName: "spec"),
        completion: .providers)
    var a: String?

    @Option(help: ArgumentHelp("What is judged.", valueName: "spec"), completion: .providers)
    var b: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How long a launched server may take to be ready; 60 by default.", valueName: "seconds"),
        transform: Quantity.deadline)
    var startupTimeout: Nanoseconds = .seconds(60)

    @OptionGroup var permissions: PermissionOptions

    @OptionGroup var certificates: TrustOptions
}

/// At which load two servers are compared.
struct DuelLoadOptions: ParsableArguments {
    @Option(
        name: [.customShort("n"), .customLong("requests")], parsing: .unconditional,
        help: ArgumentHelp("Concurrent sessions; default: looked for, near 70 % of where A's steps per second end.", valueName: "N"),
        transform: Quantity.count)
    var requests: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Several numbers of concurrent sessions: pairs are measured at each.", valueName: "N,N,…"))
    var requestsGrid: String?

    @OptionGroup var workload: WorkloadOptions
    @OptionGroup var pacing: PacingOptions
}

/// How a duel is judged, and how long it may take.
struct JudgementOptions: ParsableArguments {
    @Option(
        name: .customLong("budget"), parsing: .unconditional,
        help: ArgumentHelp("For everything together, launches and confirmation too; 3m by default.", valueName: "time"),
        transform: Quantity.deadline)
    var limit: Nanoseconds?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("How many points B may succeed less often; 1% by default.", valueName: "share"),
        transform: Quantity.share)
    var successMargin: Double = 0.01

    @Flag(help: "Do not look for a regression a second time on fresh launches.")
    var noConfirm = false
}

/// What is noted down of a duel, and how much is shown of it.
struct DuelRecordOptions: ParsableArguments {
    @Flag(name: [.customShort("v"), .long], help: "Every cell as it ends.")
    var verbose = false

    @Option(help: ArgumentHelp("A label of the hardware under test, for the record.", valueName: "label"))
    var hardware = ""

    @OptionGroup var logs: LogOptions
}

extension JudgementOptions {
    var budget: Nanoseconds { limit ?? .seconds(180) }

    /// Refuses a budget in which nothing can be decided.
    func check(_ rule: DuelRule, _ plan: Plan) throws(ScaleError) {
        let estimate = CellEstimate(plan)
        let keys = Set(plan.cells.map { CellLoad($0).key(rep: 1) })
        let pair = keys.reduce(Nanoseconds.zero) { $0 + estimate.duration(of: $1) } * 2
        let first = pair * (rule.looks.first ?? 1)
        let part = rule.confirms ? Nanoseconds(budget.rawValue / 2) : budget
        if first <= part { return }
        let enough = (first.seconds * (rule.confirms ? 2 : 1) * 1.2).rounded(.up)
        throw .usage(
            "--budget \(budget.seconds) is too short: the first \(rule.looks.first ?? 1) pairs take \((first.seconds * 10).rounded() / 10) s"
                + (rule.confirms ? ", and a confirmation as long" : ""),
            hint: "use --budget \(Int(enough)) or more, or shorter cells by --duration")
    }

    /// Pairs cancel what a host does to both sides: less counts than between runs of different hours.
    private static let usualEffect = 0.05

    func rule(_ effects: EffectOptions, seed: UInt64) throws(ScaleError) -> DuelRule {
        let criteria = try effects.criteria(usual: Self.usualEffect)
        if criteria.contains(where: { $0.metric == .successRate }) {
            throw .usage("--metric success is judged by all sessions together, and always", hint: "use --success-margin")
        }
        return DuelRule(criteria: criteria, successMargin: successMargin, seed: seed, confirms: !noConfirm)
    }
}

extension SideOptions {
    /// - Parameter isSelfTest: A is held against itself.
    func infrastructures(isSelfTest: Bool) throws(ScaleError) -> [Infrastructure] {
        if isSelfTest, b != nil { throw .usage("--self-test and --b are both given", hint: "drop --b: A is held against itself") }
        let texts = [a, isSelfTest ? a : b]
        var found: [Infrastructure] = []
        for (name, text) in zip(DuelSettings.names, texts) {
            guard let text else { throw .usage("--\(name) is not given", hint: "name a server, like --\(name) local:step-cpu=2ms") }
            let flag = "--" + (isSelfTest ? "a" : name)
            let spec = try ProviderSpec(text, flag: flag)
            found.append(
                Infrastructure(
                    name: name, provider: try ProviderRegistry.provider(for: spec), flag: flag,
                    specification: spec.name == URLProvider.name ? .none : LaunchSpecification(spec)))
        }
        return found
    }

    /// Hosts that the command line itself names may be loaded.
    var permission: TargetPermission {
        let attached = [a, b].compactMap(\.self).compactMap { text in (try? ProviderSpec(text)).flatMap { try? URLProvider(spec: $0) } }
        return permissions.permission(named: attached.flatMap(\.endpoints).map(\.host))
    }

    /// Refuses a slower server that would show nothing.
    func checkSlowdown(_ plan: Plan) throws(ScaleError) {
        // What a user's own action makes the environment wait is not known.
        if plan.waits != [.zero] || !plan.asksForWaits { return }
        for (name, text) in [("a", a), ("b", b)] {
            guard let text, let spec = try? ProviderSpec(text), spec.name == LocalProvider.name, spec.text("step-cpu") == nil,
                spec.text("fault")?.contains("slowdown") == true
            else { continue }
            throw .usage(
                "--\(name): fault=slowdown makes the work of a step longer, or its wait, and there is neither",
                hint: "add step-cpu=2ms to both, or --wait 0.05")
        }
    }
}

extension DuelLoadOptions {
    /// The plan of a duel; its N stands for another where none is given.
    /// - Parameters:
    ///   - budget: what the length of a cell follows from, where none is given.
    ///   - rule: says how many pairs have to fit into it.
    func plan(_ trace: Trace?, budget: Nanoseconds, rule: DuelRule) throws(ScaleError) -> Plan {
        if requests != nil && requestsGrid != nil { throw .usage("--requests and --requests-grid are both given", hint: "use one of them") }
        if workload.compare { throw .usage("--compare measures two modes", hint: "give one with --mode") }
        var pacing = pacing
        let sessions =
            try requestsGrid.map { text throws(ScaleError) in try GridText.counts(text, flag: "--requests-grid") }
            ?? requests.map { [$0] }
        let isFree =
            workload.steps == nil && !pacing.hold && !pacing.lockstep && trace == nil && workload.ramp == nil && workload.rate == nil
        if isFree && pacing.duration == nil || pacing.hold && pacing.duration == nil {
            let waits = try workload.waitGrid.map { text throws(ScaleError) in try GridText.waits(text, flag: "--wait-grid").count } ?? 1
            pacing.duration = Self.cell(budget, rule, loads: (sessions?.count ?? 1) * waits)
        }
        if isFree { pacing.hold = true }
        let flag = requestsGrid != nil ? "--requests-grid" : "--requests"
        // As fast as the servers step, for as long as there is time: one number a cell that says what a step costs.
        var plan = try workload.plan(
            Sizes(sessions: sessions ?? [1], flag: flag, reps: rule.looks.first ?? 1, mostReps: nil), pacing, trace, usualWait: .zero)
        plan.mostReps = rule.looks.last.map { rule.confirms ? $0 * 2 : $0 }
        return plan
    }

    private static let shortestCell = Nanoseconds.milliseconds(250)
    private static let longestCell = Nanoseconds.seconds(5)
    /// What a cell takes besides its steps: connections, resets and storing.
    private static let besides = Nanoseconds.milliseconds(40)

    /// How long a cell may step so that all pairs of a round fit into its part of the budget, with a tenth to spare.
    private static func cell(_ budget: Nanoseconds, _ rule: DuelRule, loads: Int) -> Nanoseconds {
        let round = budget.seconds / (rule.confirms ? 2 : 1) * 0.9
        let each = round / Double(2 * loads * (rule.looks.last ?? 1)) - besides.seconds
        return Nanoseconds.milliseconds(Int64((min(max(each, shortestCell.seconds), longestCell.seconds) * 1000).rounded(.down)))
    }
}
