import ScaleTestKit
import Testing

/// Command lines that are wrong by themselves.
@Suite("Bad input is one sentence and nothing else", .serialized, .patience(minutes: 3))
struct UsageTests {
    static let grids = [
        Refusal(["--requests-grid", ""], "--requests-grid"),
        Refusal(["--requests-grid", "1,,8"], "--requests-grid", "'1,,8'", "one comma"),
        Refusal(["--requests-grid", "1,8,"], "--requests-grid", "'1,8,'", "one comma"),
        Refusal(["--requests-grid", "-1,8"], "--requests-grid", "-1"),
        Refusal(["--requests-grid=8,-1"], "--requests-grid", "-1"),
        Refusal(["--requests-grid", "0"], "--requests-grid", "0"),
        Refusal(["--requests-grid", "8,1,8"], "--requests-grid", "8 twice"),
        Refusal(["--requests-grid", "1,x"], "--requests-grid", "'x'", "1,8,64"),
        Refusal(["--requests-grid", "1.5"], "--requests-grid", "'1.5'"),
        Refusal(["--requests-grid", "99999999999999999999"], "--requests-grid", "99999999999999999999"),
        Refusal(["--batch-size-grid", "1,x"], "--batch-size-grid", "'x'"),
        Refusal(["--wait-grid", ""], "--wait-grid"),
        Refusal(["--wait-grid", "0.1,,1"], "--wait-grid", "'0.1,,1'", "one comma"),
        Refusal(["--wait-grid", "-0.5,1"], "--wait-grid", "-0.5"),
        Refusal(["--wait-grid=1,-0.5"], "--wait-grid", "-0.5"),
        Refusal(["--wait-grid", "0.1,0.10"], "--wait-grid", "0.1 twice"),
        Refusal(["--wait-grid", "0.1,x"], "--wait-grid", "'x'", "write it like 0.1,1,500ms"),
        Refusal(["--wait-grid", "nan"], "--wait-grid", "nan"),
        Refusal(["--wait-grid", "inf"], "--wait-grid", "inf"),
        Refusal(["--wait-grid", "0.1,200"], "--wait-grid", "200", "120", "--timeout"),
    ]

    static let numbers = [
        Refusal(["--mode", "tcp"], "--mode", "'tcp'", "ws or http"),
        Refusal(["--requests", "0"], "--requests", "'0'"),
        Refusal(["--requests", "-5"], "--requests", "-5"),
        Refusal(["--requests", "ten"], "--requests", "'ten'"),
        Refusal(["--wait", "-1"], "--wait", "-1"),
        Refusal(["--wait", "nan"], "--wait", "nan"),
        Refusal(["--wait", "inf"], "--wait", "inf"),
        Refusal(["--reps", "0"], "--reps", "'0'"),
        Refusal(["--reps", "-1"], "--reps", "-1"),
        Refusal(["--steps", "0"], "--steps", "'0'"),
        Refusal(["--timeout", "0"], "--timeout", "'0'"),
        Refusal(["--timeout", "-1"], "--timeout", "-1"),
        Refusal(["--timeout", "nan"], "--timeout", "nan"),
        Refusal(["--timeout", "inf"], "--timeout", "inf"),
        Refusal(["--timeout", "1e300"], "--timeout", "'1e300'"),
        Refusal(["--connect-timeout", "0"], "--connect-timeout", "'0'"),
        Refusal(["--wait", "200"], "--wait", "200", "120", "--timeout"),
        Refusal(["--wait", "2", "--timeout", "1"], "--wait", "2", "1", "--timeout"),
        Refusal(["--threads", "0"], "--threads", "'0'"),
        Refusal(["--expected-hosts", "0"], "--expected-hosts", "'0'"),
        Refusal(["--require-hosts"], "--require-hosts", "--expected-hosts"),
        Refusal(["--resolve", "some"], "--resolve", "'some'", "all or first"),
        Refusal(["--http-connections", "pool:0"], "--http-connections", "'pool:0'", "pool:K"),
        Refusal(["--workers", "0"], "--workers", "0"),
        Refusal(["--max-concurrent-envs", "0"], "--max-concurrent-envs", "0"),
        Refusal(["--startup-timeout", "0"], "--startup-timeout", "'0'"),
        Refusal(["--ramp", "0"], "--ramp", "'0'"),
        Refusal(["--ramp", "10x"], "--ramp", "'10x'", "500ms"),
        Refusal(["--ramp", "-1s"], "--ramp", "-1s"),
        Refusal(["--rate", "0/s"], "--rate", "'0/s'", "200/s"),
        Refusal(["--rate", "200"], "--rate", "'200'", "200/s"),
        Refusal(["--rate", "200/day"], "--rate", "'200/day'", "30/min"),
        Refusal(["--rate", "-1/s"], "--rate", "-1/s"),
        Refusal(["--rate", "nan/s"], "--rate", "'nan/s'"),
        Refusal(["--think", "-1"], "--think", "-1"),
        Refusal(["--think", "often"], "--think", "'often'", "uniform:0.1-0.5"),
        Refusal(["--think", "uniform:0.5-0.1"], "--think", "'uniform:0.5-0.1'", "smaller first"),
        Refusal(["--think", "uniform:0.5"], "--think", "'uniform:0.5'"),
        Refusal(["--think", "lognormal:0,1"], "--think", "'lognormal:0,1'", "mean above 0"),
        Refusal(["--think", "lognormal:1"], "--think", "'lognormal:1'", "lognormal:0.3,0.5"),
        Refusal(["--think", "lognormal:1,9"], "--think", "'lognormal:1,9'", "sigma"),
        Refusal(["--think", "pareto:1,2"], "--think", "'pareto:1,2'", "lognormal:MEAN,SIGMA"),
        Refusal(["--wait", "uniform:1-200"], "--wait", "200", "120", "--timeout"),
        Refusal(["--wait-grid", "uniform:1-2"], "--wait-grid", "'uniform:1-2'"),
        Refusal(["--bogus"], "--bogus"),
        Refusal(["stray"], "'stray'"),
    ]

