import ScaleAnalysis
import ScaleCore

/// A report for people on one run or on several: what was held and why it stopped there, then the evidence.
///
/// Every sentence is computed from stored records. A section for which there are no numbers is left out. What is large is
/// no part of a snapshot: ask ``pools`` and ``cellsOfPlacement`` what the report needs, read that, and hand it in.
public struct RunReport: Sendable {
    let subject: ReportSubject
    let evidence: ReportEvidence

    /// - Parameter snapshots: of one database, so that the row ids of their cells differ.
    public init(_ snapshots: [RunSnapshot], evidence: ReportEvidence = ReportEvidence()) {
        self.init(ReportSubject(snapshots), evidence)
    }

    private init(_ subject: ReportSubject, _ evidence: ReportEvidence) {
        self.subject = subject
        self.evidence = evidence
    }

    public func adding(_ evidence: ReportEvidence) -> RunReport { RunReport(subject, evidence) }

    // MARK: Needs

    /// Cells, by row id, whose distributions are shown as one: per series the repetitions at its largest load. A pool
    /// may be empty.
    public var pools: [[Int64]] { subject.series.map { $0.heaviest.map(\.id) } }

    /// What of each pool is shown.
    public static let pooledMetrics = ReportLatency.metrics

    /// Cells, by row id, of which it is shown where their sessions landed.
    public var cellsOfPlacement: [Int64] { pools.flatMap { $0 } }

    // MARK: Forms

    /// The report's first sentences as plain text for a terminal.
    public var headlines: [String] {
        let lifecycle = ReportLifecycle(subject: subject)
        if lifecycle.isAll { return lifecycle.sentences.map(\.plain) }
        let headline = ReportHeadline(subject: subject, evidence: evidence)
        return (headline.sentences + [headline.omission].compactMap { $0 }).map(\.plain)
    }

    /// - Parameters:
    ///   - charts: drawn beside the report, or in `chartFolder`.
    ///   - chartFolder: from the report to the charts, without a slash at its end; empty for the same folder.
    ///   - definitions: from the report to the page that defines every term; nil where there is none.
    public func markdown(charts: [ChartFile] = [], chartFolder: String = "", definitions: String? = nil) -> String {
        let folder = chartFolder.isEmpty ? "" : chartFolder + "/"
        return Markdown.text(document(charts, definitions)) { folder + $0 + ".svg" }
    }

    /// One file that needs nothing else.
    /// - Parameter charts: each with the SVG that was drawn of it.
    public func html(charts: [(chart: ChartFile, svg: String)] = [], definitions: String? = nil) -> String {
        let drawings = Dictionary(charts.map { ($0.chart.name, $0.svg) }) { first, _ in first }
        return HTML.text(document(charts.map(\.chart), definitions), drawings: drawings)
    }

    // MARK: Contents

    /// Names in a title; more would hide it.
    private static let mostNames = 3

    private var title: Prose {
        let lifecycle = ReportLifecycle(subject: subject)
        if lifecycle.isAll {
            let names = lifecycle.launched.map { Prose($0.name) }
            return "How long \(names.isEmpty ? "a launch" : names.listed) \(names.count > 1 ? "take" : "takes") to be ready"
        }
        let names = subject.infras.map { Prose($0.name) }
        if names.isEmpty { return "How many sessions it holds" }
        if names.count > Self.mostNames { return "How many sessions \(Figure.count(names.count)) infrastructures hold" }
        return "How many sessions \(names.listed) \(names.count > 1 ? "hold" : "holds")"
    }

    private func document(_ charts: [ChartFile], _ definitions: String?) -> ReportDocument {
        var page = ReportDocument(title: title)
        func show(_ section: ChartFile.Section) {
            for chart in charts where chart.section == section { page.figure(chart) }
        }
        addAnswer(to: &page)
        show(.headline)
        addResults(to: &page)
        show(.capacity)
        let notices = ReportNotices(subject: subject).items
        if !notices.isEmpty {
            page.heading(2, "Read this with care")
            page.bullets(notices)
        }
        addLatency(to: &page)
        addScaling(to: &page)
        show(.grid)
        let failures = ReportFailures(subject: subject)
        page.section("Failures", failures.table)
        page.section(
            3, "In the servers' words",
            "Up to \(String(ServerText.most)) texts of an N, the most frequent, cut at \(String(ServerText.longest)) bytes.",
            failures.words)
        show(.failures)
        addSides(to: &page)
        addLifecycle(to: &page)
        show(.lifecycle)
        addCells(to: &page)
        addMethod(to: &page)
        page.heading(2, "Definitions")
        page.bullets(ReportDefinitions.items(page: definitions, launchesOnly: ReportLifecycle(subject: subject).isAll))
        return page
    }

