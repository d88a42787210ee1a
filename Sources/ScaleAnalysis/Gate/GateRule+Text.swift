import ScaleCore

extension GateRule {
    /// A rule, or everything that is wrong with its text: each in one sentence that says what to do.
    public enum Reading: Hashable, Sendable {
        case rule(GateRule)
        case problems([String])
    }

    /// Reads `METRIC>=VALUE` or `METRIC<=VALUE`, with `@N=512,wait=1s,mode=ws,steps=20,infra=NAME` behind it where it is not meant
    /// for every load. Spaces around the parts do not matter.
    public static func read(_ text: String) -> Reading {
        let form = "write it like p99<=2.5s@N=512"
        guard let start = text.firstIndex(where: { "<>=!≤≥~".contains($0) }) else {
            return .problems(["'\(trimmed(text))' compares nothing; \(form)"])
        }
        let signs = text[start...].prefix { "<>=!≤≥~".contains($0) }
        let rest = text[signs.endIndex...]
        let at = rest.firstIndex(of: "@")
        var problems: [String] = []
        let metric = readMetric(trimmed(text[..<start]), &problems)
        let comparison = readComparison(String(signs), metric, &problems)
        let value = trimmed(rest[..<(at ?? rest.endIndex)])
        let limit = metric.flatMap { readLimit(value, $0, &problems) }
        let (scope, words) = at.map { readScope(rest[rest.index(after: $0)...], metric, &problems) } ?? (Scope(), "")
        guard let metric, let comparison, let limit, problems.isEmpty else { return .problems(problems) }
        let text = metric.name + comparison.rawValue + value.filter { $0 != " " } + (words.isEmpty ? "" : "@" + words)
        return .rule(GateRule(text: text, metric: metric, comparison: comparison, limit: limit, scope: scope))
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        let isSpace: (Character) -> Bool = { $0.isWhitespace }
        return String(text.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    }

    private static func readMetric(_ name: String, _ problems: inout [String]) -> RuleMetric? {
        if let metric = RuleMetric(name: name) { return metric }
        problems.append(
            name.isEmpty
                ? "no metric stands before the comparison; name one, like p99 or max_batch"
                : "'\(name)' is no metric; use max_batch, slo_max_batch, batch_per_core, steps_per_second, rps, success, p50, p90, p95, p99, max, "
                    + "or a percentile of a latency, like step_p95")
        return nil
    }

    private static func readComparison(_ signs: String, _ metric: RuleMetric?, _ problems: inout [String]) -> Comparison? {
        let known = ["≥": ">=", "≤": "<=", "=>": ">=", "=<": "<="]
        guard let comparison = Comparison(rawValue: known[signs] ?? signs) else {
            problems.append("'\(signs)' is no comparison; use >= or <=")
            return nil
        }
        if let metric, metric.isHigherBetter != comparison.wantsMore {
            let better = metric.isHigherBetter ? "higher" : "lower"
            problems.append("\(metric.name) is better the \(better) it is; write \(metric.name)\(metric.isHigherBetter ? ">=" : "<=")…")
        }
        return comparison
    }

    // MARK: Values

    /// In the metric's unit.
    private static func readLimit(_ text: String, _ metric: RuleMetric, _ problems: inout [String]) -> Double? {
        let (value, remedy): (Double?, String)
        switch metric {
        case .maxBatch, .sloMaxBatch:
            (value, remedy) = ((try? QuantityText.count(text)).map(Double.init), "give a whole number of sessions from 1, like 2048")
        case .batchPerCore: (value, remedy) = (positive(text), "give sessions per core above 0, like 64")
        case .cell(let metric):
            switch metric.quantity {
            case .stepsPerSecond, .sessionsPerSecond: (value, remedy) = (rate(text), "give a rate above 0, like 500/s")
            case .successRate:
                value = share(text)
                remedy =
                    ["100%", "1", "1.0"].contains(text)
                    ? "no number of sessions shows 100 %: give less, like 99.9%" : "give a share above 0 and below 100 %, like 99%"
            case .latency: (value, remedy) = (time(text), "give a time above 0 with its unit, like 2.5s or 250ms")
            }
        }
        if value == nil { problems.append("'\(text)' is nothing to hold \(metric.name) against; \(remedy)") }
        return value
    }

    private static func positive(_ text: some StringProtocol) -> Double? {
        Double(String(text)).flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
    }

    private static func rate(_ text: String) -> Double? {
        let text = text.filter { $0 != " " }
        return positive(text.hasSuffix("/s") ? text.dropLast(2) : text[...])
    }

    private static func share(_ text: String) -> Double? {
        let text = text.filter { $0 != " " }
        let value = text.hasSuffix("%") ? positive(text.dropLast()).map { $0 / 100 } : positive(text)
        return value.flatMap { $0 < 1 ? $0 : nil }
    }

    /// A number alone could be meant in seconds or in milliseconds.
    private static func time(_ text: String) -> Double? {
        let text = text.filter { $0 != " " }
        guard text.last?.isLetter == true else { return nil }
        return QuantityText.seconds(text.replacing("µs", with: "us")).flatMap { $0 > 0 ? $0 : nil }
    }

    // MARK: Qualifiers

    private static let keys = ["N", "wait", "mode", "steps", "infra"]

    /// - Returns: the scope, and its words without needless spaces.
    private static func readScope(_ text: Substring, _ metric: RuleMetric?, _ problems: inout [String]) -> (Scope, String) {
        var parts: [(key: String, value: String)] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let key = trimmed(sides[0])
            if let last = parts.last, last.key == "infra", !keys.contains(key) {
                // A name may have commas.
                parts[parts.count - 1].value = last.value + "," + trimmed(part)
            } else {
                parts.append((key, sides.count == 2 ? trimmed(sides[1]) : ""))
            }
        }
        var scope = Scope()
        for (index, part) in parts.enumerated() {
            if parts[..<index].contains(where: { $0.key == part.key }) {
                problems.append("'\(part.key)' is given twice behind the @; keep one of them")
                continue
            }
            if let problem = add(part.key, part.value, to: &scope, metric) { problems.append(problem) }
        }
        return (scope, parts.map { "\($0.key)=\($0.value)" }.joined(separator: ","))
    }

    /// - Returns: what is wrong with it.
    private static func add(_ key: String, _ value: String, to scope: inout Scope, _ metric: RuleMetric?) -> String? {
        func refused(_ remedy: String) -> String { "'\(key)=\(value)' behind the @ names no load; \(remedy)" }
        switch key {
        case "N" where metric?.isOfAllBatches == true:
            return "\(metric?.name ?? "") is over all N and cannot be asked for at one; leave N=\(value) out"
        case "N":
            scope.sessions = try? QuantityText.count(value)
            return scope.sessions == nil ? refused("give a whole number from 1, like N=512") : nil
        case "wait":
            scope.wait = QuantityText.seconds(value).flatMap { $0 >= 0 ? .seconds($0) : nil }
            return scope.wait == nil ? refused("give seconds from 0, like wait=1s") : nil
        case "mode":
            scope.mode = Mode(rawValue: value)
            return scope.mode == nil ? refused("use mode=ws or mode=http") : nil
        case "steps":
            scope.steps = Int(value).flatMap { (0...QuantityText.most).contains($0) ? $0 : nil }
            return scope.steps == nil ? refused("give a whole number, like steps=20, or 0 for held sessions") : nil
        case "infra":
            scope.infra = value
            return value.isEmpty ? refused("give a name, like infra=local-w2") : nil
        default: return "'\(key)' behind the @ is not known; use N, wait, mode, steps or infra, like @N=512,wait=1s"
        }
    }
}
