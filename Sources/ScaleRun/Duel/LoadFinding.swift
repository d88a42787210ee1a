import ScaleAnalysis
import ScaleCore
import ScaleProviders
import ScaleReactor

/// Finds the load of a duel on its first side, which is launched for that and stopped again. Nothing of it is stored but
/// what was tried.
public struct LoadFinding: Sendable {
    let request: RunRequest
    let control: StopControl
    let observe: @Sendable (RunEvent) -> Void

    /// - Parameter request: of the duel; its plan says everything but N.
    public init(_ request: RunRequest, control: StopControl, observe: @escaping @Sendable (RunEvent) -> Void) {
        self.request = request
        self.control = control
        self.observe = observe
    }

    /// More sessions than this are no load to compare servers by, but one to be named.
    static let mostSessions = 4096

    /// - Parameter limit: how long it may take, with the launch.
    /// - Returns: N, and what was tried.
    /// - Throws: `infrastructure` where it cannot be launched or makes no step; `inconclusive` where it takes longer;
    ///   `interrupted`.
    public func run(within limit: Nanoseconds) async throws(ScaleError) -> (sessions: Int, trials: [LoadSearch.Trial]) {
        let begun = MonotonicClock.now()
        let live: LiveDeployment
        do throws(LaunchFailure) {
            live = try await LiveDeployment.launch(
                request.infrastructures[0], request, run: request.launch.mark.run, control, observe: observe)
        } catch {
            var reason = error.reason
            if reason.code != .usage { reason.message = "\(request.infrastructures[0].title): \(reason.message)" }
            throw reason
        }
        let found: (sessions: Int, trials: [LoadSearch.Trial])
        do throws(ScaleError) {
            found = try await search(on: live, until: begun + limit, limit)
        } catch {
            // What the search ends with says more than what may be left running, which is said all the same.
            if let failure = await live.stop().1 { observe(.warning(failure.notStopped)) }
            throw error
        }
        if let failure = await live.stop().1 { throw failure }
        return found
    }

    private func search(
        on live: LiveDeployment, until end: MonotonicTime, _ limit: Nanoseconds
    ) async throws(ScaleError) -> (sessions: Int, trials: [LoadSearch.Trial]) {
        let plan = request.plan
        var search = LoadSearch(top: top)
        var longest = Nanoseconds.zero
        while true {
            switch search.next() {
            case .found(let sessions):
                observe(.loadFound(sessions: sessions, search.trials))
                return (sessions, search.trials)
            case .hopeless:
                throw ScaleError(
                    .infrastructure, "\(request.infrastructures[0].title): not one step succeeds, so that there is no load to compare by",
                    hint: "try it with scalebench run first, and give the action that it takes")
            case .measure(let sessions):
                try control.check()
                if MonotonicClock.now() + longest > end {
                    throw ScaleError(
                        .inconclusive,
                        "a load to compare by was not found within \(limit.seconds) s, a quarter of the budget; N = \(sessions) would be next",
                        hint: "name one with --requests, or use a larger --budget")
                }
                let key = CellKey(
                    mode: plan.modes[0], sessions: sessions, wait: plan.waits.min() ?? .zero, steps: plan.steps, rep: 1)
                let measured = try await live.measure(key, earlier: [], calibration: nil)
                if let ending = measured.ending { throw ending }
                let cell = measured.finished.record
                longest = max(longest, cell.wall)
                search.finish(
                    LoadSearch.Trial(
                        sessions: sessions, stepsPerSecond: cell.stepsPerSecond ?? 0, isGeneratorBound: !cell.valid || isBusy(cell)))
            }
        }
    }

    /// Whether more than half of the generator's threads' time goes into the load: more of it would be more and more of the
    /// generator's own.
    private func isBusy(_ cell: CellRecord) -> Bool {
        guard let generator = cell.generator, cell.wall > .zero else { return false }
        return generator.cpu.seconds > Self.mostBusy * cell.wall.seconds * Double(max(1, generator.threads))
    }

    private static let mostBusy = 0.5

    /// As far as the descriptor limit goes.
    private var top: Int {
        var top = Self.mostSessions
        while top > 1, !RunRequest.fits(sessions: top, request.host) { top /= 2 }
        return top
    }
}
