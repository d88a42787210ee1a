import ScaleCore

/// A run as a Markdown document for people: what it held and why it stopped there, then the evidence.
///
/// Every sentence is computed from the stored record. A section for which there are no numbers is left out.
public enum RunReport {
    /// The report's first sentences, one per deployment, mode and wait, as plain text for a terminal.
    public static func headlines(_ snapshot: RunSnapshot) -> [String] {
        ReportHeadline(snapshot: snapshot).sentences.map { sentence in
            sentence.split(separator: "**", omittingEmptySubsequences: false).joined()
        }
    }

    /// - Parameters:
    ///   - charts: drawn beside the report, or in `chartFolder`.
    ///   - chartFolder: from the report to the charts, without a slash at its end; empty for the same folder.
    ///   - definitions: from the report to the page that defines every term; nil where there is none.
    public static func render(
        _ snapshot: RunSnapshot, charts: [ChartFile] = [], chartFolder: String = "",
        definitions: String? = nil
    ) -> String {
        var page = Markdown()
        let method = ReportMethod(snapshot: snapshot)
        let names = snapshot.deploymentOrder.map { Markdown.escaped(snapshot.name(of: $0)) }
        let subject = names.isEmpty ? "it" : Listing.words(names)
        page.heading(1, "How many sessions \(subject) \(names.count > 1 ? "hold" : "holds")")
        if let warning = method.incompleteness { page.paragraph(warning) }
        let sentences = ReportHeadline(snapshot: snapshot).sentences
        if sentences.isEmpty { page.paragraph("No cell finished, so there is nothing to say about capacity.") }
        page.bullets(sentences)
        func show(_ section: ChartFile.Section) {
            for chart in charts where chart.section == section {
                page.image(chart.title, path: chartFolder.isEmpty ? chart.svgName : chartFolder + "/" + chart.svgName)
            }
        }
        show(.headline)
        addCapacity(to: &page, snapshot)
        show(.capacity)
        addNotices(to: &page, snapshot)
        addGrid(to: &page, snapshot)
        show(.grid)
        addPacing(to: &page, snapshot)
        addFailures(to: &page, snapshot)
        show(.failures)
        addResources(to: &page, snapshot)
        page.heading(2, "How it was measured")
        if let shared = method.sharedHost { page.paragraph(shared) }
        page.table(method.facts)
        if !snapshot.run.command.isEmpty {
            page.paragraph("Reproduce it with:")
            page.code(snapshot.run.command, language: "sh")
        }
        page.heading(2, "Definitions")
        page.bullets(ReportDefinitions.items(page: definitions))
        return page.text
    }

    private static func addCapacity(to page: inout Markdown, _ snapshot: RunSnapshot) {
        let table = ReportCapacity(snapshot: snapshot).table
        if !table.rows.isEmpty {
            page.heading(2, "Max batch")
            page.table(table)
        }
    }

    private static func addNotices(to page: inout Markdown, _ snapshot: RunSnapshot) {
        let notices = ReportNotices(snapshot: snapshot).items
        if !notices.isEmpty {
            page.heading(2, "Read this with care")
            page.bullets(notices)
        }
    }

    private static func addGrid(to page: inout Markdown, _ snapshot: RunSnapshot) {
        if snapshot.cells.isEmpty { return }
        page.heading(2, "Grid")
        var groups: [(deployment: Int64, mode: Mode)] = []
        for cell in snapshot.cells where !groups.contains(where: { $0 == (cell.deployment, cell.record.key.mode) }) {
            groups.append((cell.deployment, cell.record.key.mode))
        }
        for group in groups {
            if groups.count > 1 {
                page.heading(3, Markdown.escaped(snapshot.name(of: group.deployment)) + ", " + group.mode.rawValue)
            }
            let cells = snapshot.cells.filter { $0.deployment == group.deployment && $0.record.key.mode == group.mode }
            let grid = ReportGrid(cells: cells.map(\.record), namesSteps: snapshot.namesSteps)
            page.table(grid.outcome)
            if grid.latency.rows.isEmpty { continue }
            page.paragraph("Latencies of the successful sessions; three numbers are P50 / P95 / P99.")
            page.table(grid.latency)
        }
    }

    private static func addPacing(to page: inout Markdown, _ snapshot: RunSnapshot) {
        let resources = ReportResources(snapshot: snapshot)
        for (title, words, table) in [
            ("Held", "How many sessions were open from their release on, for as long as they were held.", resources.held),
            ("Lock-step", "Rounds of the batch; three numbers are P50 / P95 / P99.", resources.lockstep),
        ] where !table.rows.isEmpty {
            page.heading(2, title)
            page.paragraph(words)
            page.table(table)
        }
    }

    private static func addFailures(to page: inout Markdown, _ snapshot: RunSnapshot) {
        let table = ReportResources(snapshot: snapshot).failures
        if table.rows.isEmpty { return }
        page.heading(2, "Failures")
        page.table(table)
    }

    private static func addResources(to page: inout Markdown, _ snapshot: RunSnapshot) {
        let resources = ReportResources(snapshot: snapshot)
        for (title, table) in [
            ("Generator", resources.generator), ("Server", resources.server),
            ("Balancer", resources.balancer), ("Lifecycle", resources.lifecycle),
        ] where !table.rows.isEmpty {
            page.heading(2, title)
            page.table(table)
        }
    }
}
