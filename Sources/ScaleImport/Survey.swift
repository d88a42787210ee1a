import ScaleCore

/// The first reading of the files.
struct Survey {
    /// What is kept of a batch of lines.
    struct Outline: Sendable {
        var key: BatchKey
        var lines: PublishedFiles.Entry.Lines
        var startedAt: WallTime
        /// To the end of the last session.
        var length: Nanoseconds
        var succeeded: Int
        /// By how often its sessions said that they waited as long as was asked: the middle one.
        var waits: Double?
    }

    let settings: ImportSettings
    let names: PublishedFiles.Names
    private(set) var batches: [Outline] = []
    private(set) var fingerprint = Fingerprint()
    private(set) var lines = 0
    private var problems: Problems
    private var incomplete = 0
    private var hasRaw = false
    private var hasSummary = false

    init(settings: ImportSettings, names: PublishedFiles.Names) {
        self.settings = settings
        self.names = names
        problems = Problems(file: names.raw)
    }

    var fileNames: String { hasRaw ? names.raw : names.summary }

    mutating func read(_ source: inout any ByteSource) throws(ScaleError) {
        hasRaw = true
        fingerprint.add("raw.jsonl")
        var reading = RawReading(steps: settings.steps)
        while true {
            let chunk = try source.next()
            if chunk.isEmpty { break }
            take(&reading) { $0.feed(chunk, $1, $2) }
        }
        take(&reading) { $0.finish($1, $2) }
        lines = reading.lines
    }

    private mutating func take(
        _ reading: inout RawReading,
        _ step: (inout RawReading, (UnsafeRawBufferPointer) -> Void, (RawReading.Found) -> Void) -> Void
    ) {
        var print = fingerprint
        var found: [RawReading.Found] = []
        step(&reading, { print.add($0) }, { found.append($0.outlined) })
        fingerprint = print
        for each in found {
            switch each {
            case .outline(let outline): batches.append(outline)
            case .problem(let problem, let line): problems.add(problem, line: line)
            case .incomplete(let batch):
                incomplete += 1
                problems.add(LineProblem(batch.complaint), line: batch.firstLine)
            case .batch: break
            }
        }
    }

    mutating func read(_ summary: UnsafeRawBufferPointer) throws(ScaleError) -> SummaryTable {
        hasSummary = true
        fingerprint.add("summary.csv")
        fingerprint.add(summary)
        return try SummaryTable(summary, file: names.summary)
    }

    /// Refuses files with bad lines, unless they are to be left out.
    func judge(_ table: SummaryTable?) throws(ScaleError) {
        if settings.skipsBad { return }
        let first = problems.first ?? table?.problems.first
        guard let first else { return }
        let count = problems.count + (table?.problems.count ?? 0)
        let others = count == 1 ? "" : ", and \(count - 1) more of its lines are bad"
        throw .usage("\(first)\(others); nothing was stored", hint: "mend it, or go on without with --skip-bad")
    }

    func notices(_ table: SummaryTable?) -> [String] {
        var found: [String] = []
        for problems in [problems, table?.problems].compactMap({ $0 }) where problems.count > 0 {
            let what = problems.count == 1 ? "1 bad line was" : "\(problems.count) bad lines were"
            found.append("\(what) left out: \(problems.first ?? "")")
        }
        let ratios = batches.compactMap(\.waits)
        if let most = ratios.max(), let least = ratios.min(), least >= 1.5, settings.steps == 1 {
            let times = least == most ? "\(rounded(least))" : "\(rounded(least)) to \(rounded(most))"
            found.append("the sessions waited \(times) times as long as one step asks: if they made more, say so with --steps")
        }
        return found
    }

    private func rounded(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
}

/// Lines to batches, with what is wrong between them.
struct RawReading {
    enum Found {
        case batch(Batch)
        case outline(Survey.Outline)
        case problem(LineProblem, line: Int)
        case incomplete(BatchAssembly.Incomplete)

        /// A batch without its sessions.
        var outlined: Found {
            guard case .batch(let batch) = self else { return self }
            let length = batch.sessions.compactMap(\.endedAt).max() ?? .zero
            return .outline(
                Survey.Outline(
                    key: batch.key, lines: .init(first: batch.firstLine, last: batch.lastLine), startedAt: batch.startedAt,
                    length: length, succeeded: batch.succeeded, waits: batch.waits))
        }
    }

    private var feed = LineFeed()
    private var assembly: BatchAssembly

    init(steps: Int) { assembly = BatchAssembly(steps: steps) }

    var lines: Int { feed.lines }

    /// - Parameters:
    ///   - seen: called with every line as it stands.
    ///   - found: called with every batch that is over, and with every bad line.
    mutating func feed(_ chunk: UnsafeRawBufferPointer, _ seen: (UnsafeRawBufferPointer) -> Void, _ found: (Found) -> Void) {
        feed.feed(chunk) { line, number in Self.take(line, number, &assembly, seen, found) }
    }

    mutating func finish(_ seen: (UnsafeRawBufferPointer) -> Void, _ found: (Found) -> Void) {
        feed.finish { line, number in Self.take(line, number, &assembly, seen, found) }
        assembly.end { found($0.found) }
    }

    private static func take(
        _ line: LineFeed.Line, _ number: Int, _ assembly: inout BatchAssembly, _ seen: (UnsafeRawBufferPointer) -> Void,
        _ found: (Found) -> Void
    ) {
        guard case .bytes(let bytes) = line else {
            return found(.problem(LineProblem("has more than \(LineFeed.longestLine) bytes"), line: number))
        }
        seen(bytes)
        if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { return }
        do {
            assembly.add(try RawLine(bytes), number: number) { found($0.found) }
        } catch {
            found(.problem(error, line: number))
        }
    }
}

extension BatchAssembly.Ended {
    fileprivate var found: RawReading.Found {
        switch self {
        case .whole(let batch): .batch(batch)
        case .incomplete(let batch): .incomplete(batch)
        }
    }
}

extension Batch {
    /// Nil where nothing waited.
    fileprivate var waits: Double? {
        guard key.wait > .zero else { return nil }
        let ratios = sessions.compactMap { $0.waited }.map { $0.seconds / key.wait.seconds }.sorted()
        return ratios.isEmpty ? nil : ratios[ratios.count / 2]
    }
}
