import ArgumentParser

struct SearchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Find the max batch by itself: the largest N that holds, as a bracket.",
        discussion: """
            Doubles N until it does not hold any more, halves the gap until both ends are near enough, and tests the ends \
            again. An N that its repetitions do not decide gets more of them, up to --max-reps. It ends early when even \
            the smallest N fails, when the generator's own limits make a cell invalid, or when a budget is spent. Cells \
            are stored as those of a grid are; with --resume no stored cell is measured again.

            Examples:
              scalebench search
              scalebench search --workers 1 --max-concurrent-envs 200 --wait 0.5
              scalebench search --url http://127.0.0.1:8000 --within 10% --budget 10m
              scalebench search --provider local:step-cpu=5ms --wait 0 --timeout 2s
              scalebench search --budget-sessions 20000 --json
              scalebench search --start 256 --up-to 4096 --budget 1h --resume
            """)

    @OptionGroup(title: "What is measured") var target: TargetOptions
    @OptionGroup(title: "The search") var search: SearchOptions
    @OptionGroup(title: "The load") var workload: WorkloadOptions
    @OptionGroup(title: "Pacing and traces") var pacing: PacingOptions
    @OptionGroup(title: "The generator and the run") var generator: GeneratorOptions
    @OptionGroup(title: "Results") var output: OutputOptions

    func run() async throws {
        let trace = try pacing.read()
        let plan = try workload.plan(search.sizes, pacing, trace)
        try await Measurement(target: target, generator: generator, output: output).run(
            plan, trace, sessionsFlag: search.upTo == nil ? "--start" : "--up-to")
    }
}
