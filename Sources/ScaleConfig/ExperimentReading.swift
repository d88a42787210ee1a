import ScaleCore

/// Turns the tree of a file into an ``ExperimentFile``, and says what does not fit.
struct ExperimentReading {
    static let keys = [
        "name", "description", "hardware", "infrastructures", "modes", "batch_sizes", "search", "waits", "steps", "reps", "max_reps",
        "seed", "timeout", "connect_timeout", "reset_timeout", "step_timeout", "close_timeout", "ramp", "rate", "arrivals", "think",
        "lockstep", "hold", "ignore_done", "http_connections", "resolve", "action", "rule", "cool_down", "relaunch", "budget",
    ]
    static let infrastructureKeys = ["name", "provider"] + plainOptions + ["env", "options", "startup_timeout"]
    /// Keys that most providers have.
    static let plainOptions = ["workers", "max_concurrent_envs", "replicas", "image", "cpus", "memory", "balancer"]
    static let searchKeys = ["start", "up_to", "within"]

    private var reader = ConfigReader()

    var problems: [ConfigProblem] { reader.problems.sorted { $0.place < $1.place } }

    mutating func file(_ root: ConfigNode) -> ExperimentFile {
        let top = reader.mapping(root, called: "the file", keys: Self.keys)
        if case .mapping = root.content {
            reader.missing("name", in: top, "give one, like 'name: scaling'")
            reader.missing("infrastructures", in: top, "list at least one, with its name and provider")
        }
        let name = reader.value("name", in: top, Self.name)?.value ?? ""
        return ExperimentFile(
            name: name, description: reader.text("description", in: top)?.value ?? "",
            hardware: reader.text("hardware", in: top)?.value ?? "", infrastructures: infrastructures(top), plan: plan(top),
            actionPlace: top.place(of: "action"), rule: reader.value("rule", in: top, Self.member)?.value ?? .bounds,
            coolDown: reader.value("cool_down", in: top, QuantityText.span)?.value ?? .zero,
            relaunches: reader.value("relaunch", in: top, Self.natural)?.value,
            budget: reader.value("budget", in: top, QuantityText.deadline)?.value)
    }

    private mutating func infrastructures(_ top: ConfigMapping) -> [ExperimentFile.Infrastructure] {
        guard let entry = top["infrastructures"] else { return [] }
        guard case .list(let items) = entry.value.content, !items.isEmpty else {
            reader.complain(entry.value.place, "'infrastructures' is \(entry.value.kind); give a list of '- name: …' with 'provider: …'")
            return []
        }
        var found: [ExperimentFile.Infrastructure] = []
        for item in items {
            guard let next = infrastructure(item) else { continue }
            if let twin = found.first(where: { $0.name.value == next.name.value }) {
                reader.complain(
                    next.name.place, "the infrastructure at \(twin.name.place) is called '\(next.name.value)' too; name them apart")
            } else {
                found.append(next)
            }
        }
        return found
    }

    private mutating func infrastructure(_ item: ConfigNode) -> ExperimentFile.Infrastructure? {
        let mapping = reader.mapping(item, called: "an infrastructure", keys: Self.infrastructureKeys)
        if case .mapping = item.content {
            reader.missing("name", in: mapping, "give one, like 'name: two-workers'")
            reader.missing("provider", in: mapping, "give one, like 'provider: local' or a URL")
        }
        let name = reader.value("name", in: mapping, Self.name)
        let provider = reader.text("provider", in: mapping)
        let options = options(mapping)
        let startup = reader.value("startup_timeout", in: mapping, QuantityText.deadline)?.value
        guard let name, let provider else { return nil }
        return ExperimentFile.Infrastructure(
            name: name, provider: provider, options: options, startupTimeout: startup)
    }

    /// What a value means is for the provider to say, but for the numbers.
    private mutating func options(_ mapping: ConfigMapping) -> [ExperimentFile.Option] {
        var found: [ExperimentFile.Option] = []
        for key in Self.plainOptions {
            let isCount = ["workers", "max_concurrent_envs", "replicas"].contains(key)
            let value = reader.value(key, in: mapping) { text throws(QuantityRefusal) in isCount ? "\(try QuantityText.count(text))" : text
            }
            if let value { found.append(.init(key: String(key.map { $0 == "_" ? "-" : $0 }), written: key, value: value)) }
        }
        for (key, prefix) in [("env", "env."), ("options", "")] {
            guard let entry = mapping[key] else { continue }
            guard case .mapping(let entries) = entry.value.content else {
                reader.complain(entry.value.place, "'\(key)' is \(entry.value.kind), and must be a mapping like '\(key): {NAME: value}'")
                continue
            }
            let inner = ConfigMapping(place: entry.value.place, entries: entries)
            for each in entries {
                guard let value = reader.text(each.key, in: inner) else { continue }
                found.append(.init(key: prefix + each.key, written: "\(key).\(each.key)", value: value))
            }
        }
        return found
    }

