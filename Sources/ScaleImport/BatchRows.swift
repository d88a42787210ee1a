import ScaleCore

/// Which row of the summary tells of which batch of lines, and what both are called in the store.
///
/// Both files are appended to in one order, so the k-th row of a (mode, N, wait, hardware) belongs to the k-th batch of
/// the same. Where there are more of one than of the other, a batch takes the next row with as many successful sessions.
struct BatchRows {
    private(set) var entries: [PublishedFiles.Entry] = []
    private(set) var deployments: [DeploymentRecord] = []
    private(set) var notices: [String] = []
    private var places: [Place: Int] = [:]
    private let names: PublishedFiles.Names
    private let settings: ImportSettings

    /// What is a deployment of its own: reports compare these.
    private struct Place: Hashable {
        var hardware: String
        var url: String
    }

    /// What repeated cells share.
    private struct Point: Hashable {
        var deployment: Int
        var mode: Mode
        var sessions: Int
        var wait: Nanoseconds
    }

    init(batches: [Survey.Outline], rows: [SummaryRow], names: PublishedFiles.Names, settings: ImportSettings) {
        self.names = names
        self.settings = settings
        let labels = Set(batches.map(\.key.hardware) + rows.map(\.key.hardware))
        let addresses = Set(rows.map(\.url))
        var rowsOf: [BatchKey: [SummaryRow]] = [:]
        for row in rows { rowsOf[row.key, default: []].append(row) }
        var batchesOf: [BatchKey: Int] = [:]
        for batch in batches { batchesOf[batch.key, default: 0] += 1 }
        var found: [(batch: Survey.Outline?, row: SummaryRow?)] = []
        var contradicted: [String] = []
        for batch in batches {
            let candidates = rowsOf[batch.key] ?? []
            let isPaired = candidates.count == batchesOf[batch.key]
            let index = isPaired ? 0 : candidates.firstIndex { $0.succeeded == batch.succeeded }
            var row: SummaryRow?
            if let index {
                row = candidates[index]
                // Rows before it have no lines; they come back below.
                rowsOf[batch.key]?.remove(at: index)
            }
            // The pairing goes on with the next of both.
            batchesOf[batch.key, default: 1] -= 1
            if let row, row.succeeded != batch.succeeded {
                contradicted.append(
                    "\(names.summary):\(row.line) counts \(row.succeeded) successful sessions, and the lines \(batch.lines.first) "
                        + "to \(batch.lines.last) of \(names.raw) \(batch.succeeded)")
            }
            found.append((batch, row))
        }
        for row in rowsOf.values.flatMap({ $0 }).sorted(by: { $0.line < $1.line }) { found.append((nil, row)) }
        if let first = contradicted.first {
            notices.append(first + (contradicted.count == 1 ? "" : " (and \(contradicted.count - 1) more)") + "; the lines count")
        }
        add(found, manyLabels: labels.count > 1, address: addresses.count == 1 ? addresses.first : nil, manyAddresses: addresses.count > 1)
    }

    private mutating func add(
        _ found: [(batch: Survey.Outline?, row: SummaryRow?)], manyLabels: Bool, address: String?, manyAddresses: Bool
    ) {
        var points: [Point: [Int]] = [:]
        for (batch, row) in found {
            guard let key = batch?.key ?? row?.key else { continue }
            let place = Place(hardware: key.hardware, url: row?.url ?? address ?? "")
            let deployment = deployment(place, manyLabels: manyLabels, manyAddresses: manyAddresses)
            points[Point(deployment: deployment, mode: key.mode, sessions: key.sessions, wait: key.wait), default: []]
                .append(entries.count)
            entries.append(
                PublishedFiles.Entry(
                    key: CellKey(mode: key.mode, sessions: key.sessions, wait: key.wait, steps: settings.steps, rep: 1),
                    deployment: deployment, lines: batch?.lines, row: row, evidence: evidence(batch, row), hardwareLabel: key.hardware))
        }
        var renumbered = 0
        for indices in points.values {
            let stated = indices.compactMap { entries[$0].row?.repetition }
            let isUsable = stated.count == indices.count && Set(stated).count == stated.count && stated.allSatisfy { $0 >= 1 }
            if !isUsable && !stated.isEmpty { renumbered += indices.count }
            for (ordinal, index) in indices.enumerated() {
                entries[index].key.rep = isUsable ? entries[index].row?.repetition ?? ordinal + 1 : ordinal + 1
            }
        }
        if renumbered > 0 {
            notices.append(
                "\(renumbered) cells share their repetition's number with another, as files have that were appended to: they are "
                    + "numbered by their order")
        }
    }

    private func evidence(_ batch: Survey.Outline?, _ row: SummaryRow?) -> String {
        var parts: [String] = []
        if let batch { parts.append("\(names.raw) lines \(batch.lines.first) to \(batch.lines.last)") }
        if let row { parts.append("\(names.summary) line \(row.line)") }
        return "imported: " + parts.joined(separator: ", ")
    }

    private mutating func deployment(_ place: Place, manyLabels: Bool, manyAddresses: Bool) -> Int {
        if let known = places[place] { return known }
        var name = settings.infra
        if manyLabels { name += " " + (place.hardware.isEmpty ? "(no hardware)" : place.hardware) }
        let address = Redaction.url(place.url)
        if manyAddresses { name += " at " + (address.isEmpty ? "(no address)" : address) }
        places[place] = deployments.count
        deployments.append(
            DeploymentRecord(
                provider: "imported", infra: name, cores: settings.cores, replicas: 1, workers: settings.workers,
                sessionCap: settings.sessionCap, endpoints: address.isEmpty ? [] : [address]))
        return deployments.count - 1
    }
}
