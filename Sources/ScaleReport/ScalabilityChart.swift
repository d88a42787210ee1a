import ScaleAnalysis
import ScaleCore

/// Throughput against the batch size with the laws that were fitted to it, one panel per series: every repetition, the
/// curve of the Universal Scalability Law and Amdahl's beside it, what the cells say about their certainty, and the N at
/// which throughput is highest.
enum ScalabilityChart {
    /// A picture for each of the subject's pages; none where the cells of no series determine a law.
    static func make(_ subject: ReportSubject) -> [ChartFile] {
        // Whether a law is determined does not take its bootstrap.
        let others = subject.series.map { ScalabilityPanel($0, resamples: 1) }.filter(\.laws.isEmpty)
        let pages = subject.pages { !ScalabilityPanel($0, resamples: 1).laws.isEmpty }
        return pages.map { page in
            let panels = page.series.map { ScalabilityPanel($0) }
            let count = subject.series.count
            let note = others.isEmpty ? "" : "\(count - others.count) of \(count) series determine a law · "
            let name = page.fileName("scalability")
            let title = "Throughput by batch size, and the scaling law fitted to it"
            return ChartFile(
                name: name, title: title, table: table(panels, others: others),
                script: ScalabilityScript(panels: panels, name: name, title: title, subtitle: note + page.subtitle()).text,
                section: .capacity)
        }
    }

    /// Two blocks per panel: the cells, and the curves. Reasons of series without a curve come first.
    private static func table(_ shown: [ScalabilityPanel], others: [ScalabilityPanel]) -> String {
        var text =
            "# cells:  sessions\tthroughput\tfitted\n"
            + "# curves: sessions\tusl\tusl_lower\tusl_upper\tamdahl\tamdahl_lower\tamdahl_upper\n"
            + "# X(N) = gamma N / (1 + alpha (N - 1) + beta N (N - 1)); bounds hold 95 % at each N\n"
        for panel in shown + others {
            for reason in panel.refusals { text += "# \(Markdown.oneLine(panel.title)): \(reason)\n" }
        }
        for (index, panel) in shown.enumerated() {
            text += (index == 0 ? "" : "\n\n") + "# series \(index + 1): \(Markdown.oneLine(panel.title)), \(panel.unit)\n"
            for cell in panel.cells {
                text += "\(cell.sessions)\t\(Figure.fixed(cell.throughput, 6))\t\(cell.isFitted ? 1 : 0)\n"
            }
            text += "\n\n"
            for law in panel.laws { text += "# \(law.words.joined(separator: ", "))\n" }
            for sessions in panel.places { text += panel.row(at: sessions) }
        }
        return text
    }
}

/// One series with what was fitted to it.
struct ScalabilityPanel {
    struct Cell {
        var sessions: Int
        var throughput: Double
        var isFitted: Bool
    }

    struct Law {
        var fit: ScalabilityFit
        /// Its parameters with their intervals, in parts that may stand on lines of their own.
        var words: [String]
    }

    var title: String
    /// Of the throughput.
    var unit: String
    var cells: [Cell] = []
    var laws: [Law] = []
    /// Why a law is not among them.
    var refusals: [String] = []

    /// - Parameter resamples: of the bootstrap, as of ``ScalabilityFit``.
    init(_ series: ReportSubject.Series, resamples: Int = ScalabilityFit.defaultResamples) {
        title = series.title
        unit = series.steps > 0 ? "sessions/s" : "steps/s"
        for record in series.records {
            guard let rate = series.steps > 0 ? record.sessionsPerSecond : record.stepsPerSecond, rate > 0 else { continue }
            cells.append(Cell(sessions: record.key.sessions, throughput: rate, isFitted: ScalabilityPoint(record) != nil))
        }
        let points = series.records.compactMap { ScalabilityPoint($0) }
        for law in [ScalabilityFit.Law.usl, .amdahl] {
            do throws(ScalabilityFit.Refusal) {
                let fit = try ScalabilityFit.fit(points, law: law, resamples: resamples)
                laws.append(Law(fit: fit, words: words(fit)))
            } catch {
                refusals.append("no \(law == .usl ? "USL" : "Amdahl"): \(error.description)")
            }
        }
    }