    // MARK: - The plan

    private mutating func plan(_ top: ConfigMapping) -> Plan {
        let timeout = reader.value("timeout", in: top, QuantityText.deadline)?.value ?? .seconds(120)
        func limit(_ key: String, _ reader: inout ConfigReader) -> Nanoseconds {
            reader.value(key, in: top, QuantityText.deadline)?.value ?? timeout
        }
        let action = reader.text("action", in: top)?.value
        let (waits, spread) = waits(top, sends: action.map(ActionText.asksForWait) ?? true)
        let pacing = pacing(top)
        let (reps, mostReps) = repetitions(top)
        let think = reader.value("think", in: top, QuantityText.distribution)?.value
        let steps = reader.value("steps", in: top, QuantityText.count)?.value
        var plan = Plan(
            modes: reader.values("modes", in: top, Self.member)?.map(\.value) ?? [.ws], sessions: [1], waits: waits,
            steps: steps ?? (pacing.holds == nil ? 1 : 0), reps: reps, mostReps: mostReps, waitSpread: spread, shape: shape(top),
            pacing: pacing, think: think == .fixed(span: .zero) ? nil : think,
            ignoresDone: reader.value("ignore_done", in: top, Self.truth)?.value ?? false,
            timeouts: PhaseTimeouts(
                connect: limit("connect_timeout", &reader), reset: limit("reset_timeout", &reader),
                step: limit("step_timeout", &reader), close: limit("close_timeout", &reader)),
            httpConnections: reader.value("http_connections", in: top, Self.connections)?.value ?? .perSession,
            addresses: reader.value("resolve", in: top, Self.member)?.value ?? .all, action: action,
            seed: reader.value("seed", in: top, Self.seed)?.value ?? 0)
        sizes(top, &plan)
        for problem in plan.problems(Plan.FlagNames(sessions: "batch_sizes", waits: "waits")) {
            let (sentence, key) = Self.translated(problem)
            reader.complain(key.map(top.place(of:)) ?? top.place, sentence)
        }
        return plan
    }

    /// The N of a grid, or where a search for the max batch begins.
    private mutating func sizes(_ top: ConfigMapping, _ plan: inout Plan) {
        let sizes = reader.values("batch_sizes", in: top, QuantityText.count)
        guard let entry = top["search"] else {
            if case .some = top["batch_sizes"] {
            } else if !top.entries.isEmpty {
                reader.complain(top.place, "the key 'batch_sizes' is missing; give the N to measure, or 'search'")
            }
            if let sizes { plan.sessions = sizes.map(\.value) }
            return
        }
        if top["batch_sizes"] != nil {
            reader.complain(entry.place, "'search' chooses the N by itself, and 'batch_sizes' names them; keep one")
        }
        if let reps = top["reps"] {
            reader.complain(reps.place, "'search' repeats as often as it needs; give 'max_reps', or drop 'reps'")
        }
        let search = reader.mapping(entry.value, called: "'search'", keys: Self.searchKeys)
        plan.sessions = [reader.value("start", in: search, QuantityText.count)?.value ?? SearchSettings.usualStart]
        plan.search = SearchSettings(
            within: reader.value("within", in: search, QuantityText.share)?.value ?? SearchSettings.usualWidth,
            upTo: reader.value("up_to", in: search, QuantityText.count)?.value)
        plan.reps = 1
        plan.mostReps = plan.mostReps ?? SearchSettings.usualReps
    }

    /// Nil for `auto`.
    private mutating func repetitions(_ top: ConfigMapping) -> (Int, most: Int?) {
        let reps = reader.value("reps", in: top) { text throws(QuantityRefusal) -> Int? in
            if text == "auto" { return nil }
            guard let count = try? QuantityText.count(text) else {
                throw QuantityRefusal(description: "give a whole number from 1, or auto")
            }
            return count
        }
        let most = reader.value("max_reps", in: top, QuantityText.count)
        let isOpen = top["search"] != nil || (reps != nil && reps?.value == nil)
        if let most, !isOpen, top["reps"] == nil || reps != nil {
            reader.complain(most.place, "'max_reps' is for repetitions that are added; give 'reps: auto' or 'search' too, or drop it")
        }
        return (reps?.value ?? 1, isOpen ? most?.value ?? SearchSettings.usualReps : nil)
    }

