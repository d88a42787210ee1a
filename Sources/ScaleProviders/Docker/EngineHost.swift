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
            guard words.first?.split(separator: "/").last == "docker-proxy", let flag = words.firstIndex(of: "-host-port") else {
                return false
            }
            return words.indices.contains(flag + 1) && wanted.contains(words[flag + 1])
        }
    }

    /// What ``proxies(of:)`` are called in records.
    static let proxyName = "docker-proxy"

    /// The most descriptors that a process of an engine's container can have: the engine may not be allowed to give more
    /// than it has itself. Where it cannot be seen, it is taken to have what this process could.
    static func descriptorLimit(of socket: EngineSocket) -> Int {
        var own = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &own) == 0 else { return 1024 }
        let engine = listener(at: socket).flatMap { MarkedProcesses.bytes("/proc/\($0)/limits") }
        let theirs = engine.flatMap { hardLimit(in: String(decoding: $0, as: UTF8.self)) }
        return Int(min(theirs ?? UInt64(own.rlim_max), ContainerLimits.mostDescriptors))
    }

    /// proc_pid_limits(5): name, soft limit, hard limit, unit, in columns.
    static func hardLimit(in text: String) -> UInt64? {
        let line = text.split(separator: "\n").first { $0.hasPrefix("Max open files") }
        guard let words = line?.dropFirst("Max open files".count).split(separator: " "), words.count >= 2 else { return nil }
        return words[1] == "unlimited" ? .max : UInt64(words[1])
    }

    /// The process that began to listen at a socket (unix(7), `SO_PEERCRED`).
    private static func listener(at place: EngineSocket) -> Int32? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = Array(place.path.utf8)
        guard path.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        let connection = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard connection >= 0 else { return nil }
        defer { close(connection) }
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(connection, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        // A `ucred`: process, user, group.
        var peer: [Int32] = [0, 0, 0]
        var size = socklen_t(peer.count * MemoryLayout<Int32>.size)
        guard connected == 0, getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0, peer[0] > 0 else { return nil }
        return peer[0]
    }

    /// Whether the kernel has IPVS at work, by which a swarm's mesh spreads connections over tasks: it is loaded when the
    /// mesh is used for the first time, so what stays away after that is not there.
    static var hasIPVS: Bool { access("/proc/net/ip_vs", F_OK) == 0 }

    /// Whether it is at work, or among the modules that the kernel can load.
    static var mayHaveIPVS: Bool {
        var system = utsname()
        guard !hasIPVS, uname(&system) == 0 else { return hasIPVS }
        let release = withUnsafeBytes(of: system.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return ["dep", "builtin"].contains { list in
            guard let text = MarkedProcesses.bytes("/lib/modules/\(release)/modules.\(list)") else { return false }
            return namesIPVS(String(decoding: text, as: UTF8.self))
        }
    }

    /// Whether a list of modules has it, in lines like `kernel/net/netfilter/ipvs/ip_vs.ko.xz: …` (modules.dep(5)).
    static func namesIPVS(_ list: String) -> Bool {
        list.split(separator: "\n").contains { line in
            line.prefix { $0 != ":" }.split(separator: "/").last?.prefix { $0 != "." } == "ip_vs"
        }
    }
}
