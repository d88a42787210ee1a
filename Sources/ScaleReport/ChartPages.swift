/// A chart with a line or a panel for each series, as several pictures where one would be a thicket.
extension ReportSubject {
    /// One of several pictures of the same kind.
    struct Page: Sendable {
        /// From 1.
        var number: Int
        var count: Int
        /// Series on all pictures, and series there are.
        var series: (shown: Int, all: Int)

        /// For a subtitle; nil for one picture of everything.
        var note: String? {
            let rest = series.shown < series.all ? "\(series.shown) of \(series.all) series" : nil
            let parts = [count > 1 ? "picture \(number) of \(count)" : nil, rest].compactMap { $0 }
            return parts.isEmpty ? nil : parts.joined(separator: ", ")
        }
    }

    /// More lines hide each other, and more panels are no picture but a poster.
    static let mostSeries = 6
    /// More pictures would not be looked at.
    static let mostPages = 4

    /// The series that are drawn, as so many subjects as it takes. An infrastructure stays in one picture where it fits.
    func pages(where isDrawn: (Series) -> Bool = { _ in true }) -> [ReportSubject] {
        let drawn = series.filter(isDrawn)
        var pages: [[Series]] = []
        for infra in infras.indices {
            for chunk in Self.chunks(drawn.filter { $0.infra == infra }) {
                if let last = pages.last, last.count + chunk.count <= Self.mostSeries {
                    pages[pages.count - 1] += chunk
                } else {
                    pages.append(chunk)
                }
            }
        }
        let kept = pages.prefix(Self.mostPages)
        let counts = (shown: kept.reduce(0) { $0 + $1.count }, all: drawn.count)
        return kept.enumerated().map { index, series in
            var page = self
            page.series = series
            page.page = Page(number: index + 1, count: kept.count, series: counts)
            return page
        }
    }

    /// Parts of nearly one length.
    private static func chunks(_ series: [Series]) -> [[Series]] {
        let count = (series.count + mostSeries - 1) / mostSeries
        return (0..<count).map { Array(series[(series.count * $0 / count)..<(series.count * ($0 + 1) / count)]) }
    }

    /// Of a chart of this page: `scaling`, `scaling-2`, ….
    func fileName(_ base: String) -> String {
        guard let page, page.number > 1 else { return base }
        return base + "-\(page.number)"
    }
}
