import ScaleAnalysis
import ScaleConfig
import ScaleCore
import ScaleReport
import ScaleProviders
import ScaleRun
import ScaleStore

/// What `--dry-run` says.
struct ExperimentForecast {
    var source: ExperimentSource
    var outlook: ExperimentOutlook
    var request: RunRequest

    var lines: [String] {
        [title] + stored + infrastructures + order + [time]
    }

    private var blocks: [(block: CourseBlock, cells: [CellKey])] { outlook.course.blocks }

    private var title: String {
        let file = source.file
        let text = "\(file.name) (\(source.path)), plan \(outlook.planHash), seed \(file.plan.seed)"
        return text + (file.description.isEmpty ? "" : ": " + file.description.split(whereSeparator: \.isNewline).joined(separator: " "))
    }

    private var stored: [String] {
        let count = outlook.finished.reduce(0) { $0 + $1.count }
        guard let run = outlook.run else { return ["nothing is stored of it"] }
        return ["\(count) cell\(count == 1 ? " is" : "s are") stored as run \(run.uuid), \(run.status.rawValue)"]
    }

    private var infrastructures: [String] {
        ["", "infrastructures:"]
            + request.infrastructures.map { "  \($0.name ?? ""): \($0.specification.shown)" }
    }

    private var order: [String] {
        let plan = source.file.plan
        if let search = plan.search {
            return [
                "",
                "one block for each, in an order by chance: a search from N=\(plan.sessions[0]) on, to within "
                    + "\(Figure.percent(search.within)), for every mode and wait; how many cells that takes depends on what they show",
            ]
        }
        if blocks.isEmpty { return ["", "nothing is left to measure"] }
        var lines = ["", "order:"]
        for (index, (block, cells)) in blocks.enumerated() {
            lines.append("  block \(index + 1): \(request.infrastructures[block.infrastructure].name ?? ""), repetition \(block.round)")
            for key in cells {
                let steps = key.steps == 1 ? "" : key.steps == 0 ? ", held" : ", \(key.steps) steps"
                lines.append(
                    "    \(key.mode.rawValue) N=\(key.sessions) \(plan.loadName(key.wait))\(steps): about \(Self.words(duration(key, block)))"
                )
            }
        }
        if plan.mostReps != nil { lines.append("  and more repetitions, up to \(plan.mostReps ?? 0), of what these leave undecided") }
        return lines
    }

    private func duration(_ key: CellKey, _ block: CourseBlock) -> Nanoseconds {
        CellEstimate(source.file.plan, calibrations: outlook.calibrations).duration(
            of: key, measured: outlook.finished[block.infrastructure])
    }

    /// Without a stored launch: what a local process needs, generously.
    private static let usualLaunch = Nanoseconds.seconds(1)

    private var time: String {
        if source.file.plan.search != nil { return "how long that takes is not known beforehand; 'budget' limits it" }
        let blocks = blocks
        let cells = blocks.flatMap { block, keys in keys.map { (block, $0) } }
        var total = cells.reduce(Nanoseconds.zero) { $0 + duration($1.1, $1.0) }
        total += source.file.coolDown * max(0, cells.count - 1)
        let trial = (source.file.plan.waits.min() ?? .zero) * source.file.plan.modes.count
        for (block, _) in blocks { total += outlook.launches[block.infrastructure] ?? (Self.usualLaunch + trial) }
        let source = outlook.calibrations.isEmpty ? "assumed" : "from this host's calibrations"
        let allowance = cells.first.map {
            CellEstimate(self.source.file.plan, calibrations: outlook.calibrations).allowance(for: $0.1)
        }
        let each = allowance.map { ", e.g. \(Figure.fixed($0.seconds * 1000, 2)) ms" } ?? ""
        let budget = self.source.file.budget.map { "; the budget is \(Self.words($0))" } ?? ""
        return "\(cells.count) cells in \(blocks.count) blocks: about \(Self.words(total)) (steps × wait and an allowance for every "
            + "session\(each), \(source); points that are stored as long as they took; launches and cool-down; without calibration, "
            + "the closing of sockets and time-outs)\(budget)"
    }

    private static func words(_ span: Nanoseconds) -> String {
        let seconds = span.seconds
        if seconds < 90 { return "\(Figure.fixed(seconds, 1)) s" }
        if seconds < 5400 { return "\(Figure.fixed(seconds / 60, 1)) min" }
        return "\(Figure.fixed(seconds / 3600, 1)) h"
    }
}
