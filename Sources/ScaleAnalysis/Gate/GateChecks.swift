/// What the checks of a gate say together.
extension [GateCheck] {
    /// What was found for certain counts first: a regression, then what must not be judged, then what is not decided. Checks that
    /// hold up nothing do not count, but nothing passes where there is no other.
    public var verdict: GateVerdict {
        let counted = filter { !$0.isUnjudged }.map(\.verdict)
        return [.regression, .invalid, .inconclusive].first { counted.contains($0) } ?? (counted.isEmpty ? .inconclusive : .pass)
    }

    /// Why, in one sentence without its full stop.
    public var reason: String {
        let verdict = verdict
        if isEmpty { return "there was nothing to check" }
        let its = filter { $0.verdict == verdict && !$0.isUnjudged }
        guard let first = its.first else { return "no check could be judged" }
        if count == 1 { return first.sentence }
        let whole = "\(its.count.grouped) of \(count.counted("check", "checks"))"
        switch verdict {
        case .pass: return its.count == count ? "all \(count.grouped) checks pass" : "\(whole) pass, and nothing speaks against the others"
        case .regression: return "\(whole) \(its.count == 1 ? "is a regression" : "are regressions"); \(first.sentence)"
        case .inconclusive: return "\(whole) \(its.count == 1 ? "is" : "are") not decided; \(first.sentence)"
        case .invalid: return "\(whole) must not be judged; \(first.sentence)"
        }
    }
}

extension GateCheck {
    /// Its infrastructure and load, where it is not of the whole run.
    public var place: String? {
        let parts = [infra, load?.words].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    /// Name, place and reason in one, without a full stop: `p99<=2.5s at ws, N 512, wait 1 s: all of 3 repetitions missed it`. A reason
    /// that begins with the name stands behind the place alone.
    public var sentence: String {
        if reason.hasPrefix(name + " ") { return place.map { $0 + ": " + reason } ?? reason }
        return name + (place.map { " at " + $0 } ?? "") + ": " + reason
    }
}
