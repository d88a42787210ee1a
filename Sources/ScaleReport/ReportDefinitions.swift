/// The terms of a report in short.
enum ReportDefinitions {
    static func items(page: String?) -> [String] {
        var items = [
            """
            **N**, the batch: sessions offered at once. A session is connect + reset + steps + close, with one environment.
            """,
            """
            **connect** and **total** run from the intended start, so a late generator cannot flatter a server; \
            **total** ends with the last step's answer. **reset** includes building the environment. \
            **overhead** = total − steps × wait − think time − waiting for other sessions.
            """,
            """
            **Percentiles** are nearest rank on an HDR histogram of three digits, over successful sessions, and never \
            averaged: repetitions are shown as a range.
            """,
            """
            **sessions/s** = successful sessions ÷ wall time. **steps/s** = successful steps ÷ the window from the \
            first step's start to the last one's answer; of held sessions, the time for which they are held.
            """,
            """
            **in step**, the effective concurrency = time inside successful steps ÷ that window. **peak open** = the \
            most sessions past reset and not over at one moment.
            """,
            """
            **Max batch** = the largest N that passes with every smaller one: [last pass, first fail), or ≥ N where \
            no larger one has a valid cell. An N passes when every repetition has ≥ 95 % success and the exact one-sided \
            95 % lower bound of all together does too; it fails when the upper bound is below 95 % or a repetition is \
            below 90 %; else it is open. Fewer than \(PassLimits.fewest) sessions in all cannot pass, and a smaller N of \
            so few is passed over unless it fails. The **point rule** asks only that the mean of the repetitions is \
            ≥ 95 %.
            """,
            """
            **SLO max batch** also asks for P99 total ≤ 2 × (steps × (wait + think) + 0.5 s). **per core** divides by the cores \
            the servers may use.
            """,
            """
            **limit** is what stopped a cell from doing better. `generator` and `client-limit` make a cell invalid for \
            capacity.
            """,
            """
            **peak RSS so far** is the high-water mark since the process started, on both sides: earlier cells are in \
            it.
            """,
        ]
        if let page { items.append("All terms: [\(Markdown.escaped(page))](\(Markdown.destination(page))).") }
        return items
    }
}
