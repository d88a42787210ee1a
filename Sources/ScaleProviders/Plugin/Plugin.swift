import Logging
import ScaleControl
import ScaleCore

/// A program that launches servers in its own way and speaks the protocol of docs/plugin-protocol.md.
struct Plugin: Sendable {
    /// The provider that uses it.
    var provider: String
    /// As errors call it, e.g. `the plug-in './launch.py'`.
    var title: String
    /// The same behind what it was typed for, e.g. `--provider exec: the plug-in './launch.py'`.
    var typed: String
    /// What reports call it; nil for the name that it gives itself.
    var label: String?
    /// Its command: a path or a name that `PATH` leads to, and its arguments.
    var words: [String]
    /// What is written to its standard input before the first message, for an interpreter that reads its program there.
    var prelude: [UInt8] = []
    /// Where ledgers say that its resources are: ``init(place:)`` makes it again from that.
    var place: String

    init(
        provider: String, title: String, typed: String, label: String? = nil, words: [String], prelude: [UInt8] = [], place: String
    ) {
        self.provider = provider
        self.title = title
        self.typed = typed
        self.label = label
        self.words = words
        self.prelude = prelude
        self.place = place
    }

    /// How long it may take to stop what it launched, and to look for what is left: control planes are slow.
    private static let slowLimit = Nanoseconds.seconds(60)
    /// How long it may take where it launched nothing but processes of this host, which are ended by then.
    private static let quickLimit = Nanoseconds.seconds(10)

    /// - Parameter name: what the plug-in calls it; nil for the launch as a whole.
    func resource(_ mark: LaunchMark, _ name: String?) -> Resource {
        Resource(.plugin, mark.name + (name.map { " " + $0 } ?? ""), place: place)
    }

    /// - Throws: for a program that is not there any more, or a ledger of another version.
    init(place: String) throws(ScaleError) {
        if let plugin = try Self.exec(place: place) {
            self = plugin
        } else if let plugin = try Self.openEnv(place: place) {
            self = plugin
        } else {
            throw ScaleError(.infrastructure, "the plug-in '\(place)' of a ledger is none that this scalebench knows")
        }
    }

    // MARK: Launching

    /// What the user asks for.
    struct Wish: Sendable {
        var options: [String: String]
        var environment: [String: String]
        /// Of the server, where the user gave them: in its name, and in the record where the plug-in says nothing.
        var workers: Int?
        var sessionCap: Int?
    }

    func launch(_ wish: Wish, _ request: LaunchRequest) async throws(ScaleError) -> any Deployment {
        let deadline = request.startupDeadline ?? .seconds(60)
        let launch = PluginLaunch(
            launch: request.mark.name, run: request.mark.run, labels: request.mark.labels, options: wish.options,
            environment: wish.environment, startupSeconds: deadline.seconds)
        let scrubbed = ScrubbedText(environment: wish.environment, options: wish.options)
        let process = try PluginProcess(self, .launch(launch), scrubbed, request)
        let outcome = await process.wait(within: deadline) { $0.outcome }
        if case .ready(let ready)? = outcome, !Task.isCancelled {
            return PluginDeployment(process: process, ready: ready, wish: wish, request: request)
        }
        let failure = Self.failure(outcome, process, deadline)
        do {
            try await stop(process, request)
        } catch {
            var failure = failure
            failure.cause = [failure.cause, error.description].compactMap(\.self).joined(separator: "\n")
            failure.hint = "scalebench clean removes what is left"
            throw failure
        }
        throw failure
    }

    private static func failure(
        _ outcome: PluginConversation.Outcome?, _ process: PluginProcess, _ deadline: Nanoseconds
    ) -> ScaleError {
        if Task.isCancelled { return ScaleError(.interrupted, "the launch by \(process.plugin.title) was stopped") }
        if case .failed(let problem)? = outcome { return process.error(problem) }
        let missed = process.conversation.phase == .greeting ? "did not say hello" : "was not ready"
        return process.error(.init(sentence: "\(missed) within \(deadline.shortText)"))
    }

    // MARK: Stopping

    /// Has the plug-in stop what it launched, and ends it. Where that is not known to be done, another process of it looks
    /// for what is left.
    func stop(_ process: PluginProcess, _ request: LaunchRequest) async throws(ScaleError) {
        try await uncancelled { () throws(ScaleError) in try await stopNow(process, request) }
    }

