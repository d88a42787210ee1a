import ScaleAnalysis
import ScaleCore
import ScaleEngine
import ScaleProviders
import ScaleReactor

/// Real sessions of every mode before the grid, at least one for every replica, so that a plan the environment refuses and
/// a replica that does not serve cost a moment and store nothing.
struct Preflight {
    let request: RunRequest
    let context: LiveDeployment.Context
    /// Whether the server was launched for this run: then it may yet answer when it is launched again.
    let isLaunched: Bool
    /// What names where the server is.
    let flag: String
    let replicas: Int
    private let hasBalancer: Bool
    let deployment: any Deployment
    /// Until when a replica may still come up.
    let readyBy: MonotonicTime
    let control: StopControl
    let observe: @Sendable (RunEvent) -> Void

    init(
        _ request: RunRequest, _ context: LiveDeployment.Context, of live: LiveDeployment, _ control: StopControl,
        observe: @escaping @Sendable (RunEvent) -> Void
    ) {
        self.request = request
        self.context = context
        isLaunched = live.infrastructure.waitsForHealth
        flag = live.infrastructure.flag
        replicas = live.facts.replicas
        hasBalancer = live.facts.balancer != nil
        deployment = live.deployment
        readyBy = live.readyBy
        self.control = control
        self.observe = observe
    }

    /// Replicas behind fewer addresses: who answers is the balancer's choice, and several sessions have to ask.
    private var isBalanced: Bool { isLaunched && replicas > deployment.endpoints.count }

    /// - Returns: of each replica that is told apart, when it gave its first observation, since the check of a mode began;
    ///   the longest over the modes.
    func check() async throws(ScaleError) -> [Nanoseconds] {
        var resets: [Nanoseconds] = []
        for mode in request.plan.modes {
            observe(.preflight(mode))
            for (replica, reset) in try await check(mode).enumerated() {
                if resets.count > replica { resets[replica] = max(resets[replica], reset) } else { resets.append(reset) }
            }
        }
        return resets
    }

    /// Until every replica has answered, or until there is no time left for it.
    private func check(_ mode: Mode) async throws(ScaleError) -> [Nanoseconds] {
        let begun = MonotonicClock.now()
        // A replica is not known by the one before it: each gets a session of its own.
        let count = max(context.targets.count, (isBalanced ? max(replicas, request.expectedHosts ?? 0) : request.expectedHosts ?? 0) * 8)
        // Of those behind a balancer, by the name that they give themselves.
        var seen: [String: Nanoseconds] = [:]
        while true {
            let round = MonotonicClock.now() - begun
            let outcome = try await probe(mode, sessions: max(1, count))
            var isLast = !isBalanced || MonotonicClock.now() >= readyBy || control.isStopRequested
            do throws(ScaleError) {
                try await checkSessions(outcome, mode)
                for session in outcome.recording.sessions {
                    guard let host = session.host, let at = session.resetAt else { continue }
                    let name = outcome.recording.hosts[Int(host)]
                    seen[name] = min(seen[name] ?? .init(.max), round + at)
                }
                let missing = try await missing(seen: seen.count)
                // No replica that is yet to come can be another host.
                if missing == nil { isLast = true }
                if isLast {
                    if let missing { throw missing }
                    try checkHosts(isBalanced ? seen.count : outcome.recording.hosts.count)
                    return isBalanced && !seen.isEmpty ? seen.sorted { $0.key < $1.key }.map(\.value) : resets(outcome)
                }
            } catch {
                if isLast { throw error }
            }
            try control.check()
            try? await Task.sleep(for: .milliseconds(100))
        }
    }

    /// Of each endpoint the first.
    private func resets(_ outcome: CellOutcome) -> [Nanoseconds] {
        var first = [Nanoseconds?](repeating: nil, count: deployment.endpoints.count)
        for session in outcome.recording.sessions {
            guard let at = session.resetAt else { continue }
            let place = context.place(ofTarget: session.session % context.targets.count)
            first[place] = min(first[place] ?? at, at)
        }
        return first.map { $0 ?? .zero }
    }

    private func checkSessions(_ outcome: CellOutcome, _ mode: Mode) async throws(ScaleError) {
        let sessions = outcome.recording.sessions
        // So many at once may meet a small cap; that it admits some is all that matters here.
        let admitsSome = sessions.contains(where: \.succeeded)
        let failed = sessions.first { $0.failure != nil && !($0.failure?.kind == .capacityReached && admitsSome) }
        guard let failed, let failure = failed.failure else { return }
        try await checkPromises(failed, outcome, mode)
        throw await refusal(failure, of: failed, outcome, mode)
    }

    /// What is said of replicas that no session has met yet; nil where all have answered, or nobody can tell.
    private func missing(seen: Int) async throws(ScaleError) -> ScaleError? {
        guard isBalanced else { return nil }
        if let reporter = deployment as? any ReachReporting {
            let unreached = try await reporter.unreached()
            guard let first = unreached.first else { return nil }
            let others = unreached.count > 1 ? " and \(unreached.count - 1) more" : ""
            return ScaleError(
                .infrastructure, "\(replicas - unreached.count) of \(replicas) replicas answered: no session reached \(first)\(others)",
                hint: "look into its log, and whether the balancer takes it for healthy")
        }
        guard seen > 0, seen < replicas else { return nil }
        return ScaleError(
            .infrastructure, "\(seen) of \(replicas) replicas answered", hint: "look into the logs of the others, or launch fewer")
    }

