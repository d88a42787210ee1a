import Foundation
import ScaleCore

/// What some processes and all their descendants have used so far, from `/proc`.
public struct ProcessUse: Sendable, Hashable {
    /// A process of this host since its boot: the kernel gives its number to another one later.
    struct Member: Sendable, Hashable {
        var pid: Int32
        /// In clock ticks since the boot.
        var startedAt: UInt64
    }

    /// A thread's time so far (sched-stats.rst of the kernel).
    struct ThreadTime: Sendable, Hashable {
        var ran: Nanoseconds
        /// It could have run and had no processor.
        var starved: Nanoseconds
    }

    private var times: [Member: Nanoseconds] = [:]
    private(set) var threads: [Int32: ThreadTime] = [:]
    public private(set) var peakRSSBytes = 0

    public var cpu: Nanoseconds { times.values.reduce(.zero, +) }

    /// Nil when none of the processes can be read.
    public static func read(_ roots: [Int32]) -> ProcessUse? {
        let members = family(of: roots)
        guard !members.isEmpty else { return nil }
        var use = ProcessUse()
        for entry in members {
            let threads = threads(of: entry.member.pid)
            // The threads that have ended are in the ticks only, which are coarser.
            use.times[entry.member] = max(entry.cpu, threads.values.reduce(.zero) { $0 + $1.ran })
            use.threads.merge(threads) { first, _ in first }
            use.peakRSSBytes += peak(of: entry.member.pid)
        }
        return use
    }

    /// What was used since an earlier reading. A process that ended meanwhile takes with it what it used since then;
    /// it never takes anything off the others.
    public func since(_ earlier: ProcessUse) -> ServerUse {
        let cpu = times.reduce(Nanoseconds.zero) { $0 + max(.zero, $1.value - (earlier.times[$1.key] ?? .zero)) }
        return ServerUse(cpu: cpu, peakRSSBytes: peakRSSBytes)
    }

    /// What threads had to wait for a processor since an earlier reading, summed over them.
    func starved(since earlier: ProcessUse) -> Nanoseconds {
        threads.reduce(.zero) { sum, thread in
            sum + max(.zero, thread.value.starved - (earlier.threads[thread.key]?.starved ?? .zero))
        }
    }

    /// The thread that ran or waited for a processor the most since an earlier reading; nil without threads.
    func busiestThread(since earlier: ProcessUse) -> ThreadTime? {
        threads.map { id, now in
            let then = earlier.threads[id] ?? ThreadTime(ran: .zero, starved: .zero)
            return ThreadTime(ran: max(.zero, now.ran - then.ran), starved: max(.zero, now.starved - then.starved))
        }.max { $0.ran + $0.starved < $1.ran + $1.starved }
    }

    /// Makes the next ``read(_:)`` tell the peak memory since now (proc_pid_clear_refs(5)). Processes of another user
    /// are left as they are.
    /// - Returns: false when a process refused: its peak is then that of its whole life.
    @discardableResult
    static func resetPeaks(of roots: [Int32]) -> Bool {
        family(of: roots).reduce(true) { all, entry in
            let file = open("/proc/\(entry.member.pid)/clear_refs", O_WRONLY | O_CLOEXEC)
            guard file >= 0 else { return false }
            defer { close(file) }
            return write(file, "5", 1) == 1 && all
        }
    }

    private struct Entry {
        var member: Member
        /// It has ended, and its parent has not asked how.
        var isOver: Bool
        var parent: Int32
        var cpu: Nanoseconds
    }

    private static func family(of roots: [Int32]) -> [Entry] {
        guard !roots.isEmpty else { return [] }
        var family = Set(roots)
        let processes = all()
        var grew = true
        while grew {
            let children = processes.filter { family.contains($0.parent) && !family.contains($0.member.pid) }
            grew = !children.isEmpty
            family.formUnion(children.map(\.member.pid))
        }
        return processes.filter { family.contains($0.member.pid) }
    }

    private static func all() -> [Entry] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.compactMap { pid in
            ProcFile.text("/proc/\(pid)/stat").flatMap { entry(pid, stat: $0) }
        }
    }

    /// proc_pid_stat(5): the name stands in parentheses and may hold anything, so the fields count from its last one.
    private static func entry(_ pid: Int32, stat: String) -> Entry? {
        guard let end = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        guard fields.count > 19, let parent = Int32(fields[1]), let user = Int64(fields[11]), let system = Int64(fields[12]),
            let start = UInt64(fields[19])
        else { return nil }
        // USER_HZ is 100 on every Linux that Swift runs on.
        return Entry(
            member: Member(pid: pid, startedAt: start), isOver: "ZX".contains(fields[0]), parent: parent,
            cpu: .milliseconds((user + system) * 10))
    }

    /// When a process that runs began, in clock ticks since the boot; nil when there is none.
    static func start(of pid: Int32) -> UInt64? {
        let found = ProcFile.text("/proc/\(pid)/stat").flatMap { entry(pid, stat: $0) }
        return found.flatMap { $0.isOver ? nil : $0.member.startedAt }
    }

    private static func threads(of pid: Int32) -> [Int32: ThreadTime] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task")) ?? []
        var threads: [Int32: ThreadTime] = [:]
        for id in names.compactMap({ Int32($0) }) {
            let words = ProcFile.words("/proc/\(pid)/task/\(id)/schedstat")
            guard words.count >= 2, let ran = Int64(words[0]), let starved = Int64(words[1]) else { continue }
            threads[id] = ThreadTime(ran: Nanoseconds(ran), starved: Nanoseconds(starved))
        }
        return threads
    }

    private static func peak(of pid: Int32) -> Int {
        let text = ProcFile.value("VmHWM", separator: ":", in: ProcFile.text("/proc/\(pid)/status"))
        return (text?.split(separator: " ").first.flatMap { Int($0) } ?? 0) * 1024
    }
}
