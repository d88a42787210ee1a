import Foundation
import ScaleCore
import ScaleReactor

/// Whether the sockets of one cell are out of the way of the next, from the kernel's own counters.
struct SocketDrain {
    /// `/proc/net/sockstat`, the line `TCP:` (and `TCP6:` for what is in use).
    struct Counters: Equatable {
        var inUse: Int
        var orphaned: Int
        var timeWait: Int

        static func read() -> Counters? {
            parse(ProcFile.text("/proc/net/sockstat"), ProcFile.text("/proc/net/sockstat6"))
        }

        static func parse(_ text: String?, _ text6: String?) -> Counters? {
            guard let line = ProcFile.value("TCP", separator: ":", in: text) else { return nil }
            let line6 = ProcFile.value("TCP6", separator: ":", in: text6) ?? ""
            func number(_ name: Substring, _ line: String) -> Int {
                let words = line.split(separator: " ")
                guard let place = words.firstIndex(of: name), place + 1 < words.count else { return 0 }
                return Int(words[place + 1]) ?? 0
            }
            return Counters(
                inUse: number("inuse", line) + number("inuse", line6), orphaned: number("orphan", line),
                timeWait: number("tw", line))
        }
    }

    /// What was in use before the first cell.
    let baseline: Counters
    /// Ephemeral ports of this host; nil where unknown.
    let ports: Int?

    /// Whether the next cell would find the field clear: nothing of the last one is still open, and there are ports
    /// for it beside those in TIME_WAIT. Sixteen sockets of others coming and going are no reason to wait.
    func isDrained(_ now: Counters, before sessions: Int) -> Bool {
        if now.inUse > baseline.inUse + 16 || now.orphaned > baseline.orphaned + 16 { return false }
        guard let ports else { return true }
        return now.timeWait + sessions <= ports || now.timeWait <= baseline.timeWait
    }

    /// Nil where the kernel shows no counters.
    init?(ports range: [Int]) {
        guard let counters = Counters.read() else { return nil }
        self.init(baseline: counters, ports: range)
    }

    init(baseline: Counters, ports range: [Int]) {
        self.baseline = baseline
        ports = range.count == 2 ? range[1] - range[0] + 1 : nil
    }

    /// Waits until it is so, at most as long as TIME_WAIT lasts (60 s) and a little more.
    /// - Returns: how long it took, and whether it came to be.
    func wait(before sessions: Int, isStopped: () -> Bool) async -> (took: Nanoseconds, drained: Bool) {
        let start = MonotonicClock.now()
        var pause = Nanoseconds.milliseconds(5)
        while true {
            let elapsed = MonotonicClock.now() - start
            guard let now = Counters.read() else { return (elapsed, true) }
            if isDrained(now, before: sessions) { return (elapsed, true) }
            if elapsed > .seconds(65) || isStopped() { return (elapsed, false) }
            try? await Task.sleep(for: .nanoseconds(pause.rawValue))
            pause = min(.milliseconds(200), pause * 2)
        }
    }
}
