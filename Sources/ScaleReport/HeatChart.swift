import ScaleAnalysis
import ScaleCore

/// P99 of a whole session as a map: batch size across, series down. The figure stands in every cell, so the colour
/// only guides the eye; grey is what was not measured or does not count.
enum HeatChart {
    private struct Cell {
        var column: Int
        var row: Int
        /// Nil for grey.
        var value: Nanoseconds?
        var text: String
    }

    private static let rowHeight = 34.0
    private static let foot = 62.0

    /// Nil where no session succeeded, and for a single cell, which is no map.
    static func make(_ subject: ReportSubject) -> ChartFile? {
        let batches = Set(subject.series.flatMap(\.batches)).sorted()
        let values = subject.series.flatMap { each in each.batches.compactMap { worst(each, $0) } }
        guard let least = values.min(), let most = values.max(), batches.count * subject.series.count > 1 else { return nil }
        let unit = most < .seconds(1) ? TimeUnit.milliseconds : .seconds
        let cells = subject.series.enumerated().flatMap { row, series in
            batches.enumerated().map { column, batch in cell(series, batch, column: column, row: row, unit) }
        }
        let title = "P99 of a session by batch size and infrastructure"
        let subtitle = "slowest repetition (\(unit.rawValue)); grey: no value · " + subject.subtitle()
        let map = HeatScript(
            titles: subject.series.map(\.title), batches: batches, least: Double(least.rawValue) / unit.nanoseconds,
            most: Double(most.rawValue) / unit.nanoseconds, unit: unit, hasValues: cells.contains { $0.value != nil },
            hasGrey: cells.contains { $0.value == nil })
        return ChartFile(
            name: "p99-heatmap", title: title, table: table(cells, subject, batches, unit),
            script: map.text(name: "p99-heatmap", title: title, subtitle: subtitle), section: .grid)
    }

    private static func worst(_ series: ReportSubject.Series, _ batch: Int) -> Nanoseconds? {
        series.valid(at: batch).compactMap { $0.latencies[.total]?.p99 }.max()
    }

    private static func cell(
        _ series: ReportSubject.Series, _ batch: Int, column: Int, row: Int, _ unit: TimeUnit
    ) -> Cell {
        let tested = series.records.filter { $0.key.sessions == batch }
        if tested.isEmpty { return Cell(column: column, row: row, value: nil, text: "") }
        if !tested.contains(where: \.valid) { return Cell(column: column, row: row, value: nil, text: series.absence(at: batch)) }
        guard let value = worst(series, batch) else { return Cell(column: column, row: row, value: nil, text: "none") }
        return Cell(
            column: column, row: row, value: value, text: Figure.significant(Double(value.rawValue) / unit.nanoseconds))
    }

    /// A block of the cells with a value, then one of the others.
    private static func table(_ cells: [Cell], _ subject: ReportSubject, _ batches: [Int], _ unit: TimeUnit) -> String {
        var text = "# column\trow\tp99_total_\(unit.rawValue)\tshown\tsessions\tseries\n"
        func row(_ cell: Cell) -> String {
            let value = cell.value.map { Figure.fixed(Double($0.rawValue) / unit.nanoseconds, 6) } ?? "NaN"
            // gnuplot reads an empty field as missing and drops the row.
            let parts = [String(cell.column), String(cell.row), value, cell.text.isEmpty ? " " : cell.text]
            return (parts + [String(batches[cell.column]), subject.series[cell.row].title]).joined(separator: "\t") + "\n"
        }
        let (known, grey) = (cells.filter { $0.value != nil }, cells.filter { $0.value == nil })
        for cell in known { text += row(cell) }
        if !grey.isEmpty { text += "\n\n# not measured, without a success, or invalid\n" }
        for cell in grey { text += row(cell) }
        return text
    }

    /// The script, apart from the numbers.
    private struct HeatScript {
        var titles: [String]
        var batches: [Int]
        var least: Double
        var most: Double
        var unit: TimeUnit
        var hasValues: Bool
        var hasGrey: Bool

