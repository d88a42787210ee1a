import ScaleCore

/// What is said of sessions that servers refused in so many words.
extension LimiterRule {
    /// Sessions that the servers count as open and that cannot be of this cell, from their refusals; 0 where they do not say.
    /// All that were not refused may be open at one worker at once, and ended ones may not be given back yet, so that no more
    /// than what is beyond them is certain. A server that counts a session it refuses as open has no more than its cap.
    public static func placesHeldByOthers(_ cell: CellRecord) -> Int {
        let refused = count(of: .capacityReached, in: cell)
        guard refused > 0, let active = cell.reportedActiveSessions else { return 0 }
        return max(0, min(active, cell.reportedSessionCap ?? active) - max(0, cell.key.sessions - refused))
    }

    static func leakEvidence(_ cell: CellRecord) -> String? {
        let held = placesHeldByOthers(cell)
        guard held > 0, let active = cell.reportedActiveSessions else { return nil }
        let refused = count(of: .capacityReached, in: cell)
        let places = cell.reportedSessionCap.map { " of \($0.grouped)" } ?? ""
        return "\(refused.grouped) of \(cell.key.sessions.counted("session was", "sessions were")) refused by a server that counts "
            + "\(active.grouped)\(places) sessions as open, of which this cell can have had no more than "
            + "\(max(0, cell.key.sessions - refused).grouped): at least \(held.counted("place is", "places are")) held by sessions of "
            + "earlier cells that were not given back, or by another client"
    }

    static func capEvidence(_ cell: CellRecord, _ context: LimiterContext) -> String? {
        let refused = count(of: .capacityReached, in: cell)
        guard refused > 0, refused >= largestKind(cell)?.count ?? 0 else { return nil }
        let offered = cell.key.sessions
        var text = "\((offered - refused).grouped) of \(offered.counted("session was", "sessions were")) admitted; "
        text += "\(refused.grouped) refused by the session cap"
        if let workers = context.workers, let cap = context.sessionCap {
            text += ": workers \(workers.grouped) × cap \(cap.grouped)"
            if isUneven(sessions: offered, workers: workers, cap: cap) { text += ", of which they got uneven shares" }
        } else if let cap = context.sessionCap ?? cell.reportedSessionCap {
            text += ": cap \(cap.grouped) per worker"
        }
        return text + (shrinking(cell, context) ?? "")
    }

    /// Whether the places of all workers together were enough for a batch of which the cap refused some: one worker was
    /// full then while another was not.
    public static func isUneven(sessions: Int, workers: Int, cap: Int) -> Bool {
        let (places, overflow) = workers.multipliedReportingOverflow(by: cap)
        return overflow || places >= sessions
    }

    /// Servers that do not say how many sessions they have open leave only what N and time show: one that admits fewer than it
    /// did before may not have got its places back. Shares that are uneven vary as much.
    private static func shrinking(_ cell: CellRecord, _ context: LimiterContext) -> String? {
        guard cell.reportedActiveSessions == nil, (context.workers ?? 1) == 1 else { return nil }
        let admitted = cell.key.sessions - count(of: .capacityReached, in: cell)
        let before = context.earlier.filter { $0.key.mode == cell.key.mode }.compactMap(\.peakOpen).max() ?? 0
        guard Double(admitted) < (1 - flatShare) * Double(before) else { return nil }
        return "; \(before.grouped) were open at once in an earlier cell, so that places may be held by earlier sessions or another client"
    }

    /// A 503 that nothing ties to a balancer is the server's own, as of uvicorn's `--limit-concurrency`; one that admitted
    /// others meanwhile has reached a limit of its own.
    static func bareRefusalEvidence(_ cell: CellRecord, _ context: LimiterContext) -> String? {
        guard let largest = largestKind(cell), largest.kind == .gateway, !isOfBalancer(cell, context), cell.succeeded > 0 else {
            return nil
        }
        return refusedBare(cell) + ", which suggests a session cap"
    }

    /// Most failures are connections that were closed while nothing was asked: a limit on idle time, of the server or of
    /// something in between.
    static func idleEvidence(_ cell: CellRecord) -> String? {
        guard let largest = largestKind(cell), largest.kind == .closedIdle else { return nil }
        return "\(largest.count.grouped) of \(cell.key.sessions.counted("connection was", "connections were")) closed by the server, or by "
            + "what stands before it, while nothing was asked" + words(to: .closedIdle, in: cell)
    }

    /// The words that a server said most often with failures of a kind, for the end of a sentence; empty where it said none.
    static func words(to kind: FailureKind, in cell: CellRecord) -> String {
        guard let text = cell.texts.first(where: { $0.kind == kind && !$0.text.isEmpty })?.text else { return "" }
        let shown = text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : String($0) }.joined()
        return ": “" + (shown.count > longestQuote ? shown.prefix(longestQuote) + "…" : shown) + "”"
    }

    /// Characters of a server's words in a sentence.
    private static let longestQuote = 80

    /// `400 of 1,000 sessions were refused by the server (HTTP status 503)`.
    static func refusedBare(_ cell: CellRecord) -> String {
        "\(count(of: .gateway, in: cell).grouped) of \(cell.key.sessions.counted("session", "sessions")) were refused by the server "
            + "(HTTP status \(unavailable))"
    }

    /// Whether failures of the kind `gateway` are those of a balancer: one is known, or the answers are such as only one gives,
    /// or name one.
    static func isOfBalancer(_ cell: CellRecord, _ context: LimiterContext) -> Bool {
        if context.balancer != nil || count(in: cell, where: { $0.kind == .gateway && $0.code != unavailable }) > 0 { return true }
        return cell.texts.contains { text in
            guard text.kind == .gateway else { return false }
            let words = text.text.lowercased()
            return balancerWords.contains { words.contains($0) }
        }
    }

    /// Of HTTP: service unavailable.
    static let unavailable: Int32 = 503
    /// What balancers say of themselves in a 503: by name, or as HAProxy, Envoy and Traefik put it.
    private static let balancerWords = [
        "nginx", "openresty", "haproxy", "envoy", "traefik", "caddy", "varnish", "cloudflare", "no server is available",
        "no healthy upstream", "upstream connect error", "no available server",
    ]
}
