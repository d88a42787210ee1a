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
