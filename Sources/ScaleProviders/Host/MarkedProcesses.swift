import Glibc
import ScaleControl
import ScaleCore

/// The processes of this host that a launch started, whoever their parent is by now: they inherited the variable of its
/// ``LaunchMark``.
enum MarkedProcesses {
    struct Process: Hashable, Sendable {
        var pid: Int32
        /// In clock ticks since the boot: with the number it names one process only.
        var startedAt: UInt64
        /// As the kernel keeps it, 15 characters at most.
        var name: String
        /// It has ended, and its parent has not asked how.
        var isOver: Bool
    }

    /// - Parameter mark: a ``LaunchMark/name``.
    static func all(of mark: String) -> [Process] {
        let wanted = Array("\(LaunchMark.variable)=\(mark)".utf8)
        return pids.compactMap { pid in
            guard pid != getpid(), let text = bytes("/proc/\(pid)/environ"),
                text.split(separator: 0).contains(where: { $0.elementsEqual(wanted) })
            else { return nil }
            return process(pid)
        }.filter { !$0.isOver }
    }

    /// Asks them to end, and kills what is left after the grace; what they start meanwhile as well.
    /// - Returns: what is left all the same.
    static func end(_ mark: String, grace: Nanoseconds, clock: any ControlClock) async -> [Process] {
        for (signal, patience) in [(SIGTERM, grace), (SIGKILL, Nanoseconds.seconds(2))] {
            let limit = clock.now + patience
            var asked: Set<Process> = []
            repeat {
                let left = all(of: mark)
                if left.isEmpty { return [] }
                for process in left where asked.insert(process).inserted || signal == SIGKILL {
                    // Its number is another's only if it ended just now.
                    if self.process(process.pid)?.startedAt == process.startedAt { kill(process.pid, signal) }
                }
                // In a cancelled task the sleep ends at once; the end of a process is waited for all the same.
                await Self.pause(clock)
            } while clock.now < limit
        }
        return all(of: mark)
    }

    private static func pause(_ clock: any ControlClock) async {
        await Task.detached { try? await clock.sleep(.milliseconds(20)) }.value
    }

    static var pids: [Int32] {
        guard let folder = opendir("/proc") else { return [] }
        defer { closedir(folder) }
        var found: [Int32] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if let pid = Int32(name) { found.append(pid) }
        }
        return found
    }

    /// proc_pid_stat(5): the name stands in parentheses and may hold anything, so the fields count from its last one.
    private static func process(_ pid: Int32) -> Process? {
        guard let text = bytes("/proc/\(pid)/stat"), let open = text.firstIndex(of: UInt8(ascii: "(")),
            let close = text.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        let fields = text[(close + 1)...].split(separator: UInt8(ascii: " "))
        guard fields.count > 19, let start = UInt64(String(decoding: fields[19], as: UTF8.self)), let state = fields[0].first else {
            return nil
        }
        return Process(
            pid: pid, startedAt: start, name: String(decoding: text[(open + 1)..<close], as: UTF8.self),
            isOver: "ZX".utf8.contains(state))
    }

    /// Nil where it cannot be read, or is another user's.
    static func bytes(_ path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = read(file, &buffer, buffer.count)
            if count < 0 { return nil }
            if count == 0 { return all }
            all += buffer.prefix(count)
        }
    }
}

/// Ends what is left of the processes of a launch.
struct ProcessSweeper: Sweeper {
    static let kind = Resource.Kind.processes
    static let asksThisHostOnly = true

    func find(_ resource: Resource, _ request: LaunchRequest) async throws(ScaleError) -> [String] {
        MarkedProcesses.all(of: resource.name).map { "process \($0.pid) (\($0.name))" }
    }

    func remove(_ resource: Resource, _ request: LaunchRequest) async throws(ScaleError) {
        let left = await MarkedProcesses.end(resource.name, grace: request.stopGrace, clock: request.clock)
        guard let first = left.first else { return }
        throw ScaleError(
            .infrastructure, "process \(first.pid) (\(first.name)) of the launch \(resource.name) cannot be ended",
            hint: "look why it hangs: ps -o stat,wchan -p \(first.pid)")
    }
}
