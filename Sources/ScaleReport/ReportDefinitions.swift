/// The terms of a report in short.
enum ReportDefinitions {
    /// - Parameters:
    ///   - page: where all terms are defined, from the report; nil where that is not at hand.
    ///   - launchesOnly: whether nothing but launches was measured.
    static func items(page: String?, launchesOnly: Bool = false) -> [Prose] {
        let items = launchesOnly ? launches : load + outcome + time + sides
        return page.map { items + ["All terms: \(link: Prose($0), to: $0)."] } ?? items
    }

    private static let launches: [Prose] = [
        """
        \(strong: "create"), \(strong: "scheduled"), \(strong: "started"): until what is launched is made, has a place to run, \
        and runs, as its provider tells. \(strong: "healthy"): until its address answers at /health. \(strong: "first reset"): \
        until the first observation of a real session. \(strong: "stop"): until nothing of it is left.
        """,
        """
        \(strong: "Until the first session"): from the moment the launch is asked for to the first observation of its last \
        replica. Every number is one of the launches: the median of an even count is the shorter of the two in the middle, \
        and \(strong: "P90") is by nearest rank.
        """,
    ]

    private static let load: [Prose] = [
        """
        \(strong: "N"), the batch: sessions offered at once. A session is connect + reset + steps + close, with one environment.
        """,
        """
        \(strong: "peak open"): the most sessions past reset and not over at one moment. \(strong: "in step"), the effective \
        concurrency: time inside successful steps ÷ the window from the first step's start to the last one's answer. Offered N \
        is neither.
        """,
    ]

    private static let outcome: [Prose] = [
        """
        \(strong: "Max batch"): the largest N that passes with every smaller one: [last pass, first fail), or ≥ N where no \
        larger one has a valid cell. An N passes when every repetition has ≥ 95 % success and the exact one-sided 95 % lower \
        bound of all together does too; it fails when the upper bound is below 95 % or a repetition is below 90 %; else it is \
        open. Fewer than \(String(PassLimits.fewest)) sessions in all cannot pass, and a smaller N of so few is passed over \
        unless it fails. The \(strong: "point rule") asks only that the mean of the repetitions is ≥ 95 %.
        """,
        """
        \(strong: "SLO max batch") also asks for P99 total of every repetition ≤ 2 × (steps × (wait + think) + 0.5 s). \(strong: "per core") divides \
        by the cores the servers may use. \(strong: "Exact 95 % bounds"): one-sided, each, of the pooled success rate.
        """,
        """
        \(strong: "limit"): what stopped a cell from doing better; in the results, of the first N that fails; where none \
        does, of the first open one with a failed session, else of the max batch. \(code: "generator"), \(code: "client-limit") and \(code: "session-leak") make a cell \(strong: "invalid"): it says nothing about \
        how much the server holds, is struck out and counts nowhere. So does a cell in which the servers were ended (\(code: "provider_terminated")): it \
        is kept for what it tells, and measured again with --resume.
        """,
    ]

    private static let time: [Prose] = [
        """
        \(strong: "connect") and \(strong: "total") run from the intended start, so a late generator cannot flatter a server; \
        total ends with the last step's answer. \(strong: "reset") includes building the environment. \(strong: "overhead") = \
        total − steps × wait − think time − waiting for other sessions.
        """,
        """
        \(strong: "Percentiles") are nearest rank on an HDR histogram of three digits, over successful sessions, and never \
        averaged: repetitions are merged or shown as a range. Where they are merged, “≥” marks a P99 of fewer than \
        \(String(PassLimits.fewestForP99)) sessions, which no observation bounds from above.
        """,
        """
        \(strong: "sessions/s") = successful sessions ÷ the time to the end of the last of them. \(strong: "steps/s") = successful steps ÷ the window from the \
        first step's start to the last one's answer; of held sessions, the time for which they are held. Both fall with the \
        wait by construction where few steps are taken.
        """,
    ]

    private static let sides: [Prose] = [
        """
        \(strong: "floor"): P99 total of this generator on this host, at this N, against a server that costs nothing, from a \
        calibration. \(strong: "of ceiling"): the cell's rate ÷ the most that this generator reached there; above 70 % the cell \
        is invalid.
        """,
        """
        \(strong: "CPU per 1,000 steps"): the servers' processor time ÷ all their successful steps. \(strong: "peak RSS"): the \
        most memory that was resident during the cell, on both sides. \(strong: "loop lag"): how late the generator's loops \
        came to a timer that is due every 10 ms. \(strong: "start lag"): actual − intended start.
        """,
    ]
}
