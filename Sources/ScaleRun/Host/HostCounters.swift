import ScaleCore

/// One reading of the kernel's counters of this host and of its network namespace; nil where they are not shown. What
/// happened during a cell is the difference of two.
struct HostCounters: Sendable {
    /// `Tcp: RetransSegs` of /proc/net/snmp.
    var retransmits: Int?
    /// `TcpExt: ListenDrops` of /proc/net/netstat, which has the overflows of the accept queue in it.
    var listenDrops: Int?
    /// `TCP: tw` of /proc/net/sockstat.
    var timeWait: Int?
    /// `pswpin` and `pswpout` of /proc/vmstat.
    var swappedPages: Int?
    /// Ticks of all processors, from /proc/stat (proc_stat(5)).
    var processors: Processors?
    /// Tracked connections and their limit, where tracking is on.
    var tracking: Tracking?

    struct Processors: Sendable, Hashable {
        var all = 0
        var idle = 0
        var stolen = 0
    }

    struct Tracking: Sendable, Hashable {
        var count: Int
        var limit: Int
    }

    static func read() -> HostCounters {
        HostCounters(
            retransmits: column("RetransSegs", of: "Tcp:", in: ProcFile.text("/proc/net/snmp")),
            listenDrops: column("ListenDrops", of: "TcpExt:", in: ProcFile.text("/proc/net/netstat")),
            timeWait: pair("tw", of: "TCP:", in: ProcFile.text("/proc/net/sockstat")),
            swappedPages: swapped(in: ProcFile.text("/proc/vmstat")),
            processors: processors(in: ProcFile.text("/proc/stat")), tracking: readTracking())
    }

    /// What happened between an earlier reading and this one.
    func since(_ earlier: HostCounters) -> HostUse {
        var use = HostUse(
            timeWaitBefore: earlier.timeWait, timeWaitAfter: timeWait,
            retransmits: Self.rise(from: earlier.retransmits, to: retransmits),
            listenDrops: Self.rise(from: earlier.listenDrops, to: listenDrops),
            swappedPages: Self.rise(from: earlier.swappedPages, to: swappedPages))
        if let now = processors, let then = earlier.processors, now.all > then.all {
            let whole = Double(now.all - then.all)
            // The kernel's idle time may step back by a tick (proc_stat(5)).
            use.busyShare = Double(max(0, now.all - then.all - max(0, now.idle - then.idle))) / whole
            use.stealShare = Double(max(0, now.stolen - then.stolen)) / whole
        }
        return use
    }

    private static func rise(from earlier: Int?, to later: Int?) -> Int? {
        guard let earlier, let later else { return nil }
        return max(0, later - earlier)
    }

    /// The tables of snmp and netstat are pairs of lines: names, then values in the same places.
    static func column(_ name: String, of group: String, in text: String?) -> Int? {
        let lines = (text ?? "").split(separator: "\n").filter { $0.hasPrefix(group + " ") }
        guard lines.count >= 2 else { return nil }
        let values = lines[1].split(separator: " ")
        guard let place = lines[0].split(separator: " ").firstIndex(of: Substring(name)), place < values.count else {
            return nil
        }
        return Int(values[place])
    }

    /// The lines of sockstat are names with their values beside them.
    static func pair(_ name: String, of group: String, in text: String?) -> Int? {
        let line = (text ?? "").split(separator: "\n").first { $0.hasPrefix(group + " ") }
        let words = line?.split(separator: " ") ?? []
        guard let place = words.firstIndex(of: Substring(name)), place + 1 < words.count else { return nil }
        return Int(words[place + 1])
    }

    private static func swapped(in text: String?) -> Int? {
        let counts = ["pswpin ", "pswpout "].compactMap { ProcFile.value($0, separator: " ", in: text).flatMap { Int($0) } }
        return counts.isEmpty ? nil : counts.reduce(0, +)
    }

    /// user, nice, system, idle, iowait, irq, softirq, steal; a guest's time is in user and nice already.
    static func processors(in text: String?) -> Processors? {
        guard let line = text?.split(separator: "\n").first, line.hasPrefix("cpu ") else { return nil }
        let ticks = line.split(separator: " ").dropFirst().prefix(8).compactMap { Int($0) }
        guard ticks.count >= 5 else { return nil }
        return Processors(
            all: ticks.reduce(0, +), idle: ticks[3] + ticks[4], stolen: ticks.count > 7 ? ticks[7] : 0)
    }

    private static func readTracking() -> Tracking? {
        let folder = "/proc/sys/net/netfilter/nf_conntrack_"
        guard let count = ProcFile.words(folder + "count").first.flatMap({ Int($0) }),
            let limit = ProcFile.words(folder + "max").first.flatMap({ Int($0) })
        else { return nil }
        return Tracking(count: count, limit: limit)
    }
}
