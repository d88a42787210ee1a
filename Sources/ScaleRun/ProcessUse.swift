import Foundation
import ScaleCore

/// What server processes and all their descendants have used so far, from `/proc`.
public struct ProcessUse: Sendable, Hashable {
    public var cpu: Nanoseconds
    public var peakRSSBytes: Int

    /// Nil when none of the processes can be read.
    public static func read(_ roots: [Int32]) -> ProcessUse? {
        guard !roots.isEmpty else { return nil }
        var family = Set(roots)
        let processes = all()
        var grew = true
        while grew {
            let children = processes.filter { family.contains($0.parent) && !family.contains($0.pid) }.map(\.pid)
            grew = !children.isEmpty
            family.formUnion(children)
        }
        let members = processes.filter { family.contains($0.pid) }
        guard !members.isEmpty else { return nil }
        return ProcessUse(
            cpu: members.reduce(.zero) { $0 + max($1.cpu, running(of: $1.pid)) },
            peakRSSBytes: members.reduce(0) { $0 + peak(of: $1.pid) })
    }

    private struct Entry {
        var pid: Int32
        var parent: Int32
        var cpu: Nanoseconds
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
        guard fields.count > 12, let parent = Int32(fields[1]), let user = Int64(fields[11]), let system = Int64(fields[12])
        else { return nil }
        // USER_HZ is 100 on every Linux that Swift runs on.
        return Entry(pid: pid, parent: parent, cpu: .milliseconds((user + system) * 10))
    }

    /// Time on a processor of the threads there are now, in nanoseconds (sched-stats.rst of the kernel): finer than the
    /// ticks of `stat`, which in turn know the threads that have ended.
    private static func running(of pid: Int32) -> Nanoseconds {
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task")) ?? []
        return threads.reduce(.zero) { sum, thread in
            let first = ProcFile.words("/proc/\(pid)/task/\(thread)/schedstat").first
            return sum + Nanoseconds(first.flatMap { Int64($0) } ?? 0)
        }
    }

    private static func peak(of pid: Int32) -> Int {
        let text = ProcFile.value("VmHWM", separator: ":", in: ProcFile.text("/proc/\(pid)/status"))
        return (text?.split(separator: " ").first.flatMap { Int($0) } ?? 0) * 1024
    }
}