    static let words = [
        Refusal(["--requests", "1", "--requests-grid", "1,2"], "--requests and --requests-grid", "use one"),
        Refusal(["--wait", "1", "--wait-grid", "1,2"], "--wait and --wait-grid", "use one"),
        Refusal(["--ramp", "1s", "--rate", "2/s"], "--ramp and --rate", "use one"),
        Refusal(["--arrivals", "even"], "--arrivals", "--rate"),
        Refusal(["--rate", "2/s", "--arrivals", "odd"], "--arrivals", "'odd'", "poisson or even"),
        Refusal(["--url", "http://127.0.0.1:9", "--provider", "local"], "--url and --provider", "use one"),
        Refusal(["--url", "http://127.0.0.1:9", "--urls", "http://127.0.0.1:9"], "--url and --urls", "use one"),
        Refusal(["--url", "http://127.0.0.1:9", "--workers", "2"], "--workers", "--url"),
        Refusal(["--workers", "2", "--provider", "local:workers=3"], "--workers", "--provider", "use one"),
        Refusal(["rn"], "there is no subcommand 'rn'", "did you mean 'run'?"),
        Refusal(["serach", "--wait", "1"], "there is no subcommand 'serach'", "did you mean 'search'?"),
        Refusal(["runs", "lst"], "there is no subcommand 'lst'", "did you mean 'list'?"),
        Refusal(["banana"], "there is no subcommand 'banana'", "see scalebench --help"),
        Refusal(["search", "--nonsense"], "'--nonsense'", "see scalebench search --help"),
        Refusal(["--rep", "3"], "'--rep'", "'--reps'", "see scalebench run --help"),
        Refusal(["--cpus", "-1", "--provider", "docker:x"], "cpus is '-1', which is not a number above 0"),
        Refusal(["--seed", "-1"], "'-1'", "--seed"),
        Refusal(["--provider", "locl"], "'locl', which is no provider", "did you mean 'local'?"),
        Refusal(["--provider", "local:worker=2"], "local has no option 'worker'", "did you mean 'workers'?"),
        Refusal(["--provider", "moon"], "--provider", "'moon'", "local, process"),
        Refusal(["--provider", "local:wrkers=2"], "--provider", "'wrkers'", "workers, max-concurrent-envs"),
        Refusal(["--provider", "local:workers=x"], "--provider", "workers", "'x'"),
        Refusal(["--provider", ""], "--provider", "''"),
        Refusal(["--url", "ftp://x"], "--url", "'ftp://x'", "http, https, ws or wss"),
        Refusal(["--url", "http://bücher.example"], "--url", "letters beyond ASCII", "Punycode", "xn--"),
        Refusal(["--url", "http:127.0.0.1:9311"], "--url", "lacks the // behind 'http:'", "write it like http://127.0.0.1:9311"),
        Refusal(["--url", ""], "--url", "''", "http://127.0.0.1:8000"),
        Refusal(["--url", "http://127.0.0.1:99999"], "--url", "'99999'", "http://127.0.0.1:8000"),
        Refusal(["--urls", "http://127.0.0.1:9,,http://127.0.0.1:10"], "--urls", "''"),
        Refusal(["--action", "not json"], "--action", "'not json'", #"{"message": "hi"}"#),
        Refusal(["--action", "[1]"], "--action", "'[1]'"),
        Refusal(["--action", #"{"a": "{{wat}}"}"#], "--action", "{{wat}}", "{{wait}}, {{step}} or {{session}}"),
        Refusal(
            ["--action", #"{"message": "hi"}"#, "--wait", "1"], "--wait is given, and --action has no {{wait}} to send it",
            "write {{wait}} where the action says how long to wait, or drop --wait"),
        Refusal(["--action", #"{"n": {{step}}}"#, "-w", "0"], "--wait is given, and --action has no {{wait}}"),
        Refusal(["--action", #"{"message": "hi"}"#, "--wait", "uniform:0-1"], "--wait is given, and --action has no {{wait}}"),
        Refusal(["--action", #"{"message": "hi"}"#, "--wait-grid", "0.1,1"], "--wait-grid is given", "{{wait}}", "or drop --wait-grid"),
        Refusal(["search", "--action", #"{"message": "hi"}"#, "--wait", "1"], "--wait is given, and --action has no {{wait}}"),
        Refusal(["--db", ""], "--db"),
        Refusal(["--output-dir", ""], "--output-dir"),
    ]

    @Test(arguments: grids)
    func badGridsAreRefused(refusal: Refusal) async throws {
        try await Workplace.with { try await refusal.check(in: $0) }
    }

    @Test(arguments: numbers)
    func badNumbersAreRefused(refusal: Refusal) async throws {
        try await Workplace.with { try await refusal.check(in: $0) }
    }

    @Test(arguments: words)
    func badWordsAreRefused(refusal: Refusal) async throws {
        try await Workplace.with { try await refusal.check(in: $0) }
    }
}
