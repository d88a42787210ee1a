import Foundation
import ScaleCore
import Testing

@testable import ScaleProviders

@Suite struct SlurmScriptTests {
    static let mark = LaunchMark(run: "0c1d", invocation: "1f0c9a7be0d2", launch: 3)

    func provider(_ options: String) throws -> SlurmProvider { try SlurmProvider(spec: ProviderSpec("slurm:" + options)) }

    /// A shell's own reading is the measure.
    static func shell(_ script: String, _ variables: [String: String] = [:]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.environment = ["PATH": "/usr/bin:/bin"].merging(variables) { $1 }
        let (input, output) = (Pipe(), Pipe())
        (process.standardInput, process.standardOutput) = (input, output)
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(script.utf8))
        try input.fileHandleForWriting.close()
        let said = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: said, as: UTF8.self)
    }

    static let texts = [
        "plain", "", " ", "two words", "it's", "'", "''", "'\\''", "\"$HOME\"", "`id`", "$(id)", "a\nb", "\n", "\\", "\\n", "*", "?", "~",
        "a;b", "a|b&",
        "#c", "-n", "ünï🦉", "!x", "{a,b}", "%t", "a\tb", "'; touch /tmp/x; '", "\u{1B}[1m",
    ]

    @Test(arguments: texts) func aShellReadsWhatWasWritten(text: String) throws {
        #expect(try Self.shell("printf '%s' " + ShellText.quoted(text)) == text)
        let nested = ShellText.quoted("printf '%s' " + ShellText.quoted(text))
        #expect(try Self.shell("sh -c " + nested) == text)
    }

    @Test(arguments: [
        ("{port}", "81"), ("--bind={host}:{port}", "--bind=it's:81"), ("{port}{port}", "8181"), ("{other} {port", "{other} {port"),
        ("'{port}'", "'81'"), ("", ""),
        ("$port {port}", "$port 81"),
    ])
    func placeholdersAreFilledInByTheShell(word: String, value: String) throws {
        let text = ShellText.word(word, ["{port}": "\"$port\"", "{host}": ShellText.quoted("it's")])
        #expect(try Self.shell("port=81; printf '%s' " + text) == value)
        #expect(try Self.shell("port=81; set -- " + text + "; echo $#") == "1\n")
    }

    @Test func theBundledEnvironmentOnTwoNodes() throws {
        let script = try provider("nodes=2,workers=2,max-concurrent-envs=40,cpus=4,host=127.0.0.1").script(
            folder: "/shared/it's 5%", program: ["/opt/sb", "serve"], basePort: 20_000)
        #expect(
            script.text == #"""
                #!/bin/sh
                exec srun --mpi=none --kill-on-bad-exit=1 --wait=1 --nodes=2 --ntasks=2 --ntasks-per-node=1 --cpus-per-task=4 --output='/shared/it'\''s 5%%/task-%t.log' /bin/sh -c 'port=0
                echo "scalebench-task $SLURM_PROCID $SLURMD_NODENAME $(uname -n) $(nproc || echo 0) $port"
                exec '\''/opt/sb'\'' '\''serve'\'' '\''--host'\'' '\''127.0.0.1'\'' '\''--port'\'' "$port" '\''--workers'\'' '\''2'\'' '\''--advertise-host'\'' "$SLURMD_NODENAME" '\''--max-concurrent-envs'\'' '\''40'\'''

                """#)
    }

    @Test(arguments: [
        ("nodes=2", 0, "0"), ("nodes=2,port=900", 1, "901"), ("command=\"echo --port {port}\"", 2, "20002"),
        ("command=\"echo {port}\",port=900", 2, "902"), ("command=echo,port=900", 2, "900"),
    ])
    func eachTaskHasAPortOfItsOwn(options: String, number: Int, port: String) throws {
        let script = try provider(options).script(folder: "/f", program: ["echo"], basePort: 20_000)
        let said = try Self.shell(script.task, ["SLURM_PROCID": "\(number)", "SLURMD_NODENAME": "n7"]).split(separator: "\n")
        let task = try #require(said.first.flatMap { SlurmTask(line: String($0)) })
        #expect(task.number == number && task.node == "n7" && task.port == UInt16(port) && task.hostname == HostName.own)
        #expect(task.cores ?? 0 >= 1)
        if options.contains("{port}") { #expect(said.last?.hasSuffix(port) == true) }
    }

    @Test func aCommandIsOneWordForEachOfItsOwn() throws {
        let options = #"command="printf <%s> {node}:{port} 'it is' $HOME ""q""",host=::1"#
        let script = try provider(options).script(folder: "/f", program: [], basePort: 20_000)
        let said = try Self.shell(script.task, ["SLURM_PROCID": "1", "SLURMD_NODENAME": "n7"])
        #expect(said.split(separator: "\n").last == "<n7:20001><it is><$HOME><q>")
    }

    @Test func whatSbatchIsTold() throws {
        let provider = try provider(
            "nodes=2,partition=a b,account=c,qos=d,time=1:00:00,memory=1500k,cpus=2,extra=--exclusive '--comment=x y'")
        let script = provider.script(folder: "/f%d", program: ["/opt/sb"], basePort: 1)
        #expect(
            provider.demand.arguments(script, Self.mark) == [
                "--exclusive", "--comment=x y", "--partition=a b", "--account=c", "--qos=d", "--time=1:00:00", "--mem=2M",
                "--cpus-per-task=2", "--nodes=2",
                "--ntasks=2", "--ntasks-per-node=1", "--job-name=sb-1f0c9a7be0d2-3",
                "--comment=scalebench run 0c1d launch sb-1f0c9a7be0d2-3",
                "--output=/f%%d/job.log", "--open-mode=append", "--no-requeue", "--export=ALL", "--parsable",
            ])
    }

    @Test(arguments: [
        ("nodes=3", "slurm-n3"), ("replicas=2,workers=2,max-concurrent-envs=40", "slurm-n2-w2-c40"),
        ("command=/usr/bin/uvicorn {port}", "slurm-uvicorn-n1"),
    ])
    func itsNameTellsItApart(options: String, infra: String) throws { #expect(try provider(options).infra == infra) }

    @Test(arguments: [
        "nodes=0", "nodes=2,replicas=2", "command=", "command=serve", "command='a {port}", "port=0", "folder=here", "host=", "program=sb",
        "program=/sb,command=a {port}", "memory=much",
        "extra=file.sh",
        "extra=--array=1-2", "extra=--wrap=x", "extra=-a1", "extra=--", "extra=-", "extra='x", "env.1A=x", "env.A B=x", "env.SLURM_CONF=x",
        "env.SBATCH_X=y",
    ])
    func badOptionsAreRefused(options: String) {
        let error = #expect(throws: ScaleError.self) { try provider(options) }
        #expect(error?.code == .usage && error?.message.hasPrefix("--provider slurm") == true && error?.hint != nil)
    }
}
