import ScaleCore

/// When the sessions of a cell were open: from the answer to their reset to their end. One without an end was open
/// until the cell's.
struct OpenSessions {
    /// In ascending order.
    private var opened: [Nanoseconds] = []
    private var closed: [Nanoseconds] = []

    init(_ sessions: [SessionRecord], cellEnd: Nanoseconds) {
        opened.reserveCapacity(sessions.count)
        closed.reserveCapacity(sessions.count)
        for session in sessions {
            guard let resetAt = session.resetAt else { continue }
            opened.append(resetAt)
            closed.append(max(resetAt, session.endedAt ?? max(cellEnd, resetAt)))
        }
        opened.sort()
        closed.sort()
    }

    /// The most at one moment. A session that ends at the instant another one opens was not open beside it.
    var peak: Int {
        var peak = 0
        var ended = 0
        for (index, time) in opened.enumerated() {
            while ended < closed.count, closed[ended] <= time { ended += 1 }
            peak = max(peak, index + 1 - ended)
        }
        return peak
    }

    /// How many there were on average by time and at the least, over a window that is longer than nothing. What
    /// happens at its very end is no part of it.
    func over(from start: Nanoseconds, to end: Nanoseconds) -> (mean: Double, least: Int) {
        var count = opened.count { $0 <= start } - closed.count { $0 <= start }
        var least = count
        var at = start
        var area = 0.0
        var nextOpened = opened.firstIndex { $0 > start } ?? opened.count
        var nextClosed = closed.firstIndex { $0 > start } ?? closed.count
        while true {
            let opening = nextOpened < opened.count ? opened[nextOpened] : end
            let closing = nextClosed < closed.count ? closed[nextClosed] : end
            let next = min(opening, closing, end)
            area += Double(count) * (next - at).seconds
            at = next
            if at >= end { return (area / (end - start).seconds, least) }
            // At one instant who ends is gone before another is there, as for the peak.
            if closing == at {
                count -= 1
                nextClosed += 1
            } else {
                count += 1
                nextOpened += 1
            }
            least = min(least, count)
        }
    }
}
