import ScaleAnalysis
import ScaleCore

/// The second reading: the cells of ``PublishedFiles``, one after the other, with the sessions of one batch in memory.
public struct PublishedCells {
    private let files: PublishedFiles
    private var source: (any ByteSource)?
    private var reading: RawReading
    private var batches: [Batch] = []
    private var nextBatch = 0
    private var index = 0
    private var fingerprint = Survey.rawFingerprint
    private let now: WallTime

    /// - Parameters:
    ///   - raw: the same bytes once more; nil where there was no such file.
    ///   - now: as for the first reading.
    public init(_ files: PublishedFiles, raw: (any ByteSource)?, now: WallTime) {
        self.files = files
        self.now = now
        source = raw
        reading = RawReading(steps: files.settings.steps)
    }

    /// The next cell and the index of its deployment; nil at the end.
    /// - Throws: `storage` where the file is not what it was, at the end at the latest: what was made of it must not stay.
    public mutating func next() throws(ScaleError) -> (deployment: Int, cell: FinishedCell)? {
        guard index < files.entries.count else {
            while source != nil { try readOn() }
            if files.lines > 0, fingerprint != files.rawFingerprint { throw changed }
            return nil
        }
        let entry = files.entries[index]
        index += 1
        let imported = ImportedCell(key: entry.key, evidence: entry.evidence)
        var cell: FinishedCell
        if let lines = entry.lines {
            let batch = try nextBatchOfLines()
            guard let batch, batch.firstLine == lines.first, batch.lastLine == lines.last else {
                throw changed
            }
            cell = imported.finished(batch, row: entry.row)
        } else if let row = entry.row {
            cell = imported.finished(row, now: now)
        } else {
            return try next()
        }
        cell.record.checks = ConsistencyRules.violations(
            in: cell.record, plan: files.plan, deployment: files.deployments[entry.deployment])
        return (entry.deployment, cell)
    }

    private var changed: ScaleError {
        ScaleError(.storage, "\(files.names.raw) was changed while it was read", hint: "import it again")
    }

    private mutating func nextBatchOfLines() throws(ScaleError) -> Batch? {
        while nextBatch == batches.count {
            if source == nil { return nil }
            try readOn()
        }
        defer { nextBatch += 1 }
        return batches[nextBatch]
    }

    /// Takes the batches of the next bytes in place of those before.
    private mutating func readOn() throws(ScaleError) {
        batches.removeAll(keepingCapacity: true)
        nextBatch = 0
        guard var open = source else { return }
        let chunk = try open.next()
        source = chunk.isEmpty ? nil : open
        var (found, print): ([Batch], Fingerprint) = ([], fingerprint)
        let keep: (RawReading.Found) -> Void = { if case .batch(let batch) = $0 { found.append(batch) } }
        if chunk.isEmpty { reading.finish({ print.add($0) }, keep) } else { reading.feed(chunk, { print.add($0) }, keep) }
        (batches, fingerprint) = (found, print)
    }
}
