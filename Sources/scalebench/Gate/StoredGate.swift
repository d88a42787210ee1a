import ArgumentParser
import Foundation
import ScaleAnalysis
import ScaleCore
import ScaleStore

/// What a gate on stored runs is asked.
struct StoredGateOptions: ParsableArguments {
    @Option(
        parsing: .singleValue,
        help: ArgumentHelp("A threshold to keep, like 'p99<=2.5s@N=512'; may be repeated.", valueName: "rule"))
    var require: [String] = []

    @Option(help: ArgumentHelp("A file with a rule a line; # begins a comment.", valueName: "file"), completion: .file())
    var rules: String?

    @Option(help: ArgumentHelp("The stored run to compare with: a database, or FILE#RUN.", valueName: "file"), completion: .file())
    var baseline: String?

    @Option(help: ArgumentHelp("The run that is judged, or the beginning of its id; the latest by default.", valueName: "id"))
    var run: String?

    @Option(help: ArgumentHelp("Where results are stored.", valueName: "file"), completion: .file())
    var db = "results/scalebench.sqlite"

    @Flag(help: "Compare with a baseline of another host or plan all the same.")
    var force = false

    /// Whether any of it was given.
    var isAsked: Bool { !require.isEmpty || rules != nil || baseline != nil }
}

/// What is compared by a gate, and how much a change has to be.
struct EffectOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What is compared, like steps_per_second, rps or step_p95, with its own smallest effect, like step_p95=10%; may be repeated.",
            valueName: "name[=share]"))
    var metric: [String] = []

    @Option(
        parsing: .unconditional, help: ArgumentHelp("The smallest worsening that counts, like 10%.", valueName: "share"),
        transform: Quantity.share)
    var minEffect: Double?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("The chance of a false regression; 5% by default.", valueName: "share"),
        transform: Quantity.share)
    var alpha: Double?

    /// One for each metric; steps per second where none is named.
    /// - Parameter usual: the smallest effect where none is given.
    func criteria(usual: Double) throws(ScaleError) -> [DuelRule.Criterion] {
        let alpha = alpha ?? 0.05
        if alpha >= 0.5 { throw .usage("--alpha \(alpha) finds regressions everywhere", hint: "give a chance below 50%, like 5%") }
        let effect = minEffect ?? usual
        var criteria: [DuelRule.Criterion] = []
        for text in metric {
            let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let metric = CellMetric(name: sides[0]) else {
                throw .usage(
                    "--metric '\(text)' is no metric of a cell",
                    hint:
                        "use steps_per_second, rps, success, p50, p90, p95, p99, max, or a percentile of a latency, like step_p95; a max batch is held by --require"
                )
            }
            var own = effect
            if sides.count == 2 {
                do {
                    own = try QuantityText.share(sides[1])
                } catch {
                    throw .usage("--metric '\(text)' has no share behind its =", hint: error.description)
                }
            }
            if criteria.contains(where: { $0.metric == metric }) {
                throw .usage("--metric names \(metric.name) twice", hint: "keep one of them")
            }
            criteria.append(DuelRule.Criterion(metric, minimumEffect: own, alpha: alpha))
        }
        if criteria.isEmpty { criteria = [DuelRule.Criterion(.stepsPerSecond, minimumEffect: effect, alpha: alpha)] }
        if let large = criteria.first(where: { $0.minimumEffect >= 0.9 }) {
            throw .usage("a smallest effect of \(large.metric.name) of 90 % or more lets everything pass", hint: "give less, like 10%")
        }
        return criteria
    }
}

/// A gate on stored runs: rules, a baseline, or both.
struct StoredGate {
    let options: StoredGateOptions
    let effects: EffectOptions

    func result() throws(ScaleError) -> GateResult {
        // Everything that was typed is looked at before a database is opened.
        let rules = try readRules()
        let rule = BaselineRule(criteria: try effects.criteria(usual: BaselineRule.minimumEffect), forces: options.force)
        let reference = try options.baseline.map { text throws(ScaleError) in try RunReference(text, flag: "--baseline") }
        if reference == nil { try checkUnused() }
        let run = try RunReader(path: options.db).snapshot(options.run.map { $0 == "latest" ? .latestGrid : .uuid($0) } ?? .latestGrid)
        var checks: [GateCheck] = []
        var notes: [String] = []
        var baseline: String?
        if let rules {
            let found = try RuleJudge(run).checks(rules)
            checks += found.checks
            notes += found.notes
        }
        if let reference {
            let other = try reference.snapshot()
            if other.run.uuid == run.run.uuid {
                throw .usage(
                    "--baseline '\(options.baseline ?? "")' is the run that is judged", hint: "name another run, like FILE#RUN, or --run")
            }
            let found = BaselineJudge(run, against: other, rule: rule).checks()
            checks += found.checks
            notes += found.notes
            baseline = other.words
        }
        if run.run.status != .finished { notes.append("the run is not whole: it is \(run.run.status.rawValue)") }
        return GateResult(
            kind: .stored, verdict: checks.verdict, reason: checks.reason, subject: run.words, baseline: baseline, checks: checks,
            notes: notes, run: run.run.uuid, database: options.db)
    }

    private func readRules() throws(ScaleError) -> GateRules? {
        if options.require.isEmpty && options.rules == nil { return nil }
        let file = try options.rules.map { path throws(ScaleError) in (name: path, text: try Self.text(of: path)) }
        return try GateRules.read(options.require, file: file)
    }

    /// Flags that only a comparison has a use for.
    private func checkUnused() throws(ScaleError) {
        let given = [
            (options.force, "--force"), (!effects.metric.isEmpty, "--metric"), (effects.minEffect != nil, "--min-effect"),
            (effects.alpha != nil, "--alpha"),
        ]
        if let unused = given.first(where: \.0) {
            throw .usage("\(unused.1) is for a comparison", hint: "give --baseline, or leave it out")
        }
    }

    /// More is no file of rules, whatever it is: a device has no end.
    private static let mostBytes = 1 << 20

    private static func text(of path: String) throws(ScaleError) -> String {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), !isDirectory.boolValue else {
            throw .usage("there is no rules file '\(path)'", hint: "name a file with a rule a line, like p99<=2.5s@N=512")
        }
        guard let handle = FileHandle(forReadingAtPath: path), let data = try? handle.read(upToCount: mostBytes) ?? Data() else {
            throw .usage("the rules file '\(path)' cannot be read", hint: "check who may read it")
        }
        guard let text = String(validating: data, as: UTF8.self) else { throw .usage("\(path) is not UTF-8", hint: "save it as UTF-8") }
        return text
    }
}
