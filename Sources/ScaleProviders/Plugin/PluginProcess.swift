import Logging
import ScaleControl
import ScaleCore
import Synchronization

/// A plug-in's process and the conversation with it. It is told to end when this object goes.
final class PluginProcess: Sendable {
    /// How long the plug-in has, after its input has ended, before a signal asks it.
    static let farewell = Nanoseconds.seconds(10)

    struct Stage: Hashable, Sendable {
        var stage: LifecycleRecord.Stage
        var replica: Int
        /// Since the launch was asked for.
        var at: Nanoseconds
    }

    let plugin: Plugin
    private let talk: PluginTalk
    private let child: ChildProgram
    private let request: LaunchRequest

    /// Starts the plug-in and says hello.
    /// - Throws: storage, where its process cannot be noted in the ledger.
    init(_ plugin: Plugin, _ purpose: PluginConversation.Purpose, _ scrubbed: ScrubbedText, _ request: LaunchRequest) throws(ScaleError) {
        self.plugin = plugin
        self.request = request
        let talk = PluginTalk(plugin, purpose, scrubbed, request)
        self.talk = talk
        child = try ChildProgram(
            program: request.program, arguments: request.keeper + ["--conversation"] + plugin.words, farewell: Self.farewell, request,
            .init(
                output: talk.receive, outputEnd: { talk.change { $0.outputEnded() } }, errorLine: talk.noteErrorLine,
                ended: { how in talk.change { $0.processEnded(how) } }))
        child.send(plugin.prelude + talk.perform { $0.begin() })
    }

    /// How the conversation stands.
    var conversation: PluginConversation { talk.conversation }
    /// When each stage was reached, since the launch was asked for.
    var stages: [Stage] { talk.stages }
    /// When it was ready, since the launch was asked for; zero where it is not.
    var readyAt: Nanoseconds { talk.readyAt }
    /// The last lines of its own log, without secrets.
    var errorLines: [String] { child.errorLines.map(talk.scrub) }

    func scrub(_ text: String) -> String { talk.scrub(text) }

    /// Waits until the conversation has come to something.
    /// - Returns: nil where the time is over, or the task is cancelled.
    func wait<Value: Sendable>(
        within limit: Nanoseconds, _ look: @escaping @Sendable (PluginConversation) -> Value?
    ) async -> Value? {
        let ticks = talk.ticks()
        return await withTaskGroup(of: Value?.self) { group in
            group.addTask { [talk] in
                for await _ in ticks {
                    if let value = look(talk.conversation) { return value }
                }
                return nil
            }
            group.addTask { [clock = request.clock] in
                try? await clock.sleep(limit)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }

    /// Says something, where the conversation has it so.
    func say(_ decide: (inout PluginConversation) -> [PluginConversation.Action]) {
        let bytes = talk.perform(decide)
        if !bytes.isEmpty { child.send(bytes) }
    }

    /// Ends the process, with everything on this host that inherited the mark of the launch.
    /// - Parameter hurried: without waiting until it has seen the end of its input.
    /// - Throws: infrastructure, where a process cannot be ended.
    func end(hurried: Bool) async throws(ScaleError) { try await child.end(hurried: hurried) }

    /// The sentence of a problem, with what the plug-in's log said last.
    func error(_ problem: PluginConversation.Problem) -> ScaleError {
        if let failure = talk.failure { return failure }
        let lines = problem.isUsage ? [] : (problem.lines ?? errorLines).suffix(8).map(scrub)
        return ScaleError(
            problem.isUsage ? .usage : .infrastructure, scrub("\(problem.isUsage ? plugin.typed : plugin.title) \(problem.sentence)"),
            cause: lines.isEmpty ? nil : lines.joined(separator: "\n"), hint: problem.hint.map(scrub))
    }
}

/// What the child's tasks work with: it must not hold the process.
private final class PluginTalk: Sendable {
    private struct State {
        var conversation: PluginConversation
        var scrubbed: ScrubbedText
        var stages: [PluginProcess.Stage] = []
        var readyAt = Nanoseconds.zero
        var failure: ScaleError?
        var waiters: [AsyncStream<Void>.Continuation] = []
    }

    private let state: Mutex<State>
    private let plugin: Plugin
    private let request: LaunchRequest
    private let begun: MonotonicTime

    init(_ plugin: Plugin, _ purpose: PluginConversation.Purpose, _ scrubbed: ScrubbedText, _ request: LaunchRequest) {
        state = Mutex(
            State(conversation: PluginConversation(purpose, scalebench: Version.current), scrubbed: scrubbed))
        self.plugin = plugin
        self.request = request
        begun = request.clock.now
    }

    var conversation: PluginConversation { state.withLock { $0.conversation } }
    var stages: [PluginProcess.Stage] { state.withLock { $0.stages } }
    var readyAt: Nanoseconds { state.withLock { $0.readyAt } }
    /// Why the ledger could not be written.
    var failure: ScaleError? { state.withLock { $0.failure } }

    func scrub(_ text: String) -> String { state.withLock { $0.scrubbed }(text) }

    func noteErrorLine(_ line: String) { request.log.debug("the plug-in logs", metadata: ["line": "\(scrub(line))"]) }

    /// A stream that has one tick now and one or more for every change.
    func ticks() -> AsyncStream<Void> {
        let (ticks, tick) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        tick.yield()
        state.withLock { $0.waiters.append(tick) }
        return ticks
    }

    /// - Returns: what is answered.
    func receive(_ bytes: [UInt8]) -> [UInt8] { perform { $0.receive(bytes) } }

    func change(_ decide: (inout PluginConversation) -> Void) {
        _ = perform {
            decide(&$0)
            return []
        }
    }

    /// Decides under the lock, and acts outside of it.
    /// - Returns: what is to be sent.
    func perform(_ decide: (inout PluginConversation) -> [PluginConversation.Action]) -> [UInt8] {
        let now = request.clock.now - begun
        let actions = state.withLock { state in
            let wasReady = state.conversation.ready != nil
            let actions = decide(&state.conversation)
            if !wasReady, let ready = state.conversation.ready {
                state.scrubbed.add(ready.endpoints)
                state.readyAt = now
            }
            return actions
        }
        var sent: [UInt8] = []
        for action in actions {
            guard let bytes = act(action, now) else { break }
            sent += bytes
        }
        wake()
        return sent
    }

    private func wake() {
        state.withLock { state in
            state.waiters.removeAll { tick in
                if case .terminated = tick.yield() { return true }
                return false
            }
        }
    }

    /// - Returns: what is to be sent; nil where nothing that follows may be done.
    private func act(_ action: PluginConversation.Action, _ now: Nanoseconds) -> [UInt8]? {
        switch action {
        case .send(let message): return message.line
        case .log(let level, let line):
            // An unknown level is one of a later version.
            let level = Logger.Level(rawValue: level == "warn" ? "warning" : level)
            request.log.log(level: level ?? .info, "the plug-in says", metadata: ["line": "\(scrub(line))"])
        case .progress(let text): request.progress(scrub(text))
        case .reached(let stage, let replica):
            request.reached(stage, request.mark.name, replica: replica)
            state.withLock { $0.stages.append(PluginProcess.Stage(stage: stage, replica: replica, at: now)) }
        case .note(let name):
            do {
                try request.ledger.note(plugin.resource(request.mark, name))
            } catch {
                state.withLock {
                    $0.failure = error
                    $0.conversation.giveUp("cannot be used without a ledger")
                }
                return nil
            }
        case .crossOff(let name): request.ledger.crossOff(plugin.resource(request.mark, name))
        }
        return []
    }
}