    func law(_ wanted: ScalabilityFit.Law) -> ScalabilityFit? { laws.first { $0.fit.law == wanted }?.fit }

    var batches: [Int] { Set(cells.map(\.sessions)).sorted() }
    private var fitted: [Double] { cells.filter(\.isFitted).map { Double($0.sessions) } }
    private var least: Double { fitted.min() ?? 1 }
    private var most: Double { fitted.max() ?? 1 }

    /// Where the curves end: at the last cell that was fitted, or a little behind the peak where that is not far beyond.
    var end: Double {
        guard let peak = law(.usl)?.curve.peakSessions, peak > most * 0.9, peak <= most * 2 else { return most }
        return peak * 1.2
    }

    /// The N at which the curves are computed, evenly spread over the logarithmic axis.
    var places: [Double] {
        let count = 60
        let octaves = Logarithm.base2(end / least)
        if octaves <= 0 { return [least] }
        return (0...count).map { $0 == count ? end : least * Logarithm.power2(octaves * Double($0) / Double(count)) }
    }

    /// What the panel has to have room for. A band that goes far beyond the cells may leave it.
    var top: Double {
        let measured = cells.map(\.throughput).max() ?? 1
        let curves = laws.flatMap { law in places.map { law.fit.curve.throughput(at: $0) } }.max() ?? 0
        let bands = laws.flatMap { law in places.compactMap { law.fit.band(at: $0).high } }.max() ?? 0
        return max(measured, curves, min(bands, 1.4 * max(measured, curves)))
    }

    func row(at sessions: Double) -> String {
        let values = [ScalabilityFit.Law.usl, .amdahl].flatMap { law -> [String] in
            guard let fit = self.law(law) else { return ["NaN", "NaN", "NaN"] }
            let band = fit.band(at: sessions)
            return [fit.curve.throughput(at: sessions), band.low, band.high].map { $0.map { Figure.fixed($0, 6) } ?? "NaN" }
        }
        return ([Figure.fixed(sessions, 3)] + values).joined(separator: "\t") + "\n"
    }

    private func words(_ fit: ScalabilityFit) -> [String] {
        let curve = fit.curve
        var parts = [
            "\(fit.law == .usl ? "USL" : "Amdahl"): γ \(Figure.significant(curve.gamma)) \(SizingText.range(fit.gamma)) \(unit)",
            // Not rounded up: 1 would say that nothing is missed.
            "R² " + (fit.determination >= 0.9995 ? "> 0.999" : Figure.fixed(fit.determination, 3)),
            "contention α \(Self.small(curve.alpha, fit.alpha))",
        ]
        if fit.law == .usl { parts.append("coherency β \(Self.small(curve.beta, fit.beta))") }
        if let peak = curve.peakSessions {
            let place = peak > most ? ", extrapolated" : ""
            parts.append("peak N* \(Figure.count(Int(peak.rounded()))) \(Self.range(fit.peakSessions))\(place)")
        }
        return parts
    }

    private static func range(_ peak: Interval) -> String {
        let ends = [peak.low, peak.high].map { end in end.map { Figure.significant($0.rounded()) } ?? "open" }
        return "[\(ends[0]), \(ends[1])]"
    }

    /// A share with its interval, `1.42e-07` where decimals would be mostly zeros.
    private static func small(_ value: Double, _ interval: Interval) -> String {
        let show = value < 0.001 ? SizingText.scientific : Figure.significant
        return "\(show(value)) [\(interval.low.map(show) ?? "open"), \(interval.high.map(show) ?? "open")]"
    }
}