    /// Tells an environment that is not the benchmark one from something that is no environment: it answers a reset with an
    /// observation, when no more is asked of its answers than the protocol does.
    private func checkPromises(_ failed: SessionRecord, _ outcome: CellOutcome, _ mode: Mode) async throws(ScaleError) {
        guard request.plan.action == nil, request.trace == nil, let failure = failed.failure else { return }
        if failure.phase == .step, failure.kind == .validation {
            throw await stranger(failed, .rejects(said(outcome, to: failure)))
        }
        guard failure.kind == .protocolViolation, failure.isolationBreak == nil else { return }
        let lenient = try ActionTemplate("{\"wait_seconds\": {{wait}}}", wait: request.plan.waits.min() ?? .zero)
        let again = try await probe(mode, sessions: context.targets.count, action: lenient)
        let session = again.recording.sessions[failed.session % context.targets.count]
        guard let rejected = session.failure else { throw await stranger(failed, .answers(failure)) }
        if session.resetAt == nil { return }
        if rejected.kind == .validation { throw await stranger(failed, .rejects(said(again, to: rejected))) }
        if rejected.kind == .execution { throw await stranger(failed, .fails(said(again, to: rejected))) }
        throw await refusal(rejected, of: session, again, mode)
    }

    private func stranger(_ failed: SessionRecord, _ reply: ActionAdvice.Reply) async -> ScaleError {
        let target = target(of: failed)
        let schema = await SecondLook(at: target, trust: request.trust, request.launch.client).schema()
        return ActionAdvice(
            endpoint: target.endpoint, flag: flag, mode: request.plan.modes.count == 1 ? request.plan.modes.first : nil,
            trust: request.trust, schema: schema
        ).stranger(name(of: failed), reply)
    }

    private func probe(
        _ mode: Mode, sessions: Int, action: ActionTemplate? = nil
    ) async throws(ScaleError) -> CellOutcome {
        let key = CellKey(mode: mode, sessions: sessions, wait: request.plan.waits.min() ?? .zero, steps: 1, rep: 1)
        var spec = try request.spec(key, context)
        spec.threads = 1
        if let action { spec.action = action }
        spec.shape = .burst
        spec.pacing = .free
        spec.trace?.timing = .order
        spec.think = nil
        // Its mean: one draw may be far above it.
        spec.waitSpread = nil
        let limit = min(request.plan.timeouts.step, .seconds(30) + key.wait)
        spec.timeouts = .all(limit)
        let board = ProgressBoard(threads: 1)
        control.watch(board)
        defer { control.watch(nil) }
        return try await LoadEngine.run(spec, board: board)
    }

    private func target(of session: SessionRecord) -> LoadTarget { context.targets[session.session % context.targets.count] }

    /// The endpoint, and which of its addresses where it has several.
    private func name(of session: SessionRecord) -> String {
        let target = target(of: session)
        let place = context.place(ofTarget: session.session % context.targets.count)
        let isOneOfSeveral = context.places.count { $0 == place } > 1 && !target.endpoint.isCapability
        return target.endpoint.redacted + (isOneOfSeveral ? " (\(target.address.textWithPort))" : "")
    }

    /// What the server said to sessions that failed so.
    private func said(_ outcome: CellOutcome, to failure: SessionFailure) -> String? {
        let texts = outcome.recording.texts.filter { $0.kind == failure.kind && $0.phase == failure.phase && $0.code == failure.code }
        return texts.first { !$0.text.isEmpty }?.text
    }

    private func refusal(
        _ failure: SessionFailure, of session: SessionRecord, _ outcome: CellOutcome, _ mode: Mode
    ) async -> ScaleError {
        let target = target(of: session)
        let look = SecondLook(at: target, trust: request.trust, request.launch.client)
        if let spoken = await look.otherTransport(for: failure, mode, within: request.plan.timeouts.connect) {
            return target.endpoint.speaks(spoken, flag: flag, isLaunched: isLaunched)
        }
        let complaint = await look.complaint(about: failure)
        let refusal = SessionRefusal(
            failure: failure, mode: mode, endpoint: target.endpoint, name: name(of: session), flag: flag, isLaunched: isLaunched,
            isTraced: request.trace != nil, trust: request.trust, isBalanced: hasBalancer, said: complaint ?? said(outcome, to: failure),
            answer: await look.answer(to: failure, mode))
        let isAboutTheAction = failure.kind == .validation && failure.phase == .step && request.trace == nil
        guard isAboutTheAction, let schema = await look.schema() else { return refusal.error }
        return ActionAdvice(endpoint: target.endpoint, flag: flag, mode: mode, trust: request.trust, schema: schema)
            .added(to: refusal.error)
    }

    private func checkHosts(_ seen: Int) throws(ScaleError) {
        guard let expected = request.expectedHosts, seen < expected else { return }
        let sentence = "\(seen) of the \(expected) hosts of --expected-hosts answered"
        if request.requireHosts {
            throw ScaleError(.infrastructure, sentence, hint: "check the balancer and that every replica is up")
        }
        observe(.warning(sentence + ": check the balancer and that every replica is up"))
    }
}
