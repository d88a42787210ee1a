import ArgumentParser
import ScaleCore

/// Which N are measured, and how often: what a grid and a search differ in.
struct Sizes {
    /// Nil where the user names none.
    var sessions: [Int]?
    /// What the user called them.
    var flag: String
    var reps = 1
    var mostReps: Int?
    var search: SearchSettings?
}

/// The N of a grid.
struct SizeOptions: ParsableArguments {
    @Option(
        name: [.customShort("n"), .customLong("requests"), .customLong("batch-size")],
        parsing: .unconditional, help: ArgumentHelp("Concurrent sessions; 10 by default.", valueName: "N"),
        transform: Quantity.count)
    var requests: Int?

    @Option(
        name: [.customLong("requests-grid"), .customLong("batch-size-grid")], parsing: .unconditional,
        help: ArgumentHelp("Several numbers of concurrent sessions: one cell for each.", valueName: "N,N,…"))
    var requestsGrid: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Repetitions of every cell; 1 by default. auto: as many as decide whether an N passes, up to --max-reps.", valueName: "R"),
        transform: Quantity.repetitions)
    var reps: Repetitions?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The most repetitions of one N with --reps auto; 5 by default.", valueName: "R"), transform: Quantity.count)
    var maxReps: Int?

    func sizes() throws(ScaleError) -> Sizes {
        if requests != nil && requestsGrid != nil {
            throw .usage("--requests and --requests-grid are both given", hint: "use one of them")
        }
        let flag = requestsGrid == nil ? "--requests" : Quantity.typed("--requests-grid", "--batch-size-grid")
        var sizes = Sizes(sessions: requests.map { [$0] }, flag: flag)
        if let requestsGrid { sizes.sessions = try GridText.counts(requestsGrid, flag: flag) }
        switch reps ?? .fixed(1) {
        case .auto: sizes.mostReps = maxReps ?? SearchSettings.usualReps
        case .fixed(let count):
            if maxReps != nil { throw .usage("--max-reps is for repetitions that are added", hint: "add --reps auto, or drop it") }
            sizes.reps = count
        }
        return sizes
    }
}

/// `--reps`.
enum Repetitions: Equatable {
    case fixed(Int)
    case auto
}

/// Where a search begins and what it may take.
struct SearchOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The N to begin with; \(SearchSettings.usualStart) by default. Fewer than 59 sessions cannot demonstrate 95 % in one repetition.",
            valueName: "N"), transform: Quantity.count)
    var start = SearchSettings.usualStart

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The largest N to try; default: what this host's descriptors allow.", valueName: "N"),
        transform: Quantity.count)
    var upTo: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How near the ends of the bracket shall come: the first N that fails is at most this much above the last that passes. 5% by default.",
            valueName: "share"), transform: Quantity.share)
    var within = SearchSettings.usualWidth

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The most repetitions of one N before it is called undecided; 5 by default.", valueName: "R"),
        transform: Quantity.count)
    var maxReps = SearchSettings.usualReps

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Begins no cell that would probably end after this time: 10m. No limit by default.", valueName: "time"),
        transform: Quantity.deadline)
    var budget: Nanoseconds?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The most sessions of all cells together. No limit by default.", valueName: "N"),
        transform: Quantity.budget)
    var budgetSessions: Int?

    var sizes: Sizes {
        Sizes(
            sessions: [start], flag: "--start", mostReps: maxReps,
            search: SearchSettings(within: within, upTo: upTo, budget: budget, budgetSessions: budgetSessions))
    }
}
