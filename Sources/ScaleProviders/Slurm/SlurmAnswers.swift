import ScaleCore

/// A job as `scontrol --oneliner show job` tells of it.
struct SlurmJob: Hashable, Sendable {
    var id: Int
    /// As Slurm writes it: `PENDING`, `RUNNING`, …
    var state: String
    /// Why it waits.
    var reason: String
    /// `status:signal`.
    var exitCode: String
    /// Processors that it was given.
    var processors: Int?

    /// Nil for what is no such line.
    init?(line: String) {
        let fields = SlurmFields(line)
        guard let id = fields["JobId"].flatMap({ Int($0) }), let state = fields["JobState"] else { return nil }
        self.id = id
        self.state = state
        reason = fields["Reason"] ?? ""
        exitCode = fields["ExitCode"] ?? ""
        processors = fields["NumCPUs"].flatMap { Int($0) }
    }

    enum Standing: Hashable, Sendable {
        case waits
        /// It waits for what nobody will give it.
        case waitsInVain
        case runs
        /// It is over, or will be in a moment.
        case isOver
        /// What is said of it means nothing to us: neither good nor bad.
        case unknown
    }

    /// Job state codes of squeue(1).
    var standing: Standing {
        switch state {
        case "RUNNING": .runs
        case "PENDING": isHopeless ? .waitsInVain : .waits
        case "BOOT_FAIL", "CANCELLED", "COMPLETED", "COMPLETING", "DEADLINE", "FAILED", "NODE_FAIL", "OUT_OF_MEMORY", "PREEMPTED",
            "REVOKED", "TIMEOUT":
            .isOver
        default: .unknown
        }
    }

    /// Job reason codes of squeue(1) that say of the job itself, or of what it asks for, that it will not start unless
    /// somebody changes one of them.
    private static let hopeless: Set<String> = [
        "AccountNotAllowed", "BadConstraints", "DependencyNeverSatisfied", "InvalidAccount", "InvalidQOS", "JobHeldAdmin", "JobHeldUser",
        "PartitionConfig", "PartitionDown", "PartitionInactive", "PartitionNodeLimit", "PartitionTimeLimit", "QOSNotAllowed",
        "ReqNodeNotAvail",
    ]

    private var isHopeless: Bool {
        // Some have words behind a comma: which nodes are not there.
        Self.hopeless.contains(String(reason.prefix { $0.isLetter }))
    }

    /// Whether it is over, and what it will have been is not known yet.
    var isEnding: Bool { state == "COMPLETING" }

    /// For people: `FAILED, exit code 1:0`.
    var ending: String { exitCode.isEmpty || exitCode == "0:0" ? state : "\(state), exit code \(exitCode)" }
}

/// A node as `scontrol --oneliner show node` tells of it.
struct SlurmNode: Hashable, Sendable {
    var address: String

    init?(line: String) {
        let fields = SlurmFields(line)
        guard let address = fields["NodeAddr"] ?? fields["NodeHostName"], !address.isEmpty else { return nil }
        self.address = address
    }
}

/// What a task of ``SlurmScript`` says first.
struct SlurmTask: Hashable, Sendable {
    var number: Int
    /// As Slurm calls it.
    var node: String
    /// As the node calls itself.
    var hostname: String
    /// Processors that it may use; nil where it cannot tell.
    var cores: Int?
    /// Zero where the server says it.
    var port: UInt16

    init?(line: String) {
        let words = line.split(separator: " ").map(String.init)
        guard words.count == 6, words[0] == SlurmScript.announcement, let number = Int(words[1]), let port = UInt16(words[5]) else {
            return nil
        }
        self.number = number
        node = words[2]
        hostname = words[3]
        cores = Int(words[4]).flatMap { $0 > 0 ? $0 : nil }
        self.port = port
    }

    /// Processors of all tasks together. Nodes may share a host, and then its processors too.
    static func cores(of tasks: [SlurmTask]) -> Int? {
        let hosts = Dictionary(grouping: tasks, by: \.hostname).values.map { $0.map(\.cores) }
        guard !hosts.isEmpty, hosts.allSatisfy({ $0.contains { $0 != nil } }) else { return nil }
        return hosts.reduce(0) { $0 + ($1.compactMap(\.self).max() ?? 0) }
    }
}

/// `Key=value` of one line; of a key that comes again, as in a user's own text, the first counts.
private struct SlurmFields {
    private var values: [Substring: Substring] = [:]

    init(_ line: String) {
        for word in line.split(whereSeparator: \.isWhitespace) {
            guard let sign = word.firstIndex(of: "=") else { continue }
            let key = word[..<sign]
            if values[key] == nil { values[key] = word[word.index(after: sign)...] }
        }
    }

    subscript(key: Substring) -> String? { values[key].map(String.init) }
}

/// What Slurm's commands complain of.
enum SlurmComplaint {
    /// The sentences, without the command's name before each.
    static func sentences(_ text: String) -> String? {
        let lines = text.split(whereSeparator: \.isNewline).map { line in
            var line = line
            for prefix in [": error: ", ": fatal: "] {
                if let range = line.firstRange(of: prefix), !line[..<range.lowerBound].contains(" ") { line = line[range.upperBound...] }
            }
            return String(line)
        }.filter { $0.contains { $0.isLetter } && !$0.hasPrefix("**") }
        return lines.isEmpty ? nil : lines.joined(separator: "; ")
    }
}
