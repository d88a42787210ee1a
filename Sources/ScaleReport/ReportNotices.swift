import ScaleAnalysis
import ScaleCore

/// What a reader must know before believing or comparing the numbers.
struct ReportNotices {
    let subject: ReportSubject

    /// Below this share of N, the sessions open at one moment are too few for N to be called a concurrency.
    private static let heldShare = 0.9

    var items: [Prose] {
        let series = subject.series.map { each in (Prose(each.title), evidence(each)) }
        var found = merged(series, of: series.count)
        let runs = subject.snapshots.enumerated().map { index, snapshot in
            (
                Prose("run " + subject.run(index)),
                search(snapshot) + unsent(snapshot) + host(snapshot) + repetitions(snapshot) + origin(snapshot)
            )
        }
        found += merged(runs, of: runs.count) + across
        // Where they stand side by side it is said there.
        if Set(subject.series.map(\.mode)).count > 1, subject.modePairs.isEmpty {
            found.append(
                "HTTP in OpenEnv is stateless: every call builds a fresh environment, so the ws and http figures are not the same experiment."
            )
        }
        return found
    }

    /// Each notice once, in front of it those it is about; what holds for all of them is said without their names.
    private func merged(_ said: [(name: Prose, notices: [Prose])], of all: Int) -> [Prose] {
        var order: [Prose] = []
        var holders: [Prose: [Prose]] = [:]
        for (name, notices) in said {
            for notice in notices {
                if holders[notice] == nil { order.append(notice) }
                holders[notice, default: []].append(name)
            }
        }
        return order.map { notice in
            guard let names = holders[notice], names.count < all else { return notice }
            return names.joined(separator: "; ") + ": " + notice
        }
    }

    private func origin(_ snapshot: RunSnapshot) -> [Prose] {
        if snapshot.run.source == .measured { return [] }
        return [
            "Imported from files that another tool wrote: its generator was not watched, so nothing tells its own limits from the "
                + "server's, and what a file does not say is absent here."
        ]
    }

    /// An earlier version took a wait off that the action did not ask for.
    private func unsent(_ snapshot: RunSnapshot) -> [Prose] {
        let plan = snapshot.run.plan
        guard snapshot.run.source == .measured, plan.trace == nil, !plan.asksForWaits,
            let wait = snapshot.cells.map(\.record.key.wait).max(), wait > .zero
        else { return [] }
        return [
            "The action has no {{wait}}, so no step asked for the wait of \(wait.asSetting) s that the stored overhead is less by: "
                + "an earlier version took it off. Measure again."
        ]
    }

    private func repetitions(_ snapshot: RunSnapshot) -> [Prose] {
        let plan = snapshot.run.plan
        if plan.reps > 1 || plan.isAdaptive || snapshot.cells.isEmpty { return [] }
        return ["One repetition: how much the numbers vary from run to run is not known."]
    }

    /// How a search ended, from its stored cells.
    private func search(_ snapshot: RunSnapshot) -> [Prose] {
        let plan = snapshot.run.plan
        guard let search = plan.search, !snapshot.cells.isEmpty else { return [] }
        let course = CellCourse(plan, top: search.upTo ?? .max, finished: snapshot.cells.map(\.record).filter { !$0.isTerminated })
        var found = course.conclusions.map { load, conclusion -> Prose in
            "Search over \(load.mode.rawValue) with \(Self.load(plan, load.wait)): \(Prose(ours: "\(conclusion)"))."
        }
        if snapshot.run.status == .finished, case .measure(let key, _) = course.next() {
            found.append(
                "The search ended before N = \(Figure.count(key.sessions)), which would have come next: a budget, or what this "
                    + "host allows, was too small.")
        }
        return found
    }

    private static func load(_ plan: Plan, _ wait: Nanoseconds) -> String {
        plan.asksForWaits || wait > .zero ? "a wait of \(wait.asSetting) s" : "the run's \(plan.loadName(wait))"
    }

    private func evidence(_ series: ReportSubject.Series) -> [Prose] {
        guard let capacity = series.capacity else { return [] }
        var found: [Prose] = []
        let small = capacity.points.filter { $0.judgement.tooFewToPass && $0.judgement.outcome != .fail }.map(\.sessions)
        if !small.isEmpty {
            found.append(
                "N = \(list(small)): fewer than \(String(PassLimits.fewest)) sessions in all, which cannot demonstrate 95 % "
                    + "success even without a failure.")
        }
        let open = capacity.undecided.filter { !small.contains($0) }
        if !open.isEmpty { found.append("N = \(list(open)): undecided; more repetitions would decide.") }
        if !capacity.batch.islands.isEmpty {
            found.append("N = \(list(capacity.batch.islands)) passed although a smaller batch did not, and does not count.")
        }
        found += invalid(series) + ended(series)
        let vain = series.batches.filter { batch in series.valid(at: batch).contains(where: \.heldInVain) }
        if !vain.isEmpty {
            found.append("N = \(list(vain)): no step was answered while the sessions were held, which is no pass; hold them longer.")
        }
        found += isolation(series)
        found += oddities(series)
        found += waitedInVain(series)
        found += checks(series)
        if let best = series.best, let open = series.valid(at: best).compactMap(\.peakOpen).max(),
            Double(open) < Self.heldShare * Double(best)
        {
            found.append(
                "N = \(Figure.count(best)): at most \(Figure.count(open)) sessions were open at one moment. The batch "
                    + "was offered at once, not held at once.")
        }
        return found
    }

