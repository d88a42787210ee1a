import ScaleCore

/// One conversation with a plug-in, from its start to the plug-in's end: bytes and decisions in, actions out. It knows
/// neither clock nor process.
struct PluginConversation: Sendable {
    /// What it is for; said when the plug-in has said hello.
    enum Purpose: Hashable, Sendable {
        case launch(PluginLaunch)
        case sweep(PluginSweep)
    }

    enum Phase: Hashable, Sendable {
        /// Hello was said, and none was answered.
        case greeting
        case launching
        case running
        /// Stop was said.
        case stopping
        case sweeping
        /// Nothing more is said to the plug-in.
        case over
    }

    enum Action: Hashable, Sendable {
        case send(PluginRequest)
        case log(level: String, String)
        case progress(String)
        case reached(LifecycleRecord.Stage, replica: Int)
        /// Into the ledger; nil for the launch as a whole. What follows waits for it.
        case note(resource: String?)
        case crossOff(resource: String)
    }

    /// Why there will be no servers, or none any more.
    struct Problem: Hashable, Sendable {
        /// The end of a sentence that begins with the plug-in.
        var sentence: String
        var hint: String?
        var isUsage = false
        /// What explains it; nil for what its log said last.
        var lines: [String]?
    }

    /// What the wait for a launch ends with.
    enum Outcome: Hashable, Sendable {
        case ready(PluginMessage.Ready)
        case failed(Problem)
    }

    let purpose: Purpose
    private let scalebench: String
    private(set) var phase = Phase.greeting
    private(set) var hello: PluginMessage.Hello?
    private(set) var ready: PluginMessage.Ready?
    /// The first that there was.
    private(set) var problem: Problem?
    private(set) var ended: PluginMessage.Ended?
    /// What it said last of the servers' output.
    private(set) var logs: [String]?
    private(set) var swept: PluginMessage.Swept?
    /// What became of the request to stop; nil while it is not answered.
    private(set) var stopped: PluginMessage.Stopped?
    /// It was asked to launch: something may be left of it.
    private(set) var hasLaunched = false
    /// How its process ended; nil while it runs.
    private(set) var exit: String?
    /// Its output is over: no answer will come.
    private(set) var isMute = false
    private var lines = PluginLines()

    /// - Parameter scalebench: our version.
    init(_ purpose: Purpose, scalebench: String) {
        self.purpose = purpose
        self.scalebench = scalebench
    }

    var canSweep: Bool { hello?.abilities.contains(PluginAbility.sweep) ?? false }
    var hasLogs: Bool { hello?.abilities.contains(PluginAbility.logs) ?? false }

    /// Nil while the launch may come to something.
    var outcome: Outcome? {
        if let problem { return .failed(problem) }
        return ready.map { .ready($0) }
    }

    /// Whether no answer to the request to stop will come any more.
    var isSettled: Bool { stopped != nil || isMute }

    /// Whether it has answered what it was asked last: then it will see the end of its input, too.
    var listens: Bool {
        if isMute { return true }
        return hasLaunched ? stopped != nil : hello != nil || problem != nil
    }

    /// The first words.
    func begin() -> [Action] { [.send(.hello(scalebench: scalebench))] }

    mutating func receive(_ bytes: some Sequence<UInt8>) -> [Action] {
        var actions: [Action] = []
        for line in lines.take(bytes) {
            switch line {
            case .tooLong:
                actions += refuse("a line that is longer than \(PluginLines.longest) bytes")
            case .whole(let bytes) where bytes.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }):
                continue
            case .whole(let bytes):
                do throws(PluginMessage.Refusal) {
                    actions += take(try PluginMessage(bytes))
                } catch {
                    actions += refuse(error.what + Self.shown(bytes))
                }
            }
        }
        return actions
    }

    mutating func outputEnded() { isMute = true }

    /// - Parameter how: the end of its process in words.
    mutating func processEnded(_ how: String) {
        isMute = true
        exit = how
        switch phase {
        case .greeting: fail("ended with \(how) before it said hello")
        case .launching: fail("ended with \(how) before it was ready")
        case .running: fail("ended with \(how)")
        case .sweeping where swept == nil: fail("ended with \(how) before it had looked for what is left")
        case .stopping, .sweeping, .over: break
        }
        phase = .over
    }

    /// The launch is to end, whatever has become of it.
    mutating func stop() -> [Action] {
        guard phase != .over, phase != .stopping, exit == nil else { return [] }
        let mayHaveLaunched = hasLaunched
        phase = mayHaveLaunched ? .stopping : .over
        return mayHaveLaunched ? [.send(.stop)] : []
    }

    /// Asks what the servers said last.
    mutating func askLogs(last: Int) -> [Action] {
        guard phase == .running, hasLogs else { return [] }
        logs = nil
        return [.send(.logs(last: last))]
    }

    /// Ends it for a reason of ours.
    mutating func giveUp(_ sentence: String) { fail(sentence) }
}

/// What a plug-in may say that it can.
enum PluginAbility {
    /// It answers `logs`.
    static let logs = "logs"
    /// It answers `sweep`, in a process of its own.
    static let sweep = "sweep"
}

// MARK: - Messages

