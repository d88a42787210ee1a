import ScaleAnalysis
import ScaleCore
import ScaleStore

/// A duel as it is read back: its verdict is made once more, from the cells.
public struct StoredDuel: Sendable {
    public var record: DuelRecord
    public var snapshot: RunSnapshot
    public var rule: DuelRule
    /// In the order in which they were measured.
    public var pairs: [DuelPair]
    /// What each round found, each look where it was.
    public var rounds: [DuelRound]
    /// How the load was found; empty where it was given.
    public var trials: [LoadSearch.Trial]

    /// - Throws: `usage` where the run is no duel; `storage`.
    public init(_ snapshot: RunSnapshot, from reader: RunReader) throws(ScaleError) {
        guard let record = try reader.duel(ofRun: snapshot.run.uuid) else {
            throw .usage(
                "the run \(snapshot.run.uuid) in '\(reader.path)' is no duel, or was stopped before its end",
                hint: "scalebench runs lists what is stored")
        }
        self.record = record
        self.snapshot = snapshot
        let rule: DuelRule = try JSON.value(record.rule, of: reader.path)
        self.rule = rule
        trials = try record.search.map { text throws(ScaleError) in try JSON.value(text, of: reader.path) } ?? []
        var cells: [String: [CellKey: CellRecord]] = [:]
        for cell in snapshot.cells {
            cells[snapshot.deployments[cell.deployment]?.infra ?? "", default: [:]][cell.record.key] = cell.record
        }
        var pairs: [DuelPair] = []
        for pair in record.pairs {
            let key = CellKey(mode: pair.mode, sessions: pair.sessions, wait: pair.wait, steps: pair.steps, rep: pair.number)
            guard let a = cells[record.a]?[key], let b = cells[record.b]?[key], let first = DuelSide(rawValue: pair.first) else {
                throw ScaleError(.storage, "'\(reader.path)' lacks a cell of pair \(pair.number) of the run \(snapshot.run.uuid)")
            }
            pairs.append(DuelPair(number: pair.number, round: pair.round, first: first, a: a, b: b))
        }
        self.pairs = pairs
        // A second round that could not be brought to its end is not judged.
        let ended: [DuelRound] = try JSON.value(record.rounds, of: reader.path)
        let judged = pairs.filter { $0.round <= ended.count }
        rounds = DuelCourse(rule, loads: DuelSettings.loads(of: snapshot.run.plan), budget: record.budget).replayed(judged).rounds
    }

    /// The servers of both sides, as they were asked for.
    public func specification(of side: DuelSide) -> String {
        let name = side == .a ? record.a : record.b
        let deployment = snapshot.deployments.values.first { $0.infra == name }
        guard let deployment else { return name }
        return deployment.specification.isEmpty ? deployment.endpoints.joined(separator: ",") : deployment.specification
    }
}
