import Foundation
import ScaleAnalysis
import ScaleCore

/// What a duel has beyond a plain run: all of it is fixed before its first pair.
public struct DuelSettings: Hashable, Sendable {
    public var purpose: DuelRecord.Purpose
    public var rule: DuelRule
    /// For everything from the first launch to the verdict; nil for no limit.
    public var budget: Nanoseconds?
    /// How the load was found; empty where it was given.
    public var trials: [LoadSearch.Trial]

    public init(purpose: DuelRecord.Purpose, rule: DuelRule, budget: Nanoseconds?, trials: [LoadSearch.Trial] = []) {
        self.purpose = purpose
        self.rule = rule
        self.budget = budget
        self.trials = trials
    }

    /// What the two sides are called in the store and in every table.
    public static let names = ["a", "b"]

    func course(of plan: Plan) -> DuelCourse { DuelCourse(rule, loads: Self.loads(of: plan), budget: budget) }

    static func loads(of plan: Plan) -> [CellLoad] {
        var loads: [CellLoad] = []
        for load in plan.cells.map(CellLoad.init) where !loads.contains(load) { loads.append(load) }
        return loads
    }

    /// As it is stored.
    /// - Parameter failure: what ended it early; nil where nothing did. What a first round found is told all the same when
    ///   the second one could not be launched.
    func record(of course: DuelCourse, endedBy failure: ScaleError?) throws(ScaleError) -> DuelRecord {
        let found: (GateVerdict, String)? =
            switch failure?.code {
            // What goes wrong behind the last pair, such as a stop, takes nothing from it.
            case _ where failure == nil || course.isOver: DuelAssessment.verdict(course.endedRounds, rule: rule)
            case .infrastructure where course.isConfirming:
                DuelAssessment.verdict(course.endedRounds, rule: rule, unmeasured: failure?.message)
            default: nil
            }
        return DuelRecord(
            purpose: purpose, rule: try JSON.text(rule), budget: budget, search: trials.isEmpty ? nil : try JSON.text(trials),
            a: Self.names[0], b: Self.names[1], verdict: found?.0.rawValue, reason: found?.1,
            rounds: try JSON.text(course.endedRounds),
            pairs: course.pairs.map { pair in
                DuelRecord.Pair(
                    number: pair.number, mode: pair.load.mode, sessions: pair.load.sessions, wait: pair.load.wait,
                    steps: pair.load.steps, round: pair.round, first: pair.first.rawValue, void: DuelValidity.reason(pair))
            })
    }
}

/// Values of ours as one line of JSON, keys in order.
enum JSON {
    static func text(_ value: some Encodable) throws(ScaleError) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else {
            throw ScaleError(.defect, "a value of the duel cannot be written as JSON")
        }
        return String(decoding: data, as: UTF8.self)
    }

    static func value<Value: Decodable>(_ text: String, of path: String) throws(ScaleError) -> Value {
        guard let value = try? JSONDecoder().decode(Value.self, from: Data(text.utf8)) else {
            throw ScaleError(.storage, "'\(path)' holds a duel that this version cannot read")
        }
        return value
    }
}

extension RunRequest {
    /// What a run begins with, as long as nothing has been launched.
    var firstBlock: CourseBlock { CourseBlock(infrastructures: duel == nil ? [0] : [0, 1], round: 1) }

    func title(of block: CourseBlock) -> String {
        block.infrastructures.map { infrastructures[$0].title }.joined(separator: " and ")
    }

    /// A plain run is over with its block.
    var isOneBlock: Bool { experiment == nil && duel == nil }
}
