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

        init(_ batch: Batch) {
            key = batch.key
            lines = PublishedFiles.Entry.Lines(first: batch.firstLine, last: batch.lastLine)
            startedAt = batch.startedAt
            length = batch.sessions.compactMap(\.endedAt).max() ?? .zero
            succeeded = batch.succeeded
            waits = batch.waits
        }
    }

    let settings: ImportSettings
    let names: PublishedFiles.Names
    private(set) var batches: [Outline] = []
    private(set) var fingerprint = Fingerprint()
    private(set) var lines = 0
    private var problems: Problems
    private var hasRaw = false

    init(settings: ImportSettings, names: PublishedFiles.Names) {
        self.settings = settings
        self.names = names
        problems = Problems(file: names.raw)
    }

    /// That of a `raw.jsonl` without a line.
    static var rawFingerprint: Fingerprint {
        var print = Fingerprint()
        print.add("raw.jsonl")
        return print
    }

    var fileNames: String { hasRaw ? names.raw : names.summary }

    mutating func read(_ source: inout any ByteSource) throws(ScaleError) {
        hasRaw = true
        fingerprint = Self.rawFingerprint
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
        var (print, outlines, problems) = (fingerprint, batches, problems)
        (batches, fingerprint) = ([], Fingerprint())
        step(&reading, { print.add($0) }) { found in
            switch found {
            case .batch(let batch): outlines.append(Outline(batch))
            case .problem(let problem, let line): problems.add(problem, line: line)
            case .incomplete(let batch): problems.add(LineProblem(batch.complaint), line: batch.firstLine)
            }
        }
        (fingerprint, batches, self.problems) = (print, outlines, problems)
    }

    mutating func read(_ summary: UnsafeRawBufferPointer) throws(ScaleError) -> SummaryTable {
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

extension Batch {
    /// Nil where nothing waited.
    fileprivate var waits: Double? {
        guard key.wait > .zero else { return nil }
        let ratios = sessions.compactMap { $0.waited }.map { $0.seconds / key.wait.seconds }.sorted()
        return ratios.isEmpty ? nil : ratios[ratios.count / 2]
    }
}
