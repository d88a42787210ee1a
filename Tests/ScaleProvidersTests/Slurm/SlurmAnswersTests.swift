import ScaleCore
import Testing

@testable import ScaleProviders

@Suite struct SlurmAnswersTests {
    /// As Slurm 22.05 says it, shortened.
    static func line(_ state: String, _ reason: String = "None", exit: String = "0:0") -> String {
        "JobId=11 JobName=sb-0-1 UserId=root(0) Priority=42 Account=(null) JobState=\(state) Reason=\(reason) Dependency=(null) ExitCode=\(exit) "
            + "NodeList=n[1-2] NumNodes=2 NumCPUs=4 CPUs/Task=1 Comment=run JobState=RUNNING WorkDir=/a b\n"
    }

    @Test func theFieldsOfAJob() throws {
        let job = try #require(SlurmJob(line: Self.line("FAILED", "NonZeroExitCode", exit: "127:0")))
        #expect(job.id == 11 && job.reason == "NonZeroExitCode" && job.processors == 4)
        #expect(job.ending == "FAILED, exit code 127:0")
        #expect(SlurmJob(line: Self.line("CANCELLED"))?.ending == "CANCELLED")
    }

    @Test(arguments: ["", "No jobs in the system", "JobId=x JobState=RUNNING", "JobId=4"]) func otherLinesAreNoJob(line: String) {
        #expect(SlurmJob(line: line) == nil)
    }

    @Test(
        arguments: [
            ("RUNNING", "None", .runs), ("PENDING", "None", .waits), ("PENDING", "Resources", .waits), ("PENDING", "Priority", .waits),
            ("PENDING", "BeginTime", .waits),
            ("PENDING", "Nodes_required_for_job_are_DOWN,_DRAINED_or_reserved_for_jobs_in_higher_priority_partitions", .waits),
            ("PENDING", "PartitionConfig", .waitsInVain), ("PENDING", "BadConstraints", .waitsInVain),
            ("PENDING", "PartitionDown", .waitsInVain),
            ("PENDING", "ReqNodeNotAvail,_UnavailableNodes:n1", .waitsInVain), ("PENDING", "JobHeldUser", .waitsInVain),
            ("COMPLETING", "None", .isOver),
            ("COMPLETED", "None", .isOver), ("CANCELLED", "None", .isOver), ("TIMEOUT", "TimeLimit", .isOver),
            ("NODE_FAIL", "None", .isOver),
            ("OUT_OF_MEMORY", "OutOfMemory", .isOver), ("FAILED", "NonZeroExitCode", .isOver), ("PREEMPTED", "None", .isOver),
            ("SUSPENDED", "None", .unknown),
            ("CONFIGURING", "None", .unknown), ("running", "None", .unknown), ("SOMETHING_NEW", "None", .unknown),
        ] as [(String, String, SlurmJob.Standing)])
    func standings(state: String, reason: String, standing: SlurmJob.Standing) {
        #expect(SlurmJob(line: Self.line(state, reason))?.standing == standing)
    }

    @Test(
        arguments: [
            ("NodeName=n1 Arch=x86_64 NodeAddr=10.0.0.7 NodeHostName=c7 Port=1", "10.0.0.7"), ("NodeName=n1 NodeHostName=c7", "c7"),
            ("Node n9 not found", nil),
        ] as [(String, String?)])
    func addresses(line: String, address: String?) { #expect(SlurmNode(line: line)?.address == address) }

    @Test(arguments: [
        ("scalebench-task 1 n2 host 8 0", true), ("scalebench-task 1 n2 host 0 65535", true), ("scalebench-task x n2 host 8 0", false),
        ("scalebench-task 1 n2 host 8 65536", false), ("scalebench-task 1 n2", false), ("task 1 n2 host 8 0 more", false), ("", false),
    ])
    func announcements(line: String, isOne: Bool) { #expect((SlurmTask(line: line) != nil) == isOne) }

    @Test(
        arguments: [
            (["n1 a 4", "n2 b 8"], 12), (["n1 a 4", "n2 a 4"], 4), (["n1 a 4", "n2 a 0", "n3 b 2"], 6), (["n1 a 4", "n2 b 0"], nil),
            ([], nil),
        ] as [([String], Int?)])
    func coresOfAHostCountOnce(nodes: [String], cores: Int?) {
        let tasks = nodes.enumerated().compactMap { SlurmTask(line: "scalebench-task \($0) \($1) 0") }
        #expect(tasks.count == nodes.count && SlurmTask.cores(of: tasks) == cores)
    }

    @Test(
        arguments: [
            (
                "sbatch: error: invalid partition specified: nope\nsbatch: error: Batch job submission failed: Invalid partition name specified\n",
                "invalid partition specified: nope; Batch job submission failed: Invalid partition name specified"
            ),
            ("sbatch: fatal: Unable to process configuration file", "Unable to process configuration file"),
            ("other words: error: kept", "other words: error: kept"),
            ("slurm_load_jobs error: Invalid job id specified", "slurm_load_jobs error: Invalid job id specified"), (" \n", nil), ("", nil),
        ] as [(String, String?)])
    func complaints(text: String, sentence: String?) { #expect(SlurmComplaint.sentences(text) == sentence) }
}