    private func stopNow(_ process: PluginProcess, _ request: LaunchRequest) async throws(ScaleError) {
        process.say { $0.stop() }
        let limit = process.conversation.canSweep ? Self.slowLimit : Self.quickLimit
        if process.conversation.phase == .stopping {
            _ = await process.wait(within: limit) { $0.isSettled ? true : nil }
        }
        let conversation = process.conversation
        try await process.end(hurried: !conversation.listens)
        let own = request.ledger.outstanding.filter { $0.kind == .plugin && Self.launch(of: $0) == request.mark.name }
        if conversation.hasLaunched, conversation.stopped?.left != nil || conversation.stopped == nil {
            let why = conversation.stopped?.left.map { "did not stop all of its launch: \($0)" }
            let silence = conversation.isMute ? "ended before it had stopped its launch" : "did not answer stop within \(limit.shortText)"
            let failure = process.error(.init(sentence: why ?? silence, hint: conversation.stopped?.hint))
            // One that cannot sweep launches nothing but processes of this host, which are ended by now.
            if why != nil, own.isEmpty { throw failure }
            try await sweepUp(own, request, failure)
        }
        own.forEach(request.ledger.crossOff)
    }

    private func sweepUp(_ own: [Resource], _ request: LaunchRequest, _ failure: ScaleError) async throws(ScaleError) {
        if own.isEmpty { return }
        request.log.warning("what a plug-in launched is looked for", metadata: ["cause": "\(failure.message)"])
        for resource in own {
            do throws(ScaleError) {
                _ = try await sweep(Self.sweep(resource, isDry: false), request)
            } catch {
                throw ScaleError(.infrastructure, failure.message, cause: error.description, hint: failure.hint)
            }
        }
    }

    // MARK: Sweeping

    /// Looks for what is left of a launch, and removes it unless it is a dry run.
    /// - Returns: what was there, in words for a person.
    /// - Throws: infrastructure, where that cannot be found out or something may still be there.
    func sweep(_ sweep: PluginSweep, _ request: LaunchRequest) async throws(ScaleError) -> [String] {
        let request = request.next()
        let process = try PluginProcess(self, .sweep(sweep), ScrubbedText(), request)
        let result = await process.wait(within: Self.slowLimit) { talk in
            talk.problem.map { .failure(process.error($0)) } ?? talk.swept.map { Result<PluginMessage.Swept, ScaleError>.success($0) }
        }
        let late = process.error(
            .init(sentence: "did not say within \(Self.slowLimit.shortText) what is left of the launch \(sweep.launch)"))
        try await process.end(hurried: result == nil)
        if result == nil, Task.isCancelled { throw ScaleError(.interrupted, "the search by \(title) was stopped") }
        let swept = try (result ?? .failure(late)).get()
        if let left = swept.left {
            throw process.error(
                .init(sentence: "could not remove all that is left of the launch \(sweep.launch): \(left)", hint: swept.hint))
        }
        return swept.found
    }

    /// The launch that one of its resources is of.
    private static func launch(of resource: Resource) -> String { String(resource.name.prefix { $0 != " " }) }

    /// The search for one of its resources: the one that it named, or whatever carries the launch's name.
    static func sweep(_ resource: Resource, isDry: Bool) -> PluginSweep {
        let named = resource.name.drop { $0 != " " }.dropFirst()
        return PluginSweep(launch: launch(of: resource), resources: named.isEmpty ? [] : [String(named)], isDry: isDry)
    }
}

extension Nanoseconds {
    /// `60 s`, `0.5 s`.
    var shortText: String { seconds == seconds.rounded() ? "\(Int64(seconds)) s" : "\(seconds) s" }
}

/// Has plug-ins find and remove what is left of their launches.
struct PluginSweeper: Sweeper {
    static let kind = Resource.Kind.plugin

    func find(_ resource: Resource, _ request: LaunchRequest) async throws(ScaleError) -> [String] {
        try await Plugin(place: resource.place).sweep(Plugin.sweep(resource, isDry: true), request)
    }

    func remove(_ resource: Resource, _ request: LaunchRequest) async throws(ScaleError) {
        _ = try await Plugin(place: resource.place).sweep(Plugin.sweep(resource, isDry: false), request)
    }
}