        func text(name: String, title: String, subtitle: String) -> String {
            let lines = titles.map { NameLines.wrap($0, width: 36) }
            let left = 20 + Double(lines.flatMap { $0 }.map(\.count).max() ?? 0) * ChartCanvas.character + 12
            let top = ChartCanvas.head + 12
            let bottom = top + Double(titles.count) * HeatChart.rowHeight
            let right = ChartCanvas.width - 20
            let canvas = ChartCanvas(name: name, title: title, subtitle: subtitle, height: bottom + HeatChart.foot)
            var commands = canvas.heading + canvas.margins(left: left, right: right, top: top, bottom: bottom)
            for (row, wrapped) in lines.enumerated() {
                for (index, line) in wrapped.enumerated() {
                    let middle = top + (Double(row) + 0.5) * HeatChart.rowHeight
                    let y = middle + (Double(index) - Double(wrapped.count - 1) / 2) * 15
                    commands.append(canvas.label(1001 + 2 * row + index, line, x: 20, y: y, "left \(ChartCanvas.dark)"))
                }
            }
            commands.append(
                canvas.label(
                    3, "batch size N (sessions offered at once)", x: (left + right) / 2, y: bottom + 44,
                    "center \(ChartCanvas.axis)"))
            let width = (right - left) / Double(batches.count)
            return canvas.script(commands + scales(width) + [ChartCanvas.plot(elements(width))])
        }

        private func scales(_ width: Double) -> [String] {
            var freeFrom = -Double.infinity
            let ticks = batches.enumerated().map { column, batch in
                let half = Double(Figure.count(batch).count) * 3.8 + 2.5
                let middle = (Double(column) + 0.5) * width
                let fits = middle - half >= freeFrom
                if fits { freeFrom = middle + half }
                return "\"\(fits ? Figure.count(batch) : "")\" \(column)"
            }
            var lines = [
                "unset grid", "set border 0", "set tics scale 0", "unset ytics",
                "set xtics (\(ticks.joined(separator: ", ")))",
                "set xrange [-0.5:\(Figure.fixed(Double(batches.count) - 0.5, 1))]",
                "set yrange [\(Figure.fixed(Double(titles.count) - 0.5, 1)):-0.5]",
                "# One hue from light to dark reads the same with every colour vision and in grey.",
                "set palette defined (0 \"#f7fbff\", 0.25 \"#c6dbef\", 0.5 \"#6baed6\", 0.75 \"#2171b5\", 1 \"#08306b\")",
            ]
            let spread = most > least * 1.02 ? (least, most) : (least * 0.5, most * 2)
            if most / least > 12 { lines.append("set logscale cb 10") }
            lines.append("set cbrange [\(Figure.fixed(spread.0, 9)):\(Figure.fixed(spread.1, 9))]")
            return lines
        }

        private func elements(_ width: Double) -> [String] {
            let box = "($1-0.5):($1+0.5):($2-0.5):($2+0.5)"
            let edge = "fs solid border lc rgb \"#ffffff\""
            // Where the colour is darker than the middle, the figure is white.
            let middle = most / least > 12 ? (least * most).squareRoot() : (least + most) / 2
            let limit = Figure.fixed(middle + (most - middle) * 0.05, 9)
            let font = width < 52 ? "font \",10\"" : "font \",12\""
            var found: [String] = []
            if hasGrey {
                let block = "table index \(hasValues ? 1 : 0)"
                found.append("\(block) using 1:2:\(box) with boxxyerror lc rgb \"#e6e6e6\" \(edge) notitle")
                found.append("\(block) using 1:2:4 with labels \(font) textcolor rgb \"#5a5a5a\" notitle")
            }
            guard hasValues else { return found }
            found.append("table index 0 using 1:2:\(box):3 with boxxyerror fc palette \(edge) notitle")
            for (test, ink) in [("$3<=\(limit)", "#1a1a1a"), ("$3>\(limit)", "#ffffff")] {
                found.append(
                    "table index 0 using (\(test)?$1:NaN):2:4 with labels \(font) textcolor rgb \"\(ink)\" notitle")
            }
            return found
        }
    }
}
