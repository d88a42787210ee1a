import Glibc

/// What of an engine's doings can be seen on this host.
enum EngineHost {
    /// Whether a process of this host is a container's, by the control group that it is in: where the engine runs
    /// elsewhere, behind a socket that is only led there, its numbers mean nothing here.
    static func runs(_ pid: Int32, in container: String) -> Bool {
        guard pid > 0, let groups = MarkedProcesses.bytes("/proc/\(pid)/cgroup") else { return false }
        return String(decoding: groups, as: UTF8.self).split(separator: "\n").contains { line in
            line.split(whereSeparator: { "/-.".contains($0) }).contains { $0 == container }
        }
    }

    /// The processes through which an engine leads connections from a port of this host into a container; none where the
    /// kernel alone does it.
    static func proxies(of ports: [UInt16]) -> [Int32] {
        let wanted = Set(ports.map { "\($0)" })
        return MarkedProcesses.pids.filter { pid in
            guard let text = MarkedProcesses.bytes("/proc/\(pid)/cmdline") else { return false }
            let words = text.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            guard words.first?.split(separator: "/").last == "docker-proxy", let flag = words.firstIndex(of: "-host-port") else { return false }
            return words.indices.contains(flag + 1) && wanted.contains(words[flag + 1])
        }
    }

    /// What ``proxies(of:)`` are called in records.
    static let proxyName = "docker-proxy"

    /// Whether the kernel has IPVS, by which a swarm's mesh spreads connections over tasks: it is loaded when the mesh is
    /// used for the first time, so what stays away after that is not there.
    static var hasIPVS: Bool { access("/proc/net/ip_vs", F_OK) == 0 }
}
