import ScaleAnalysis
import ScaleCore

/// Stored infrastructures side by side, as a page and as charts.
public struct ComparisonReport: Sendable {
    let comparison: RunComparison

    public init(_ comparison: RunComparison) { self.comparison = comparison }

    /// `A`, `B`, `C`, …, and numbers beyond Z.
    static func letter(_ index: Int) -> String {
        index < 26 ? String(Unicode.Scalar(UInt8(65 + index))) : "#\(index + 1)"
    }

    /// Markdown.
    /// - Parameter pictures: paths of the charts from the file that this becomes, with what they show.
    public func markdown(pictures: [(path: String, title: String)] = []) -> String {
        var document = ReportDocument(title: title)
        document.bullets(comparison.sides.enumerated().map { side($0.element, $0.offset) })
        let refusals = comparison.refusals
        for (side, reason) in refusals {
            document.paragraph("\(strong: Prose("\(side.name) cannot be compared with \(comparison.sides[0].name)")): \(reason).")
        }
        document.section(2, "Changes", changesAre, changes)
        document.section("Max batch", batches)
        document.bullets((gaps + comparison.notes).map { Prose(Sentence.whole($0)) })
        var text = Markdown.text(document) { $0 }
        for picture in pictures { text += "\n![\(Markdown.escaped(picture.title))](\(Markdown.destination(picture.path)))\n" }
        return text
    }

    private var title: Prose {
        let names = comparison.sides.map { Prose($0.name) }
        return "\(names.dropFirst().isEmpty ? Prose() : Array(names.dropFirst()).listed) against \(names.first ?? "")"
    }

    private func side(_ side: RunComparison.Side, _ index: Int) -> Prose {
        let source = side.run.source == .imported ? ", imported" : ""
        return "\(Self.letter(index)): \(strong: Prose(side.name)) – \(side.infra.name) of run \(code: String(side.run.uuid.prefix(8))), "
            + Prose(ours: "\(side.run.startedAt.inWords), scalebench \(side.run.version)\(source)")
    }

    private var changesAre: Prose {
        let chance = Prose(ours: GateResult.coverage(RunComparison.falseShare))
        let same = Prose(ours: GateResult.coverage(RunComparison.sameWithin))
        return "Medians over repetitions; a change is the Hodges–Lehmann shift with its 95 % interval. "
            + "Of all that is called better or worse, \(chance) may be chance (Benjamini–Hochberg); "
            + "same is what has its interval within ±\(same)."
            + Prose(ours: SharedLoad(comparison.rows.map(\.load)).words.map { " The load is \($0)." } ?? "")
    }

    private var changes: Table {
        let shared = SharedLoad(comparison.rows.map(\.load))
        var columns: [Table.Column] = [.text("load"), .text("metric"), .number("A")]
        for index in comparison.sides.indices.dropFirst() {
            let letter = Self.letter(index)
            columns += [.number(letter), .number("\(letter) ÷ A"), .text("\(letter) is")]
        }
        return Table(
            columns,
            rows: comparison.rows.map { row in
                var cells: [Prose] = [
                    Prose(ours: shared.rest(of: row.load)), Prose(code: row.metric.name),
                    Prose(ours: MetricText.value(row.base, of: row.metric)),
                ]
                for change in row.changes { cells += self.cells(change, row.metric) }
                return Table.Row(cells)
            })
    }

    private func cells(_ change: RunComparison.Change, _ metric: CellMetric) -> [Prose] {
        let value = Prose(ours: MetricText.value(change.value, of: metric))
        guard let effect = change.effect else { return [value, .absent, Self.words(change)] }
        let interval = MetricText.change(effect.ratio, effect.low, effect.high) + (effect.low == nil ? " (–)" : "")
        return [value, Prose(ours: interval), Self.words(change)]
    }

    private static func words(_ change: RunComparison.Change) -> Prose {
        if let word = change.word {
            let prose = Prose(ours: word.rawValue)
            return word == .better || word == .worse ? Prose(strong: prose) : prose
        }
        switch change.gap {
        case .notComparable: return "not comparable"
        case .invalid: return "invalid"
        case .tooFewCells, .tooFewSamples, .noValue, nil: return .absent
        }
    }

    /// Each kind of gap once.
    private var gaps: [String] {
        let found = Set(comparison.rows.flatMap { $0.changes.compactMap(\.gap) })
        var sentences: [String] = []
        if found.contains(.tooFewCells) {
            sentences.append("without an interval are changes of too few repetitions: four of each side are enough for one")
        }
        if found.contains(.tooFewSamples) {
            sentences.append(
                "percentiles of too few samples are not compared: ten have to lie beyond, so P99 takes 1,000 over all repetitions and P95 200"
            )
        }
        if found.contains(.invalid) {
            sentences.append("invalid is where no repetition of a side says anything about its servers")
        }
        return sentences
    }

    private var batches: Table {
        let columns = comparison.sides.indices.flatMap { [Table.Column.number(Self.letter($0)), .number("\(Self.letter($0)) per core")] }
        return Table(
            [.text("load")] + columns,
            rows: comparison.batches.map { batch in
                let cells = zip(batch.capacities, comparison.sides).flatMap { capacity, side -> [Prose] in
                    guard let capacity else { return [.absent, .absent] }
                    return [
                        ReportCapacity.bracket(capacity.batch, of: capacity),
                        Prose(ours: Self.perCore(capacity, side).map(Figure.ratio) ?? Figure.absent),
                    ]
                }
                return Table.Row([Prose(ours: batch.load.words)] + cells)
            })
    }

    /// Nil where the cores are not known or nothing passed.
    static func perCore(_ capacity: Capacity, _ side: RunComparison.Side) -> Double? {
        guard let cores = side.infra.record?.cores, cores > 0, let best = capacity.batch.lastPass else { return nil }
        return Double(best) / cores
    }
}