    private func addAnswer(to page: inout ReportDocument) {
        for run in subject.snapshots.indices {
            let which = subject.snapshots.count > 1 ? "run \(subject.run(run))" : ""
            if let warning = ReportMethod(run, of: subject).incompleteness(which) { page.paragraph(warning) }
        }
        let lifecycle = ReportLifecycle(subject: subject)
        if lifecycle.isAll { return page.bullets(lifecycle.sentences) }
        let headline = ReportHeadline(subject: subject, evidence: evidence)
        if headline.sentences.isEmpty { page.paragraph("No cell finished, so there is nothing to say about capacity.") }
        page.bullets(headline.sentences)
        if let omission = headline.omission { page.paragraph(omission) }
    }

    private func addResults(to page: inout ReportDocument) {
        let capacity = ReportCapacity(subject: subject, evidence: evidence)
        page.section("Results", capacity.table)
        page.section(3, "Max batch by wait", nil, capacity.matrix)
        let latency = ReportLatency(subject: subject, evidence: evidence)
        page.section(3, "WebSocket and HTTP", ReportLatency.protocolCaveat, latency.protocols)
    }

    private func addLatency(to page: inout ReportDocument) {
        let words: Prose = """
            At the largest N that passes, its repetitions merged; where none passes, at the largest N with a success. Parts \
            need not be of one session, so they do not add up.
            """
        page.section(2, "Where the time goes", words, ReportLatency(subject: subject, evidence: evidence).breakdown)
    }

    private func addScaling(to page: inout ReportDocument) {
        if subject.series.isEmpty { return }
        page.heading(2, "Scaling")
        for infra in subject.infras.indices {
            if subject.infras.count > 1 { page.heading(3, Prose(subject.infras[infra].name)) }
            page.table(ReportScaling(subject: subject).table(of: infra))
        }
    }

    /// What sessions did beside each other, where they landed, and what both sides used.
    private func addSides(to page: inout ReportDocument) {
        let resources = ReportResources(subject: subject)
        page.section(
            2, "Held", "How many sessions were open from their release on, for as long as they were held.", resources.held)
        page.section(2, "Lock-step", "Rounds of the batch; three numbers are P50 / P95 / P99.", resources.lockstep)
        page.section(
            2, "Placement", "Sessions by the server process that answered them, in the repetition with the greatest imbalance.",
            ReportPlacement(subject: subject, evidence: evidence).table)
        page.section(
            2, "Addresses", "Sessions by the address that they were sent to, the repetitions at the largest load together.",
            ReportPlacement(subject: subject, evidence: evidence).addresses)
        page.section("Generator", resources.generator)
        page.section("Server", resources.server)
        page.section("Balancer", resources.balancer)
    }

    private func addLifecycle(to page: inout ReportDocument) {
        let lifecycle = ReportLifecycle(subject: subject)
        if lifecycle.table.rows.isEmpty { return }
        page.heading(2, "Lifecycle")
        if !lifecycle.isAll { page.bullets(lifecycle.sentences) }
        page.paragraph(lifecycle.words)
        page.table(lifecycle.table)
    }

    private func addCells(to page: inout ReportDocument) {
        if subject.cells.isEmpty { return }
        page.heading(2, "Every cell")
        page.paragraph("Latencies are of the successful sessions; three numbers are P50 / P95 / P99.")
        for infra in subject.infras.indices {
            for mode in Mode.allCases {
                let places = subject.cells.filter { $0.infra == infra && $0.cell.record.key.mode == mode }
                if places.isEmpty { continue }
                if places.count < subject.cells.count { page.heading(3, "\(subject.infras[infra].name), \(mode.rawValue)") }
                let grid = ReportGrid(subject: subject, places: places)
                page.table(grid.outcome)
                page.table(grid.latency)
            }
        }
    }

    private func addMethod(to page: inout ReportDocument) {
        if subject.snapshots.isEmpty { return }
        page.heading(2, "How it was measured")
        let methods = subject.snapshots.indices.map { ReportMethod($0, of: subject) }
        for words in Set(methods.compactMap(\.sharedHost)).sorted(by: { $0.plain < $1.plain }) { page.paragraph(words) }
        let facts = methods.map(\.facts)
        let shared = facts[0].filter { row in facts.allSatisfy { $0.contains(row) } }
        page.table(Table(ReportMethod.columns, rows: shared.map { Table.Row($0) }))
        for (index, rows) in facts.enumerated() where facts.count > 1 {
            page.heading(3, "Run \(subject.run(index))")
            page.table(Table(ReportMethod.columns, rows: rows.filter { !shared.contains($0) }.map { Table.Row($0) }))
            addCommand(of: index, to: &page)
        }
        if facts.count == 1 { addCommand(of: 0, to: &page) }
    }

    private func addCommand(of run: Int, to page: inout ReportDocument) {
        let record = subject.snapshots[run].run
        var command = record.command
        if command.isEmpty { return }
        // A database that holds all its cells already would only say so.
        if record.experiment != nil, !command.split(separator: " ").contains("--fresh") { command += " --fresh" }
        page.paragraph(record.source == .imported ? "Imported with:" : "Reproduce it with:")
        page.code(command, language: "sh")
    }
}
