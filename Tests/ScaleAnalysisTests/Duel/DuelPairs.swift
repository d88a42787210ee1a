import Glibc
import ScaleAnalysis
import ScaleCore

/// One of 20 sessions of one step that waits a second.
let duelLoad = CellLoad(mode: .ws, sessions: 20, wait: .seconds(1), steps: 1)

/// A finished cell in which nothing went wrong, and what it measured.
func duelCell(_ load: CellLoad, stepsPerSecond: Double?, succeeded: Int? = nil, rep: Int = 1) -> CellRecord {
    var cell = simulatedCell(load.key(rep: rep), succeeded: succeeded ?? load.sessions)
    cell.stepsPerSecond = stepsPerSecond
    return cell
}

extension DuelPair {
    /// A measures 100 steps/s and B that many per cent more.
    init(
        _ number: Int, load: CellLoad = duelLoad, round: Int = 1, percent: Double,
        change: (inout DuelPair) -> Void = { _ in }
    ) {
        self.init(
            number: number, round: round, first: number.isMultiple(of: 2) ? .b : .a,
            a: duelCell(load, stepsPerSecond: 100, rep: number), b: duelCell(load, stepsPerSecond: 100 + percent, rep: number))
        change(&self)
    }

    /// One of each, numbered from 1.
    static func all(
        _ percents: [Double], load: CellLoad = duelLoad, round: Int = 1, change: (inout DuelPair) -> Void = { _ in }
    ) -> [DuelPair] {
        percents.enumerated().map { DuelPair($0.offset + 1, load: load, round: round, percent: $0.element, change: change) }
    }
}

extension CellMetric {
    static let p95 = CellMetric(.latency(.total, .p95))
}

/// Summaries whose percentiles are all the same.
func latency(_ seconds: Double, samples: Int) -> LatencySummary {
    let value = Nanoseconds.seconds(seconds)
    return LatencySummary(count: samples, min: value, mean: value, p50: value, p90: value, p95: value, p99: value, max: value)
}
