import Foundation
import ScaleAnalysis
import ScaleCore
import ScaleEngine
import ScaleReactor
import ScaleReport
import ScaleRun
import Synchronization

/// Run events as lines for a person: one live line per cell on a terminal, plain lines elsewhere.
final class ConsoleProgress: Sendable {
    private struct State {
        var cell = 0
        /// Nil where nobody knows how many follow.
        var cells: Int?
        var key: CellKey?
        /// Shown once the preflight has found the deployments fit.
        var launched: [String] = []
        var gridStart = MonotonicClock.now()
    }

    private let state = Mutex(State())
    private let verbose: Bool
    /// A line for each pair of a duel stands for those of its cells.
    private let showsPairs: Bool

    init(isVerbose: Bool, showsPairs: Bool = false) {
        verbose = isVerbose
        self.showsPairs = showsPairs
    }

    func show(_ event: RunEvent) {
        switch event {
        case .calibrating(let mode, let sessions):
            Console.status("calibrating the generator: \(mode.rawValue) N=\(sessions) against a server that does nothing …")
        case .calibrated(let calibration): if verbose { Console.error(CalibrationText.line(calibration)) }
        case .launching(let provider): Console.status("launching \(provider) …")
        case .launchProgress(let what): Console.status(what)
        case .launched: break
        case .ready(let facts, let took):
            if facts.workers != nil { state.withLock { $0.launched.append(launched(facts, took)) } }
        case .preflight(let mode): Console.status("one \(mode.rawValue) session ahead of the grid …")
        case .gridStarted(let cells, _):
            state.withLock {
                $0.cells = cells
                $0.gridStart = MonotonicClock.now()
            }
            showLaunched()
        case .blockStarted(let name, let repetition): Console.status("\(name), repetition \(repetition) …")
        case .blockFailed(let name, let error, let isRelaunched):
            state.withLock { $0.launched = [] }
            Console.error("\(name): \(error)\(isRelaunched ? "; it is launched again" : "; the rest of the block is given up")")
        case .cellGivenUp(let name, let key, let error):
            state.withLock { $0.launched = [] }
            Console.error("\(name): \(error); \(key.mode.rawValue) N=\(key.sessions) is given up, the others go on")
        case .cellChosen(_, let why): Console.error(Console.dim("\(why)"))
        case .searched(let load, let conclusion):
            Console.error("\(load.mode.rawValue), wait \(Figure.plain(load.wait.seconds)) s: \(conclusion)")
        case .budgetSpent(let shortage): if !showsPairs { Console.error("the search ends early: \(shortage)") }
        case .draining: Console.status("waiting for the sockets of the last cell …")
        case .cellStarted(let number, let total, let key):
            showLaunched()
            state.withLock {
                $0.cell = number
                $0.cells = total
                $0.key = key
            }
            Console.status(title(number, total, key))
        case .cellProgress(let progress, let elapsed): progressed(progress, elapsed)
        case .cellFinished(let cell, _, _): if !showsPairs || verbose || !cell.valid { finished(cell) }
        case .loadFound:
            // What was launched to look for it is gone.
            state.withLock { $0.launched = [] }
            if let line = DuelText.line(event) { Console.error(line) }
        case .pairFinished, .roundFinished: if let line = DuelText.line(event) { Console.error(line) }
        case .launchesStarted: break
        case .launchFinished(let number, let count, let launch): Console.error("[\(number)/\(count)] \(LaunchText.line(launch))")
        case .stopping(let provider): Console.status("stopping \(provider) …")
        case .notice(let text): Console.error(Console.dim(text))
        case .warning(let text): Console.error("warning: " + text)
        }
    }

    /// What was launched and found fit, once.
    private func showLaunched() {
        let launched = state.withLock { state in
            defer { state.launched = [] }
            return state.launched
        }
        launched.forEach(Console.error)
    }

