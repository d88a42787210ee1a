import ScaleCore

/// The job of a launch: what is said to `sbatch`, and the script that it reads. The script starts one task on each node; a
/// task says who and where it is, and becomes the server.
struct SlurmScript: Hashable, Sendable {
    /// With its placeholders.
    var words: [String]
    var nodes: Int
    /// For each task.
    var cpus: Int?
    /// In `{host}`.
    var host: String
    /// The first task's, where the n-th has the n-th after it; zero where each lets the kernel choose.
    var port: Int
    /// Whether all tasks use the same port.
    var sharesPort: Bool
    /// Where it and its tasks write; the nodes have it too.
    var folder: String

    static let portPlaceholder = "{port}"

    /// What precedes the words in which a task says where it is.
    static let announcement = "scalebench-task"

    /// A shell script: `srun` ends the others when one of its tasks ends, for whatever reason.
    var text: String {
        var srun = [
            "srun", "--mpi=none", "--kill-on-bad-exit=1", "--wait=1", "--nodes=\(nodes)", "--ntasks=\(nodes)", "--ntasks-per-node=1",
        ]
        if let cpus { srun.append("--cpus-per-task=\(cpus)") }
        srun.append("--output=" + ShellText.quoted(Self.escaped(folder) + "/task-%t.log"))
        return "#!/bin/sh\nexec " + (srun + ["/bin/sh", "-c", ShellText.quoted(task)]).joined(separator: " ") + "\n"
    }

    /// What a task runs.
    var task: String {
        let place = port == 0 ? "0" : sharesPort ? "\(port)" : "$((\(port) + SLURM_PROCID))"
        let values = [Self.portPlaceholder: "\"$port\"", "{host}": ShellText.quoted(host), "{node}": "\"$SLURMD_NODENAME\""]
        let server = words.map { ShellText.word($0, values) }.joined(separator: " ")
        return """
            port=\(place)
            echo "\(Self.announcement) $SLURM_PROCID $SLURMD_NODENAME $(uname -n) $(nproc || echo 0) $port"
            exec \(server)
            """
    }

    /// In the name of a file a percent sign stands for something else.
    static func escaped(_ path: String) -> String {
        path.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "%%")
    }

    static func log(ofTask task: Int) -> String { "task-\(task).log" }
    static let log = "job.log"
}

/// What is asked of Slurm for a job.
struct SlurmDemand: Hashable, Sendable {
    var partition: String?
    var account: String?
    var qos: String?
    var time: String?
    /// For each node, in bytes.
    var memory: Int?
    /// More words for `sbatch`.
    var extra: [String] = []

    /// The words behind `sbatch`, which reads the script. Of an option that is given twice the last counts, so that the
    /// launch's own are last.
    func arguments(_ script: SlurmScript, _ mark: LaunchMark) -> [String] {
        var words = extra
        for (name, value) in [("partition", partition), ("account", account), ("qos", qos), ("time", time)] {
            if let value { words.append("--\(name)=\(value)") }
        }
        if let memory { words.append("--mem=\((memory + 1_048_575) / 1_048_576)M") }
        if let cpus = script.cpus { words.append("--cpus-per-task=\(cpus)") }
        return words + [
            "--nodes=\(script.nodes)", "--ntasks=\(script.nodes)", "--ntasks-per-node=1", "--job-name=\(mark.name)",
            "--comment=scalebench run \(mark.run) launch \(mark.name)",
            "--output=\(SlurmScript.escaped(script.folder))/\(SlurmScript.log)", "--open-mode=append", "--no-requeue", "--export=ALL",
            "--parsable",
        ]
    }
}