extension PluginConversation {
    private mutating func take(_ message: PluginMessage) -> [Action] {
        if case .unknown(let type) = message { return [.log(level: "debug", "a message of the unknown type '\(type)' is passed over")] }
        if case .hello(let hello) = message { return greet(hello) }
        // It can say why it cannot even say hello.
        if hello == nil, case .failed(let failure) = message { return take(failure) }
        guard hello != nil else { return refuse("something before its hello") }
        switch message {
        case .hello, .unknown: return []
        case .log(let level, let line): return [.log(level: level, line)]
        case .progress(let text): return [.progress(text)]
        case .stage(let stage, let replica): return phase == .launching ? [.reached(stage, replica: replica)] : []
        case .creating(let resource): return create(resource)
        case .removed(let resource): return [.crossOff(resource: resource)]
        case .ready(let ready): return take(ready)
        case .failed(let failure): return take(failure)
        case .ended(let ended):
            // It may say it at once, and again when it has the lines that explain it.
            if self.ended?.lines.isEmpty ?? true { self.ended = ended }
            if phase == .launching { keep(Problem(sentence: "says that what it launched ended: \(ended.state)", lines: ended.lines)) }
        case .logs(let lines): logs = lines
        case .stopped(let stopped):
            if phase != .stopping { return refuse("'stopped' without being asked to stop") }
            self.stopped = stopped
            phase = .over
        case .swept(let swept):
            if phase != .sweeping { return refuse("'swept' without being asked to sweep") }
            self.swept = swept
            phase = .over
        }
        return []
    }

    private mutating func greet(_ hello: PluginMessage.Hello) -> [Action] {
        guard phase == .greeting else { return self.hello == nil ? [] : refuse("hello twice") }
        self.hello = hello
        guard hello.version == PluginRequest.version else {
            fail(
                "speaks version \(hello.version) of the plug-in protocol, and this scalebench speaks version \(PluginRequest.version)",
                hint: hello.version > PluginRequest.version ? "use a newer scalebench" : "use a newer version of the plug-in")
            return []
        }
        switch purpose {
        case .launch(let launch):
            if let stranger = stranger(in: launch, hello.options) {
                problem = stranger
                phase = .over
                return []
            }
            phase = .launching
            hasLaunched = true
            return (canSweep ? [.note(resource: nil)] : []) + [.send(.launch(launch))]
        case .sweep(let sweep):
            guard canSweep else {
                fail("cannot look for what is left of a launch", hint: "look for it by hand: it carries the label \(sweep.launch)")
                return []
            }
            phase = .sweeping
            return [.send(.sweep(sweep))]
        }
    }

    /// An option that the plug-in says it does not know.
    private func stranger(in launch: PluginLaunch, _ known: [OptionDescription]?) -> Problem? {
        guard let known else { return nil }
        let given = launch.options.merging(launch.environment.map { ("env." + $0.key, $0.value) }) { $1 }
        let spec = ProviderSpec(name: "", options: given.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) })
        guard let key = spec.stranger(among: known) else { return nil }
        let list = known.map(\.key).joined(separator: ", ")
        return Problem(
            sentence: "has no option '\(key)'", hint: known.isEmpty ? "it takes none" : "it takes \(list)", isUsage: true)
    }

    private mutating func create(_ resource: String) -> [Action] {
        guard canSweep else {
            return refuse("that it creates something that has to be swept, and not in its hello that it can sweep")
        }
        return [.note(resource: resource), .send(.noted(resource: resource))]
    }

    private mutating func take(_ ready: PluginMessage.Ready) -> [Action] {
        switch phase {
        case .launching:
            self.ready = ready
            phase = .running
        // It was asked to stop meanwhile.
        case .stopping: break
        case .greeting, .running, .sweeping, .over: return refuse("'ready' when nobody waited for it")
        }
        return []
    }

    private mutating func take(_ failure: PluginMessage.Failure) -> [Action] {
        let problem = Problem(sentence: "says: " + failure.message, hint: failure.hint, isUsage: failure.isUsage)
        switch phase {
        case .greeting, .launching, .running, .sweeping: keep(problem)
        // It crossed the request to stop, which is answered behind it.
        case .stopping, .over: break
        }
        return []
    }
}

// MARK: - Problems

extension PluginConversation {
    private mutating func keep(_ problem: Problem) {
        if self.problem == nil { self.problem = problem }
        if phase == .greeting || phase == .sweeping { phase = .over }
    }

    private mutating func fail(_ sentence: String, hint: String? = nil) { keep(Problem(sentence: sentence, hint: hint)) }

    /// What it said is against the protocol: what it launched cannot be relied on, and it is asked to stop all the same.
    private mutating func refuse(_ what: String) -> [Action] {
        fail("said \(what)", hint: "docs/plugin-protocol.md tells what it may say; its log belongs on standard error")
        return []
    }

    /// The beginning of a line, for people; nothing of what may have been a message, which may hold secrets.
    private static func shown(_ line: [UInt8]) -> String {
        let text = String(decoding: line.prefix(120), as: UTF8.self)
        if text.contains("{") { return "" }
        return ": '" + String(text.map { $0.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F } ? $0 : "·" })
            + (line.count > 120 ? "…'" : "'")
    }
}
