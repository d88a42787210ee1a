import ScaleCore

/// Finds environments that served two sessions at a time: two sessions with one hash, each of which had its reset
/// answered before the other was over. One after the other may carry the same hash.
///
/// A client cannot see this from within a session when the answers of both happen to fit, so it is looked for when all
/// are over.
enum SharedHashes {
    /// Makes failures of the sessions that succeeded with a hash that was not theirs alone. A session that failed in
    /// another way keeps its own failure, and still counts as the other party. O(N log N).
    /// - Parameter cellEnd: until when a session without an end of its own was open.
    static func mark(_ sessions: inout [SessionRecord], cellEnd: Nanoseconds) {
        for (index, since) in found(in: sessions, cellEnd: cellEnd) where sessions[index].succeeded {
            sessions[index].failure = SessionFailure(
                kind: .protocolViolation, phase: .reset, code: IsolationBreak.hashShared.rawValue, at: since)
            sessions[index].total = nil
        }
    }

    /// Who shared a hash, by index, and since when.
    static func found(in sessions: [SessionRecord], cellEnd: Nanoseconds) -> [Int: Nanoseconds] {
        let holders = holdersOfRepeatedHashes(sessions)
        var shared: [Int: Nanoseconds] = [:]
        for group in holders.values {
            let lives = group.compactMap { index in
                sessions[index].resetAt.map { (index: index, start: $0, end: sessions[index].endedAt ?? cellEnd) }
            }
            .sorted { ($0.start, $0.end) < ($1.start, $1.end) }
            // Of those before, the one that ends last: who overlaps any of them overlaps this one.
            var longest = lives[0].index
            var openUntil = Nanoseconds(.min)
            for life in lives {
                if life.start < openUntil {
                    shared[longest] = min(shared[longest] ?? life.start, life.start)
                    shared[life.index] = life.start
                }
                if life.end > openUntil { (longest, openUntil) = (life.index, life.end) }
            }
        }
        return shared
    }

    /// Almost always empty: lists are only made of hashes that came up before.
    private static func holdersOfRepeatedHashes(_ sessions: [SessionRecord]) -> [SessionHash: [Int]] {
        var seen: Set<SessionHash> = []
        var holders: [SessionHash: [Int]] = [:]
        seen.reserveCapacity(sessions.count)
        for session in sessions where session.resetAt != nil {
            if let hash = session.hash, !seen.insert(hash).inserted { holders[hash] = [] }
        }
        if holders.isEmpty { return [:] }
        for (index, session) in sessions.enumerated() where session.resetAt != nil {
            if let hash = session.hash { holders[hash]?.append(index) }
        }
        return holders
    }
}
