/// Ticks of a logarithmic axis of batch sizes.
struct BatchAxis {
    let batches: [Int]
    let width: Double
    /// Where what is drawn ends, if beyond the last batch.
    var end: Double?

    private var least: Double { Double(batches.first ?? 1) }
    private var most: Double { max(end ?? 1, Double(batches.last ?? 1)) }
    /// The factor that the axis goes on for at either end.
    private var room: Double { least == most ? 2 : Logarithm.power2(0.035 * max(1, Logarithm.base2(most / least))) }
    private var span: Double { most / least * room * room }

    var settings: [String] {
        ["set logscale x 2", "set xrange [\(Figure.fixed(least / room, 4)):\(Figure.fixed(most * room, 4))]"]
    }

    /// A tick at every batch; those whose label would touch the label to its right go without one.
    func ticks(labelled: Bool) -> String {
        var freeUntil = Double.infinity
        var shown: [String] = []
        for batch in batches.reversed() {
            let place = width * Logarithm.base2(Double(batch) / least * room) / Logarithm.base2(span)
            let half = Double(Figure.count(batch).count) * 3.8 + 2.5
            let fits = place + half <= freeUntil
            if fits { freeUntil = place - half }
            shown.append("\"\(labelled && fits ? Figure.count(batch) : "")\" \(batch)")
        }
        return "set xtics (\(shown.reversed().joined(separator: ", ")))"
    }

    /// The factor that moves a point by so many pixels.
    func shift(_ pixels: Double) -> String { Figure.fixed(Logarithm.power2(pixels / width * Logarithm.base2(span)), 5) }
}

/// Ticks of a linear axis that begins at 0.
enum LinearTicks {
    /// gnuplot's setting: 1, 2 or 5 times a power of ten apart.
    /// - Parameter most: how many there is room for.
    static func setting(_ axis: String, end: Double, most: Int, labelled: Bool = true) -> String {
        let least = end / Double(max(1, most))
        var decade = 1.0
        while decade > least, decade > 1e-9 { decade /= 10 }
        while decade * 10 < least, decade < 1e15 { decade *= 10 }
        let step = [1.0, 2, 5, 10].map { $0 * decade }.first { $0 >= least } ?? decade * 10
        var ticks: [String] = []
        var number = 0.0
        while number * step <= end * 1.0001, ticks.count <= 40 {
            ticks.append("\"\(labelled ? text(number, step) : "")\" \(Figure.fixed(number * step, places(step)))")
            number += 1
        }
        return "set \(axis)tics nomirror (\(ticks.joined(separator: ", ")))"
    }

    private static func text(_ number: Double, _ step: Double) -> String {
        Figure.fixed(number * step, number == 0 ? 0 : places(step), grouped: true)
    }

    private static func places(_ step: Double) -> Int {
        var places = 0
        var reach = step
        while reach < 0.999, places < 9 {
            reach *= 10
            places += 1
        }
        return places
    }
}

/// Ticks of a logarithmic axis of seconds: a decade each, with its unit.
struct TimeDecades {
    /// Both above 0.
    var least: Double
    var most: Double

    var settings: [String] {
        var low = 1.0
        while low > least, low > 1e-9 { low /= 10 }
        while low * 10 <= least { low *= 10 }
        var ticks: [String] = []
        var tick = low
        while tick < most * 1.05 {
            ticks.append(mark(tick))
            tick *= 10
        }
        // What is greatest stands clear of the edge.
        let end = most * 1.3 < tick ? most * 1.3 : tick
        if end >= tick * 0.999 { ticks.append(mark(tick)) }
        return [
            "set logscale x 10", "set xrange [\(Figure.significant(low)):\(Figure.plain(end))]",
            "set xtics nomirror (\(ticks.joined(separator: ", ")))",
        ]
    }

    private func mark(_ seconds: Double) -> String {
        let unit: TimeUnit = seconds > 0.999 ? .seconds : seconds > 0.000_999 ? .milliseconds : .microseconds
        let size = (seconds * 1e9 / unit.nanoseconds).rounded()
        return "\"\(Figure.plain(size)) \(unit.rawValue)\" \(Figure.fixed(seconds, 9))"
    }
}
