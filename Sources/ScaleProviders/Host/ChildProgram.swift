import ScaleControl
import ScaleCore
import Subprocess
import Synchronization

/// A program as our child: in a process group of its own, with a pipe for its input that only we hold, so that it can
/// see our end even when we are killed. It is told to end when this object goes.
final class ChildProgram: Sendable {
    /// What is made of what it does. The calls come in order, from one task each for its output, its errors and its life;
    /// they must not hold the ``ChildProgram``, whose end is a reason to stop.
    struct Attention: Sendable {
        /// It runs.
        var spawned: @Sendable () -> Void = {}
        /// What it wrote to its standard output, as it comes; answers what is sent to its input in return. No more is read
        /// before the call is over.
        var output: @Sendable ([UInt8]) -> [UInt8] = { _ in [] }
        /// Its standard output is over.
        var outputEnd: @Sendable () -> Void = {}
        /// A line of its standard error.
        var errorLine: @Sendable (String) -> Void = { _ in }
        /// It is over, in words; the last call.
        var ended: @Sendable (String) -> Void = { _ in }
    }

    private let state: ChildState
    private let input: AsyncStream<[UInt8]>.Continuation
    private let stopRequest: AsyncStream<Never>.Continuation
    private let running: Task<Void, Never>
    private let request: LaunchRequest

    /// Starts the program at a path, with the mark of the launch, after it has been noted in the ledger.
    /// - Parameters:
    ///   - variables: of its environment, beside those of this process.
    ///   - farewell: how long it has to end by itself, after its input has ended, before it is asked by a signal; nil for
    ///     one that is asked at once.
    /// - Throws: storage, where it cannot be noted.
    init(
        program: String, arguments: [String], variables: [String: String] = [:], farewell: Nanoseconds? = nil, _ request: LaunchRequest,
        _ attention: Attention
    ) throws(ScaleError) {
        try request.ledger.note(request.processes)
        self.request = request
        let variables = variables.merging(request.variables) { $1 }
        let (inputs, input) = AsyncStream.makeStream(of: [UInt8].self)
        let (stops, stopRequest) = AsyncStream.makeStream(of: Never.self)
        let state = ChildState(farewell: farewell)
        let life = ChildLife(
            state: state, attention: attention, inputs: inputs, input: input, stops: stops, stopRequest: stopRequest,
            stopGrace: request.stopGrace, clock: request.clock)
        self.state = state
        self.input = input
        self.stopRequest = stopRequest
        // Unstructured, because it must end the child even when the task that launched it is cancelled.
        running = Task {
            let ending = await life.run(program, arguments, variables)
            state.values.withLock { $0.ending = ending }
            attention.ended(ending)
        }
    }

    deinit { stopRequest.finish() }

    var pid: Int32? { state.values.withLock { $0.pid } }
    /// How it ended; nil while it runs.
    var ending: String? { state.values.withLock { $0.ending } }
    var errorLines: [String] { state.values.withLock { $0.errors.lines } }

    /// Writes to its standard input, behind what was sent before, whenever it takes it.
    func send(_ bytes: [UInt8]) { input.yield(bytes) }

    /// Asks the group to end, kills what is left of it after the grace, and reaps the child. Then it does the same to
    /// what carries the mark of the launch all the same, and crosses it off the ledger.
    /// - Parameter hurried: without the time to end by itself.
    /// - Throws: infrastructure, where a process cannot be ended.
    func end(hurried: Bool = false) async throws(ScaleError) {
        if hurried { state.values.withLock { $0.farewell = nil } }
        stopRequest.finish()
        await running.value
        try await ProcessSweeper().remove(request.processes, request)
        request.ledger.crossOff(request.processes)
    }
}

private final class ChildState: Sendable {
    struct Values {
        var pid: Int32?
        var ending: String?
        var errors = LogTail()
        var farewell: Nanoseconds?
    }
    let values: Mutex<Values>

    init(farewell: Nanoseconds?) { values = Mutex(Values(farewell: farewell)) }
}

/// What the child's task works with.
private struct ChildLife: Sendable {
    let state: ChildState
    let attention: ChildProgram.Attention
    let inputs: AsyncStream<[UInt8]>
    let input: AsyncStream<[UInt8]>.Continuation
    /// Ends when the child shall end.
    let stops: AsyncStream<Never>
    let stopRequest: AsyncStream<Never>.Continuation
    let stopGrace: Nanoseconds
    let clock: any ControlClock

    private typealias Run = Execution<CustomWriteInput, SequenceOutput, SequenceOutput>

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
                state.values.withLock { $0.pid = execution.processIdentifier.value }
                attention.spawned()
                await attend(execution)
            }
            return Self.words(result.terminationStatus)
        } catch {
            return String(describing: error)
        }
    }

    /// Reads both outputs to their end, and ends the child's group when it shall end or the child itself is over.
    private func attend(_ execution: Run) async {
        let writing = Task {
            for await bytes in inputs { _ = try? await execution.standardInputWriter.write(bytes) }
        }
        let (silence, fallsSilent) = AsyncStream.makeStream(of: Never.self)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await Self.read(execution.standardOutput) { bytes in
                    let answer = attention.output(bytes)
                    if !answer.isEmpty { input.yield(answer) }
                }
                attention.outputEnd()
            }
            group.addTask { await readErrors(execution.standardError) }
            group.addTask {
                for await _ in stops {}
                writing.cancel()
                await bidFarewell(execution, until: silence)
                let terminate = TeardownStep.send(
                    signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .nanoseconds(stopGrace.rawValue))
                await execution.teardown(using: [terminate])
                // The child is dead but not reaped, so its group's number is still its own: nobody else is hit.
                try? execution.send(signal: .kill, toProcessGroup: true)
            }
            // Both outputs end when the child does; then the third task has only the rest of its group to end.
            await group.next()
            await group.next()
            fallsSilent.finish()
            stopRequest.finish()
            await group.waitForAll()
        }
    }

    /// Lets the child see the end of its input, and waits until it has no more to say.
    private func bidFarewell(_ execution: Run, until silence: AsyncStream<Never>) async {
        guard let farewell = state.values.withLock({ $0.farewell }) else { return }
        try? await execution.standardInputWriter.finish()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in silence {} }
            group.addTask { try? await clock.sleep(farewell) }
            await group.next()
            group.cancelAll()
        }
    }

    private func readErrors(_ output: SubprocessOutputSequence) async {
        await Self.read(output) { bytes in
            let lines = state.values.withLock { $0.errors.append(bytes) }
            lines.forEach(attention.errorLine)
        }
        let last = state.values.withLock { $0.errors.finish() }
        last.forEach(attention.errorLine)
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