    private func launched(_ facts: DeploymentRecord, _ took: Nanoseconds) -> String {
        var parts = [facts.endpoints.joined(separator: ", ")]
        if let workers = facts.workers { parts.append("\(workers) worker\(workers == 1 ? "" : "s")") }
        if let cap = facts.sessionCap { parts.append("at most \(cap) sessions each") }
        return "\(facts.infra): \(parts.joined(separator: ", ")) " + Console.dim("(ready after \(Figure.fixed(took.seconds, 2)) s)")
    }

    private func title(_ number: Int, _ total: Int?, _ key: CellKey) -> String {
        let steps = key.steps == 1 ? "" : key.steps == 0 ? " held" : " steps=\(key.steps)"
        let place = total.map { "\(number)/\($0)" } ?? "\(number)"
        return "[\(place)] \(key.mode.rawValue) N=\(key.sessions) wait=\(Figure.plain(key.wait.seconds))s\(steps) rep=\(key.rep)"
    }

    private func progressed(_ progress: CellProgress, _ elapsed: Nanoseconds) {
        let now = state.withLock { $0 }
        guard let key = now.key else { return }
        Console.status(
            title(now.cell, now.cells, key) + "  connecting \(progress.connecting), in reset \(progress.resetting), stepping "
                + "\(progress.stepping), \(progress.thinking > 0 ? "between steps \(progress.thinking), " : "")done \(progress.succeeded), failed \(progress.failed)  "
                + "\(Figure.fixed(elapsed.seconds, 1)) s" + remaining(now))
    }

    /// As long again per cell as the finished ones took.
    private func remaining(_ now: State) -> String {
        guard now.cell > 1, let cells = now.cells else { return "" }
        let spent = (MonotonicClock.now() - now.gridStart).seconds
        let left = spent / Double(now.cell - 1) * Double(cells - now.cell + 1)
        return ", grid about \(Int(left.rounded(.up))) s more"
    }

    private func finished(_ cell: CellRecord) {
        let now = state.withLock { $0 }
        var line = title(now.cell, now.cells, cell.key) + ": \(cell.succeeded)/\(cell.key.sessions) (\(Figure.percent(cell.successRate)))"
        if let total = cell.latencies[.total] { line += ", total P99 \(Figure.fixed(total.p99.seconds, 3)) s" }
        if let floor = cell.floor?.totalP99, floor >= .milliseconds(1), floor <= cell.latencies[.overhead]?.p99 ?? .zero {
            line += " (floor \(Figure.fixed(floor.seconds, 3)) s)"
        }
        if let hold = cell.hold, let rate = cell.stepsPerSecond {
            line += ", at least \(hold.leastOpen) held, \(Figure.fixed(rate, 1)) steps/s"
        }
        if let lockstep = cell.lockstep, let makespan = cell.latencies[.makespan] {
            line += ", a round P50 \(Figure.fixed(makespan.p50.seconds, 3)) s, \(Figure.percent(lockstep.idleShare)) idle"
        }
        if let late = cell.lateSteps, late > 0 { line += ", \(late) steps late" }
        if let rate = cell.sessionsPerSecond { line += ", \(Figure.fixed(rate, 1)) sessions/s" }
        if cell.isTerminated {
            return Console.error(line + ", the servers were ended: \(cell.verdict.evidence) (not counted)")
        }
        if cell.verdict.limiter != .none { line += ", limited by \(cell.verdict.limiter.rawValue): \(cell.verdict.evidence)" }
        if !cell.valid { line += " (invalid for capacity)" }
        Console.error(line)
        if verbose { phases(cell).forEach(Console.error) }
    }

    private func phases(_ cell: CellRecord) -> [String] {
        [Metric.connect, .queue, .reset, .step, .total, .overhead].compactMap { metric in
            guard let summary = cell.latencies[metric] else { return nil }
            let name = metric.rawValue + String(repeating: " ", count: max(0, 10 - metric.rawValue.count))
            return "    \(name) P50 \(Figure.fixed(summary.p50.seconds, 4)) s  P95 \(Figure.fixed(summary.p95.seconds, 4)) s  "
                + "P99 \(Figure.fixed(summary.p99.seconds, 4)) s"
        }
    }
}
