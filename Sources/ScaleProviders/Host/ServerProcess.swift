import ScaleCore
import Subprocess
import Synchronization

/// A server program as our child: in a process group of its own, with a pipe for its input that only we hold, so that
/// it can see our end even when we are killed. It is told to end when this object goes.
final class ServerProcess: Sendable {
    enum Event: Sendable {
        case spawned
        /// A line of its standard output.
        case line(String)
        /// It is over, in words.
        case ended(String)
    }

    /// What happens to it, in order; the last event is ``Event/ended(_:)``. For one reader.
    let events: AsyncStream<Event>
    private let ledger: Child.Ledger
    private let stopRequest: AsyncStream<Never>.Continuation
    private let running: Task<Void, Never>
    private let request: LaunchRequest

    /// Starts the program at a path, with the mark of the launch, after it has been noted in the ledger.
    /// - Parameter variables: of its environment, beside those of this process.
    /// - Throws: storage, where it cannot be noted.
    init(
        program: String, arguments: [String], variables: [String: String] = [:], _ request: LaunchRequest
    ) throws(ScaleError) {
        try request.ledger.note(request.processes)
        self.request = request
        let variables = variables.merging(request.variables) { $1 }
        let (events, report) = AsyncStream.makeStream(of: Event.self, bufferingPolicy: .bufferingNewest(256))
        let (stops, stopRequest) = AsyncStream.makeStream(of: Never.self)
        let child = Child(report: report, stops: stops, stopRequest: stopRequest, stopGrace: request.stopGrace)
        self.events = events
        self.stopRequest = stopRequest
        ledger = child.ledger
        // Unstructured, because it must end the child even when the task that launched it is cancelled.
        running = Task {
            let ending = await child.run(program, arguments, variables)
            child.ledger.state.withLock { $0.ending = ending }
            report.yield(.ended(ending))
            report.finish()
        }
    }

    deinit { stopRequest.finish() }

    var pid: Int32? { ledger.state.withLock { $0.pid } }
    /// How it ended; nil while it runs.
    var ending: String? { ledger.state.withLock { $0.ending } }
    var errorLines: [String] { ledger.state.withLock { $0.errors.lines } }

    /// Asks the group to end, kills what is left of it after the grace, and reaps the child. Then it does the same to
    /// what carries the mark of the launch all the same, and crosses it off the ledger.
    /// - Throws: infrastructure, where a process cannot be ended.
    func end() async throws(ScaleError) {
        await stop()
        try await ProcessSweeper().remove(request.processes, request)
        request.ledger.crossOff(request.processes)
    }

    private func stop() async {
        stopRequest.finish()
        await running.value
    }
}

/// What the child's task works with. It must not hold the ``ServerProcess``, whose end is a reason to stop.
private struct Child: Sendable {
    final class Ledger: Sendable {
        struct State {
            var pid: Int32?
            var ending: String?
            var errors = LogTail()
        }
        let state = Mutex(State())
    }

    let ledger = Ledger()
    let report: AsyncStream<ServerProcess.Event>.Continuation
    /// Ends when the child shall end.
    let stops: AsyncStream<Never>
    let stopRequest: AsyncStream<Never>.Continuation
    let stopGrace: Nanoseconds

    /// The child's whole life. Answers how it ended.
    func run(_ program: String, _ arguments: [String], _ variables: [String: String]) async -> String {
        var options = PlatformOptions()
        options.processGroupID = 0
        do {
            let result = try await Subprocess.run(
                .path(ProgramText.path(program)), arguments: Arguments(arguments),
                environment: ProgramText.environment(adding: variables), platformOptions: options,
                input: .inputWriter, output: .sequence, error: .sequence
            ) { execution in
                ledger.state.withLock { $0.pid = execution.processIdentifier.value }
                report.yield(.spawned)
                await attend(execution)
            }
            return Self.words(result.terminationStatus)
        } catch {
            return String(describing: error)
        }
    }

    /// Reads both outputs to their end, and ends the child's group when it shall end or the child itself is over.
    private func attend(_ execution: Execution<CustomWriteInput, SequenceOutput, SequenceOutput>) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                var tail = LogTail()
                await Self.read(execution.standardOutput) { bytes in
                    for line in tail.append(bytes) { report.yield(.line(line)) }
                }
                for line in tail.finish() { report.yield(.line(line)) }
            }
            group.addTask {
                await Self.read(execution.standardError) { bytes in
                    ledger.state.withLock { _ = $0.errors.append(bytes) }
                }
                ledger.state.withLock { _ = $0.errors.finish() }
            }
            group.addTask {
                for await _ in stops {}
                let terminate = TeardownStep.send(
                    signal: .terminate, toProcessGroup: true,
                    allowedDurationToNextStep: .nanoseconds(stopGrace.rawValue))
                await execution.teardown(using: [terminate])
                // The child is dead but not reaped, so its group's number is still its own: nobody else is hit.
                try? execution.send(signal: .kill, toProcessGroup: true)
            }
            // Both outputs end when the child does; then the third task has only the rest of its group to end.
            await group.next()
            await group.next()
            stopRequest.finish()
            await group.waitForAll()
        }
    }

    /// Hands over the output as it comes, to its end.
    private static func read(_ output: SubprocessOutputSequence, _ take: ([UInt8]) -> Void) async {
        var iterator = output.makeAsyncIterator()
        while let buffer = try? await iterator.next() { take(buffer.withUnsafeBytes { Array($0) }) }
    }

    private static func words(_ status: TerminationStatus) -> String {
        switch status {
        case .exited(let code): "exit status \(code)"
        case .signaled(let signal): "signal \(signal)"
        }
    }
}