    /// From this share on, what a hypervisor took shows in latencies: about the precision that is asked of them.
    private static let stealShare = 0.05

    /// What disturbed the generator's host.
    private func host(_ snapshot: RunSnapshot) -> [Prose] {
        let cells = snapshot.cells.map(\.record)
        var found: [Prose] = []
        let swapping = cells.filter { $0.host?.swappedPages ?? 0 > 0 }
        if let most = swapping.compactMap(\.host?.swappedPages).max() {
            found.append(
                "The generator's host swapped in \(Figure.count(swapping.count)) of \(Figure.count(cells.count)) cells, up to "
                    + "\(Figure.count(most)) pages: their latencies have disk in them.")
        }
        let robbed = cells.filter { $0.host?.stealShare ?? 0 > Self.stealShare }
        if let most = robbed.compactMap(\.host?.stealShare).max() {
            found.append(
                "A hypervisor gave up to \(Figure.percent(most)) of this host's processor time to others, more than "
                    + "\(Figure.percent(Self.stealShare)) in \(Figure.count(robbed.count)) of \(Figure.count(cells.count)) cells.")
        }
        let crowded = cells.compactMap { strangers($0, cores: snapshot.run.host?.cores ?? 1) }.filter { $0 > Self.strangerShare }
        if let most = crowded.max() {
            found.append(
                "Other programs than the generator and the servers that are known took up to \(Figure.percent(most)) of this host's "
                    + "processor time, more than \(Figure.percent(Self.strangerShare)) in \(Figure.count(crowded.count)) of "
                    + "\(Figure.count(cells.count)) cells: what they took, the measurement did not have.")
        }
        return found
    }

    /// Where others took more than this share of the processors, they are named.
    private static let strangerShare = 0.1

    /// The share of the processors' time that was used and is nobody's; nil where the host or a server on it cannot be read.
    private func strangers(_ cell: CellRecord, cores: Int) -> Double? {
        guard let busy = cell.host?.busyShare, let use = cell.generator, let server = cell.server, cell.wall >= .milliseconds(100)
        else { return nil }
        let known = use.cpu + server.cpu + (cell.balancer?.cpu ?? .zero)
        return busy - known.seconds / (cell.wall.seconds * Double(max(1, cores)))
    }

    private func invalid(_ series: ReportSubject.Series) -> [Prose] {
        series.batches.compactMap { sessions -> Prose? in
            let all = series.records.filter { $0.key.sessions == sessions }
            let bad = all.filter { !$0.valid && !$0.isTerminated }
            guard let first = bad.first else { return nil }
            let which =
                all.count == 1
                ? "the cell is" : "\(bad.count) of \(all.count) repetitions \(bad.count == 1 ? "is" : "are")"
            let reason: Prose = "\(code: first.verdict.limiter.rawValue): \(first.verdict.evidence)"
            return "N = \(Figure.count(sessions)): \(which) invalid, struck out and not counted (\(reason))."
        }
    }

    /// Cells that tell nothing because their servers were ended, with what these said last.
    private func ended(_ series: ReportSubject.Series) -> [Prose] {
        series.batches.compactMap { sessions -> Prose? in
            let ended = series.records.filter { $0.key.sessions == sessions && $0.isTerminated }
            guard let first = ended.first else { return nil }
            let lost = first.failures.filter { $0.kind == .providerTerminated }.reduce(0) { $0 + $1.count }
            let which = ended.count == 1 ? "the cell was" : "\(Figure.count(ended.count)) cells were"
            return """
                N = \(Figure.count(sessions)): the servers were ended while \(Prose(ours: which)) measured, which cost \(Figure.count(lost)) of \
                \(Figure.count(first.key.sessions)) sessions (\(first.verdict.evidence)). That is neither the environment's failure nor the \
                generator's and says nothing about how many sessions they hold: it is not counted, and measured again with --resume.
                """
        }
    }

    private func isolation(_ series: ReportSubject.Series) -> [Prose] {
        let broken = series.records.reduce(0) { $0 + $1.isolationBreaks }
        if broken == 0 { return [] }
        let who = broken == 1 ? "1 session" : "\(Figure.count(broken)) sessions"
        return [
            "\(who) met another session's environment (the session hash changed or was shared, or the step count jumped): "
                + "a balancer without affinity is the usual cause."
        ]
    }

    private func list(_ sessions: [Int]) -> Prose { sessions.map { Prose(Figure.count($0)) }.listed }
}
