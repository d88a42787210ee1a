import ScaleCore

/// What failed, by kind and phase, of all repetitions of an N together.
struct ReportFailures {
    let subject: ReportSubject

    private struct Kind: Hashable {
        var kind: FailureKind
        var phase: Phase
        var code: Int32?
    }

    private struct Count {
        var sessions = 0
        var repetitions = 0
        var first = Nanoseconds.zero
    }

    /// Most frequent first within an N. What invalid cells lost stands in rows of its own, struck out.
    var table: Table {
        let columns: [Table.Column] = [
            .number("N"), .text("phase"), .text("kind"), .text("whose"), .text("code"), .number("count"), .number("of all"),
            .number("repetitions"),
            .number("first after"),
        ]
        return Table(
            subject.keyColumns + columns,
            rows: subject.series.flatMap { series in
                series.batches.flatMap { batch in
                    [true, false].flatMap { valid in
                        rows(series, series.records.filter { $0.key.sessions == batch && $0.valid == valid })
                    }
                }
            })
    }

    /// The most frequent texts of an N, its repetitions together; those of invalid cells struck out.
    var words: Table {
        let columns: [Table.Column] = [
            .number("N"), .text("phase"), .text("kind"), .text("code"), .number("count"), .text("what the server said"),
        ]
        return Table(
            subject.keyColumns + columns,
            rows: subject.series.flatMap { series in
                series.batches.flatMap { batch in
                    [true, false].flatMap { valid in
                        words(series, series.records.filter { $0.key.sessions == batch && $0.valid == valid })
                    }
                }
            })
    }

    private func words(_ series: ReportSubject.Series, _ cells: [CellRecord]) -> [Table.Row] {
        ServerText.mostFrequent(cells.flatMap(\.texts)).map { said in
            let words: [Prose] = [
                Prose(Figure.count(cells[0].key.sessions)), Prose(said.phase.rawValue), Prose(code: said.kind.rawValue),
                Prose(said.kind.named(said.code) ?? Figure.absent), Prose(Figure.count(said.count)), Prose(said.text),
            ]
            let row = subject.key(series) + words
            return Table.Row(row, struck: cells[0].valid ? 0 : row.count)
        }
    }

    private func rows(_ series: ReportSubject.Series, _ cells: [CellRecord]) -> [Table.Row] {
        guard let batch = cells.first?.key.sessions else { return [] }
        var order: [Kind] = []
        var counts: [Kind: Count] = [:]
        for failure in cells.flatMap(\.failures) {
            let kind = Kind(kind: failure.kind, phase: failure.phase, code: failure.code)
            if counts[kind] == nil { order.append(kind) }
            var count = counts[kind] ?? Count(first: failure.firstAt)
            count.sessions += failure.count
            count.repetitions += 1
            count.first = min(count.first, failure.firstAt)
            counts[kind] = count
        }
        let offered = Double(max(1, batch * cells.count))
        let isValid = cells[0].valid
        return order.map { ($0, counts[$0] ?? Count()) }
            .sorted { ($1.1.sessions, $0.1.first) < ($0.1.sessions, $1.1.first) }
            .map { kind, count in
                let words: [Prose] = [
                    Prose(Figure.count(batch)), Prose(kind.phase.rawValue), Prose(code: kind.kind.rawValue),
                    Prose(ours: kind.kind.origin.words),
                    Prose(kind.kind.named(kind.code) ?? Figure.absent), Prose(Figure.count(count.sessions)),
                    Prose(Figure.percent(Double(count.sessions) / offered)), "\(String(count.repetitions)) of \(String(cells.count))",
                    Prose(count.first.inWords),
                ]
                let cells = subject.key(series) + words
                return Table.Row(cells, struck: isValid ? 0 : cells.count)
            }
    }
}

extension FailureKind.Origin {
    /// Who is answerable, for a table.
    var words: String {
        switch self {
        case .client: "generator"
        case .connect: "way to the server"
        case .upgrade: "server's answer"
        case .environment: "environment"
        case .transport: "open connection"
        case .infrastructure: "infrastructure"
        }
    }
}
