import ArgumentParser

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Measure a grid of cells: mode × N × wait × repetition.",
        discussion: """
            Examples:
              scalebench
              scalebench --requests-grid 32,128,512 --wait-grid 0.1,1 --reps 3
              scalebench --requests-grid 64,256,1024 --reps auto
              scalebench --url http://127.0.0.1:8000 -n 256 --json
              scalebench --workers 2 --max-concurrent-envs 40 -n 128
              scalebench --url http://envs.example.org:8000 --resolve first -n 64
              scalebench -n 512 --ramp 10s --steps 20 --think lognormal:0.3,0.5
              scalebench -n 2000 --rate 200/s --wait uniform:0.1-0.5
              scalebench -n 24000 --processes 2 --workers 3
              scalebench -n 64 --wait 0.05 --hold --duration 60s --ramp 5s
              scalebench -n 64 --steps 50 --lockstep --think 0.1 --wait lognormal:0.1,0.8
              scalebench -u host:8000 --trace episodes.jsonl --trace-timing original
              scalebench -u host:8000 --action '{"message": "hi {{session}}"}'
              scalebench --provider docker --image my-env --cpus 1 --memory 2g -n 64
              scalebench --provider docker --image my-env --env HF_TOKEN --relaunch 1
              scalebench --provider docker:my-env --provider-option network=host
              scalebench --provider slurm --replicas 2 --balancer haproxy -n 256
              scalebench --provider slurm --allow-target node1,node2 -n 256
              scalebench -u http://user:password@127.0.0.1:8000 --allow-plain-credentials
            """)

    @OptionGroup(title: "What is measured") var target: TargetOptions
    @OptionGroup(title: "The grid") var size: SizeOptions
    @OptionGroup(title: "The load") var workload: WorkloadOptions
    @OptionGroup(title: "Pacing and traces") var pacing: PacingOptions
    @OptionGroup(title: "The generator and the run") var generator: GeneratorOptions
    @OptionGroup(title: "Results") var output: OutputOptions

    func run() async throws {
        let trace = try pacing.read()
        let plan = try workload.plan(size.sizes(), pacing, trace)
        try await Measurement(target: target, generator: generator, output: output).run(
            plan, trace, sessionsFlag: size.sizes().flag)
    }
}