    /// - Parameter sends: whether the action says how long to wait.
    private mutating func waits(_ top: ConfigMapping, sends: Bool) -> ([Nanoseconds], SpanDistribution?) {
        guard sends else {
            if let entry = top["waits"] {
                reader.complain(
                    entry.place,
                    "'waits' is given, and 'action' has no {{wait}} to send it; write {{wait}} where the action says how long to wait, or drop 'waits'"
                )
            }
            return ([.zero], nil)
        }
        let given = reader.values("waits", in: top, QuantityText.distribution) ?? [Placed(.fixed(span: .seconds(1)), top.place)]
        let drawn = given.first { if case .fixed = $0.value { false } else { true } }
        if let drawn, given.count > 1 {
            reader.complain(drawn.place, "waits that are drawn must be the only entry of 'waits'")
        }
        return (drawn.map { [$0.value.mean] } ?? given.map(\.value.mean), drawn?.value)
    }

    private mutating func pacing(_ top: ConfigMapping) -> Pacing {
        let lockstep = reader.value("lockstep", in: top, Self.truth)?.value ?? false
        guard let hold = reader.value("hold", in: top, QuantityText.deadline) else { return lockstep ? .lockstep : .free }
        if lockstep { reader.complain(hold.place, "'hold' and 'lockstep' are both given; keep one") }
        return .hold(duration: hold.value)
    }

    private mutating func shape(_ top: ConfigMapping) -> LoadShape {
        let ramp = reader.value("ramp", in: top, QuantityText.deadline)
        let rate = reader.value("rate", in: top, QuantityText.rate)
        let arrivals: Placed<LoadShape.Arrivals>? = reader.value("arrivals", in: top, Self.member)
        if ramp != nil, let rate { reader.complain(rate.place, "'ramp' and 'rate' are both given; keep one") }
        if let arrivals, top["rate"] == nil { reader.complain(arrivals.place, "'arrivals' needs a rate; give 'rate: 200/s' too") }
        if let rate { return .open(rate: rate.value, arrivals: arrivals?.value ?? .poisson) }
        return ramp.map { .ramp(over: $0.value) } ?? .burst
    }
}

// MARK: - Kinds of values

extension ExperimentReading {
    /// It names folders and series: letters, digits, dots, hyphens and underscores.
    private static func name(_ text: String) throws(QuantityRefusal) -> String {
        let isPlain = text.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "._-".unicodeScalars.contains(scalar))
        }
        guard isPlain, text.utf8.count <= 64, let first = text.first, first.isLetter || first.isNumber else {
            throw QuantityRefusal(
                description: "give up to 64 letters, digits, dots, hyphens and underscores, a letter or digit first")
        }
        return text
    }

    private static func member<Value: RawRepresentable & CaseIterable>(_ text: String) throws(QuantityRefusal) -> Value
    where Value.RawValue == String {
        if let value = Value(rawValue: text) { return value }
        let known = Value.allCases.map(\.rawValue).joined(separator: " or ")
        throw QuantityRefusal(description: "give \(known)")
    }

    private static func truth(_ text: String) throws(QuantityRefusal) -> Bool {
        guard let value = Bool(text) else { throw QuantityRefusal(description: "give true or false") }
        return value
    }

    private static func natural(_ text: String) throws(QuantityRefusal) -> Int {
        guard let value = Int(text), (0...1000).contains(value) else {
            throw QuantityRefusal(description: "give a whole number from 0 to 1000")
        }
        return value
    }

    private static func seed(_ text: String) throws(QuantityRefusal) -> UInt64 {
        guard let value = UInt64(text) else { throw QuantityRefusal(description: "give a whole number from 0") }
        return value
    }

    private static func connections(_ text: String) throws(QuantityRefusal) -> ConnectionPolicy {
        guard let value = ConnectionPolicy(text) else {
            throw QuantityRefusal(description: "give per-session, per-request or pool:K with K at least 1")
        }
        return value
    }

    /// A sentence about flags as one about keys, and the first key in it.
    static func translated(_ sentence: String) -> (sentence: String, key: String?) {
        var first: String?
        let words = sentence.split(separator: " ", omittingEmptySubsequences: false).map { word -> String in
            var name = word
            var end = ""
            while let last = name.last, !last.isLetter { end = String(name.removeLast()) + end }
            let key = Self.keysOfFlags[String(name)] ?? (["batch_sizes", "waits"].contains(name) ? String(name) : nil)
            guard let key else { return String(word) }
            first = first ?? key
            return "'\(key)'" + end
        }
        return (words.joined(separator: " "), first)
    }

    private static let keysOfFlags: [String: String] = {
        var known = ["--mode": "modes", "--duration": "hold", "--up-to": "search", "--start": "search", "--within": "search"]
        for key in keys { known["--" + key.map { $0 == "_" ? "-" : String($0) }.joined()] = key }
        return known
    }()
}
