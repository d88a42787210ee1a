import ArgumentParser
import ScaleCore

struct GateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gate",
        abstract: "Say whether a server got worse: pass, regression, inconclusive or invalid.",
        discussion: """
            Give it two servers: --a, what it is held against, and --b, what is judged. Both are launched and measured in \
            turns, as `scalebench duel` says, until the evidence decides or --budget is spent. What a host does to both \
            cancels out, so this is the gate to believe. --self-test measures --a against itself and notes down which effects \
            this host can tell from none; later gates judge nothing smaller.

            Or give it a stored run: by thresholds (--require, --rules), against another stored run (--baseline), or by both.

            A rule is METRIC>=VALUE or METRIC<=VALUE, with @N=512,wait=1s,mode=ws,steps=20,infra=NAME behind it where it is not \
            meant for every load with a valid cell. Metrics are max_batch, slo_max_batch, batch_per_core, steps_per_second, rps, \
            success, and p50, p90, p95, p99 or max of a session or of one latency, like step_p95. A max batch is held against the \
            bracket of the last N that passes and the first that fails, success against exact bounds of all sessions, anything \
            else against every repetition.

            A baseline is compared load by load: Mann–Whitney test and Hodges–Lehmann shift, at least 6 repetitions a side, \
            corrected for several comparisons. What is smaller than --min-effect is no regression: 10% by default, because runs \
            of different hours differ by several per cent on one host.

            Exit status: 0 pass, 1 regression, 3 inconclusive (1 with --strict), 4 invalid.

            Examples:
              scalebench gate --a local:step-cpu=2ms --b local:step-cpu=3ms --budget 30s
              scalebench gate --a docker:env:main --b docker:env:head --github -o gate
              scalebench gate --self-test --a docker:env:main
              scalebench gate --require 'max_batch>=2048' --require 'p99<=2.5s@N=512'
              scalebench gate --rules gate.rules --run 3f2a --junit junit.xml
              scalebench gate --baseline main.sqlite --metric rps --metric step_p95=15%
              scalebench gate --baseline main.sqlite#81c0 --github --summary gate.md
            """)

    @OptionGroup(title: "Two servers") var sides: SideOptions

    @Flag(help: "Measure --a against itself, and note down which effects this host can tell from none.")
    var selfTest = false

    @OptionGroup(title: "Stored runs") var stored: StoredGateOptions
    @OptionGroup(title: "What is judged") var effects: EffectOptions
    @OptionGroup(title: "How two servers are judged") var judgement: JudgementOptions
    @OptionGroup(title: "The load of two servers") var load: DuelLoadOptions
    @OptionGroup(title: "The generator") var generator: HostOptions
    @OptionGroup(title: "The record") var notes: DuelRecordOptions
    @OptionGroup(title: "Output") var output: GateOutputOptions

    @Flag(help: "Evidence that does not decide is a failure: exit status 1 instead of 3.")
    var strict = false

    func run() async throws {
        try output.check()
        if sides.a != nil || sides.b != nil || selfTest { return try await duel() }
        guard stored.isAsked else {
            throw ScaleError.usage(
                "gate has nothing to judge by",
                hint: "give --a SPEC and --b SPEC, --require 'p99<=2.5s@N=512', --rules FILE or --baseline FILE")
        }
        for (flag, isGiven) in [
            ("--budget", judgement.limit != nil), ("--no-confirm", judgement.noConfirm), ("--requests", load.requests != nil),
            ("--requests-grid", load.requestsGrid != nil), ("--wait", load.workload.wait != nil),
            ("--duration", load.pacing.duration != nil),
            ("--steps", load.workload.steps != nil), ("--action", load.workload.action != nil),
        ] where isGiven {
            throw ScaleError.usage("\(flag) is for two servers, and a stored run is judged", hint: "drop it, or give --a and --b")
        }
        try await GateOutput.emit(try StoredGate(options: stored, effects: effects).result(), output, strict: strict)
    }

    private func duel() async throws {
        if stored.isAsked || stored.run != nil {
            throw ScaleError.usage(
                "two servers and a stored run are both given", hint: "judge them by a gate each: --a and --b, or --require and --baseline")
        }
        try await DuelMeasurement(
            sides: sides, load: load, judgement: judgement, effects: effects, generator: generator, notes: notes, db: stored.db,
            purpose: selfTest ? .selfTest : .gate
        ) { [output, strict] result in
            try await GateOutput.emit(result, output, strict: strict)
        }.run()
    }
}
