import ScaleCore
import ScaleReactor

/// What a worker does beyond letting time pass: work in each step, and faults.
struct Disturbance {
    let plan: FaultPlan
    /// Processor time of a step, the slowdown included.
    private let work: Nanoseconds
    private let hasWork: Bool
    /// What the work has come to; kept, lest the optimizer find that nobody asks.
    private var result: UInt64 = 1

    /// Nil where there is nothing to do, so that serving without it is one check.
    init?(_ configuration: EnvironmentConfiguration) {
        guard configuration.stepCPU > .zero || !configuration.faults.isEmpty else { return nil }
        plan = configuration.faults
        hasWork = configuration.stepCPU > .zero
        work = configuration.stepCPU + .seconds(configuration.stepCPU.seconds * plan.slowdown.fraction)
    }

    /// Lets an environment respond: a step works first and waits then. Blocks for as long as the work takes.
    mutating func respond(
        _ environment: inout SimulatedEnvironment, to request: SimulatedEnvironment.Request, at place: FaultPlan.Place
    ) -> (turn: SimulatedEnvironment.Turn, fault: FaultPlan.AnswerFault?) {
        if case .reset = request, plan.failsReset(at: place) {
            return (.init(delay: .zero, reply: .failure("The reset failed, as --fault reset-error asks")), nil)
        }
        var turn = environment.respond(to: request)
        guard case .step = request, case .observation = turn.reply else { return (turn, nil) }
        if hasWork { compute() }
        let extra = plan.extraWait(turn.delay, hasWork: hasWork, at: place)
        let (sum, overflows) = turn.delay.rawValue.addingReportingOverflow(extra.rawValue)
        turn.delay = overflows ? Nanoseconds(.max) : Nanoseconds(sum)
        return (turn, plan.answerFault(at: place))
    }

    /// Computes until the thread has had its processor time: what it waits for the processor does not count, so that a
    /// worker's steps per second have the limit that the work gives them.
    private mutating func compute() {
        let start = HostClock.threadCPU()
        repeat {
            // Some microseconds between two readings, each of which is a system call.
            for _ in 0..<1024 { result = FaultPlan.scatter(result) }
        } while HostClock.threadCPU() - start < work
    }
}

extension Connection {
    /// Lets the environment of a WebSocket's session respond as the worker's faults have it.
    mutating func respondDisturbed(
        to request: SimulatedEnvironment.Request, _ worker: inout Worker, _ out: inout ByteQueue
    ) -> Outlook? {
        guard var environment else { return .closed }
        let place = FaultPlan.Place(session: ordinal, turn: turns)
        if request != .state { turns += 1 }
        guard let response = worker.disturbance?.respond(&environment, to: request, at: place) else { return .closed }
        self.environment = environment
        let reply = Pending(
            reply: response.turn.reply, session: environment.session, keepAlive: nil, fault: response.fault, place: place)
        return take(response.turn, reply, &worker, &out)
    }

    /// Sends what comes in an answer's place.
    mutating func write(
        _ fault: FaultPlan.AnswerFault, _ pending: Pending, waited: Nanoseconds, _ worker: inout Worker,
        _ out: inout ByteQueue
    ) {
        var plain = pending
        plain.fault = nil
        switch fault {
        case .drop:
            endSession(&worker)
            mode = .severed
        case .close1011:
            if pending.keepAlive == nil { return close(1011, &worker, &out) }
            plain.reply = .failure("The step failed, as --fault close-1011 asks")
            write(plain, waited: waited, &worker, &out)
        case .halfFrame:
            let start = out.count
            write(plain, waited: waited, &worker, &out)
            let size = out.count - start
            out.removeLast(size - size / 2)
            endSession(&worker)
            mode = .over
        case .garbage:
            guard let plan = worker.disturbance?.plan, let place = pending.place else { return }
            plan.garbage(at: place).withUnsafeBytes { out.append($0) }
        }
    }
}
