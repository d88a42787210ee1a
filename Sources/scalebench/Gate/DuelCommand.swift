import ArgumentParser
import ScaleAnalysis
import ScaleCore

struct DuelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "duel",
        abstract: "Measure two servers in turns on this host, and say how much faster one is.",
        discussion: """
            Both are launched and stay alive; pairs of cells, one of each side, follow each other as A B B A, and are added \
            until the evidence decides or the budget is spent. A pair is one number: the ratio of steps per second at one \
            load. Without --requests the load is looked for on A; without --wait and --steps the sessions step as fast as \
            the server answers, for a time that the budget allows. A regression is looked for a second time, on fresh \
            launches. `scalebench gate` does the same and sets the exit status by the verdict.

            Exit status: 0 whatever the verdict is, 4 where the measurement is invalid.

            Examples:
              scalebench duel --a local:step-cpu=2ms --b local:step-cpu=3ms --budget 30s
              scalebench duel --a http://127.0.0.1:8000 --b http://127.0.0.1:8001 -n 16
              scalebench duel --a docker:env:main --b docker:env:head --action '{"x": 1}'
              scalebench duel --a local --b local:fault=slowdown=10% -n 8 --wait 0.05
              scalebench duel --a uv:project=old --b uv:project=new --metric step_p95=10%
            """)

    @OptionGroup(title: "What is compared") var sides: SideOptions
    @OptionGroup(title: "The load") var load: DuelLoadOptions
    @OptionGroup(title: "How it is judged") var judgement: JudgementOptions
    @OptionGroup(title: "What is judged") var effects: EffectOptions
    @OptionGroup(title: "The generator") var generator: HostOptions
    @OptionGroup(title: "The record") var notes: DuelRecordOptions

    @Option(help: ArgumentHelp("Where results are stored.", valueName: "file"), completion: .file())
    var db = "results/scalebench.sqlite"

    @OptionGroup(title: "Output") var outputs: GateOutputOptions

    func run() async throws {
        try outputs.check()
        try await DuelMeasurement(
            sides: sides, load: load, judgement: judgement, effects: effects, generator: generator, notes: notes, db: db,
            purpose: .duel
        ) { [outputs] result in
            try await GateOutput.tell(result, outputs)
            if result.verdict == .invalid { throw ExitCode(ScaleError.Code.invalidMeasurement.exitStatus) }
        }.run()
    }
}
