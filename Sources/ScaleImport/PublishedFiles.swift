import ScaleCore

/// Bytes of a file from its beginning to its end, as many at a time as suits whoever reads them.
public protocol ByteSource {
    /// The next bytes, valid until the next call; none at the end.
    mutating func next() throws(ScaleError) -> UnsafeRawBufferPointer
}

/// What published files leave out, and what to make of their bad lines.
public struct ImportSettings: Hashable, Sendable {
    /// What reports call what was under test.
    public var infra: String
    /// Cores the servers could use, summed over hosts; nil where unknown.
    public var cores: Double?
    /// Server processes; nil where unknown.
    public var workers: Int?
    /// Sessions that one worker admitted; nil where unknown or unlimited.
    public var sessionCap: Int?
    /// Steps of each session, from 1.
    public var steps: Int
    /// Goes on without bad lines, and without the batches that they were part of.
    public var skipsBad: Bool

    public init(
        infra: String, cores: Double? = nil, workers: Int? = nil, sessionCap: Int? = nil, steps: Int = 1, skipsBad: Bool = false
    ) {
        self.infra = infra
        self.cores = cores
        self.workers = workers
        self.sessionCap = sessionCap
        self.steps = steps
        self.skipsBad = skipsBad
    }
}

/// A first reading of `raw.jsonl` and `summary.csv`: every line is checked, the cells are known, nothing of the sessions is
/// kept. ``PublishedCells`` reads the lines a second time for the cells themselves, one batch in memory at a time.
public struct PublishedFiles: Sendable {
    /// A cell to be made: of a batch of lines, a row, or both.
    struct Entry: Sendable {
        struct Lines: Sendable {
            var first: Int
            var last: Int
        }
        var key: CellKey
        var deployment: Int
        var lines: Lines?
        var row: SummaryRow?
        var evidence: String
        /// As the files spell it; empty where they do not.
        var hardwareLabel: String
    }

    /// Those made of lines first, in the lines' order.
    let entries: [Entry]
    let settings: ImportSettings
    let names: Names
    let startedAt: WallTime
    let finishedAt: WallTime
    /// Of both files' lines: equal files have equal ones. 16 hexadecimal digits.
    public let fingerprint: String
    /// Of the lines of `raw.jsonl`.
    let rawFingerprint: Fingerprint
    public let deployments: [DeploymentRecord]
    public let plan: Plan
    public let hardware: String
    /// Lines of `raw.jsonl`, the bad ones among them.
    public let lines: Int
    /// What a reader should know before believing the numbers, each in one sentence: bad lines that were left out, rows
    /// that their lines contradict.
    public let notices: [String]

    public var cells: Int { entries.count }
    /// When the first session started and when the last cell ended, as the files say.
    public var period: (start: WallTime, end: WallTime) { (startedAt, finishedAt) }

    /// What sentences call the two files.
    public struct Names: Hashable, Sendable {
        public var raw: String
        public var summary: String

        public init(raw: String = "raw.jsonl", summary: String = "summary.csv") {
            self.raw = raw
            self.summary = summary
        }
    }

    /// - Parameters:
    ///   - raw: nil where there is no such file.
    ///   - summary: the whole file; nil where there is none.
    ///   - now: stands for times that the files do not have.
    /// - Throws: a usage error that names the first bad line, and how many there are; where `settings` goes on without bad
    ///   lines, only when nothing is left.
    public init(
        raw: (any ByteSource)?, summary: UnsafeRawBufferPointer?, names: Names = Names(), settings: ImportSettings, now: WallTime
    ) throws(ScaleError) {
        var survey = Survey(settings: settings, names: names)
        if var raw { try survey.read(&raw) }
        rawFingerprint = survey.fingerprint
        var table: SummaryTable?
        if let summary { table = try survey.read(summary) }
        try survey.judge(table)
        let matched = BatchRows(batches: survey.batches, rows: table?.rows ?? [], names: names, settings: settings)
        guard !matched.entries.isEmpty else {
            throw .usage("\(survey.fileNames) has no complete batch", hint: "give files with at least one")
        }
        entries = matched.entries
        deployments = matched.deployments
        self.settings = settings
        self.names = names
        fingerprint = survey.fingerprint.description
        let labels = Set(matched.entries.map(\.hardwareLabel))
        hardware = labels.count == 1 ? labels.first ?? "" : ""
        lines = survey.lines
        let keys = matched.entries.map(\.key)
        plan = Plan(
            modes: Mode.allCases.filter { mode in keys.contains { $0.mode == mode } }, sessions: Set(keys.map(\.sessions)).sorted(),
            waits: Set(keys.map(\.wait)).sorted(), steps: settings.steps, reps: keys.map(\.rep).max() ?? 1)
        let starts = survey.batches.map(\.startedAt) + (table?.rows.compactMap(\.timestamp) ?? [])
        startedAt = starts.min() ?? now
        let ends = survey.batches.map { $0.startedAt.adding($0.length) } + (table?.rows.compactMap(\.timestamp) ?? [])
        finishedAt = max(ends.max() ?? now, startedAt)
        notices = survey.notices(table) + matched.notices
    }
}

extension WallTime {
    func adding(_ span: Nanoseconds) -> WallTime { WallTime(microseconds: microseconds + span.rawValue / 1000) }
}
