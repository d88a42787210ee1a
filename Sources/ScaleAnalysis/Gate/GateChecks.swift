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
        func sentence(_ check: GateCheck) -> String {
            let place = [check.infra, check.load?.words].compactMap(\.self).joined(separator: ", ")
            return check.name + (place.isEmpty ? "" : " at " + place) + ": " + check.reason
        }
        if count == 1 { return sentence(first) }
        let whole = "\(its.count.grouped) of \(count.counted("check", "checks"))"
        switch verdict {
        case .pass: return its.count == count ? "all \(count.grouped) checks pass" : "\(whole) pass, and nothing speaks against the others"
        case .regression: return "\(whole) \(its.count == 1 ? "is a regression" : "are regressions"), \(sentence(first))"
        case .inconclusive: return "\(whole) \(its.count == 1 ? "is" : "are") not decided, \(sentence(first))"
        case .invalid: return "\(whole) must not be judged, \(sentence(first))"
        }
    }
}
