import Foundation
import ScaleCore
import ScaleReactor

/// Reads the machine into ``HostFacts``.
public enum HostProbe {
    /// Raises this process's soft descriptor limit on the way, so that the facts are what a cell will find.
    public static func facts() throws(ScaleError) -> HostFacts {
        let descriptors: HostLimits.Descriptors
        do {
            descriptors = try HostLimits.raiseDescriptors()
        } catch {
            throw ScaleError(.infrastructure, "the descriptor limit of this process cannot be read", cause: error.description)
        }
        let processors = ProcFile.text("/proc/cpuinfo")
        let memory = ProcFile.value("MemTotal", separator: ":", in: ProcFile.text("/proc/meminfo"))
        let range = ProcFile.words("/proc/sys/net/ipv4/ip_local_port_range").compactMap { Int($0) }
        return HostFacts(
            cpuModel: ProcFile.value("model name", separator: ":", in: processors)
                ?? ProcFile.value("Model", separator: ":", in: processors) ?? "unknown",
            cores: cores(),
            memoryBytes: (memory?.split(separator: " ").first.flatMap { Int($0) } ?? 0) * 1024,
            kernel: ProcFile.text("/proc/sys/kernel/osrelease")?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "unknown",
            system: ProcFile.value("PRETTY_NAME", separator: "=", in: ProcFile.text("/etc/os-release")) ?? "Linux",
            descriptorLimit: descriptors.soft, descriptorHardLimit: descriptors.hard,
            portRange: range.count == 2 ? range : [],
            acceptQueueLimit: ProcFile.words("/proc/sys/net/core/somaxconn").first.flatMap { Int($0) } ?? 0)
    }

    /// What affinity and the control group's quota leave this process, rounded up to whole processors.
    private static func cores() -> Int {
        let allowed = HostLimits.allowedCores()
        let quota = ProcFile.words("/sys/fs/cgroup/cpu.max").compactMap { Double($0) }
        guard quota.count == 2, quota[1] > 0 else { return allowed }
        return max(1, min(allowed, Int((quota[0] / quota[1]).rounded(.up))))
    }
}
