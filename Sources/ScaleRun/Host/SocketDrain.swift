import ScaleCore
import ScaleEngine
import ScaleReactor

/// Whether the sockets of one cell are out of the way of the next. It looks at sockets toward the run's own targets
/// only: what else goes on on this host holds up nobody.
struct SocketDrain {
    /// What the next cell would run into.
    enum Obstacle: Equatable, Sendable {
        /// So many sockets that the run has closed, and a server has not.
        case open(Int)
        /// So many sessions for which no local port is left, as TIME_WAIT holds them.
        case ports(missing: Int)
    }

    /// The ends that sessions are spread over round robin; one may stand here more than once.
    private let targets: [SocketTable.End]
    /// Each end once, with its place in what is counted.
    private let places: [SocketTable.End: Int]
    /// Ephemeral ports of this host, each good for one connection to every end; nil where unknown.
    let ports: Int?
    /// Whether the kernel gives a new connection a port that TIME_WAIT still holds.
    let reusesPorts: Bool
    /// Places toward which source addresses are rotated: each brings all ports once more.
    private let rotating: Set<Int>

    /// - Parameter range: first and last ephemeral port, or empty where unknown.
    init(targets: [LoadTarget], ports range: [Int]) {
        self.init(targets: targets, ports: range, reusesPorts: Self.kernelReusesPorts(toward: targets))
    }

    init(targets: [LoadTarget], ports range: [Int], reusesPorts: Bool) {
        self.init(
            targets: targets.compactMap(Self.end), ports: range, reusesPorts: reusesPorts,
            rotating: Set(targets.filter { SourceRotation.isPossible(toward: $0.address) }.compactMap(Self.end)))
    }

    private static func end(of target: LoadTarget) -> SocketTable.End? {
        SocketTable.End(address: target.address.text, port: target.address.port)
    }

    func place(of target: LoadTarget) -> Int? { Self.end(of: target).flatMap { places[$0] } }

    /// `tcp_tw_reuse`: 1 everywhere, 2 toward loopback only (ip-sysctl.rst of the kernel).
    private static func kernelReusesPorts(toward targets: [LoadTarget]) -> Bool {
        let reuse = ProcFile.words("/proc/sys/net/ipv4/tcp_tw_reuse").first.flatMap { Int($0) } ?? 0
        let isLoopback = targets.allSatisfy { $0.address.text == "::1" || $0.address.text.hasPrefix("127.") }
        return reuse == 1 || (reuse == 2 && isLoopback)
    }

    init(
        targets: [SocketTable.End], ports range: [Int], reusesPorts: Bool = false, rotating: Set<SocketTable.End> = []
    ) {
        self.targets = targets
        self.reusesPorts = reusesPorts
        let places: [SocketTable.End: Int] = targets.reduce(into: [:]) { places, end in
            if places[end] == nil { places[end] = places.count }
        }
        self.places = places
        self.rotating = Set(rotating.compactMap { places[$0] })
        ports = range.count == 2 ? range[1] - range[0] + 1 : nil
    }

    /// Pairs of local address and port toward an end; only where the range of ports is known.
    func capacity(_ place: Int) -> Int { (ports ?? 0) * (rotating.contains(place) ? SourceRotation.most : 1) }

    /// Nil where the kernel shows no sockets.
    func read() -> [SocketTable.Count]? { SocketTable.read(toward: places) }

    /// Nil when a cell of so many sessions would find the field clear.
    func obstacle(_ now: [SocketTable.Count], before sessions: Int) -> Obstacle? {
        let open = now.reduce(0) { $0 + $1.open }
        if open > 0 { return .open(open) }
        guard ports != nil, !reusesPorts else { return nil }
        let missing = zip(now, shares(of: sessions)).enumerated().reduce(0) { sum, end in
            let capacity = capacity(end.offset)
            // More sessions than ports are too many with or without a wait; all ports is what can be waited for.
            return sum + max(0, end.element.0.timeWait + min(end.element.1, capacity) - capacity)
        }
        return missing > 0 ? .ports(missing: missing) : nil
    }

    /// Sessions toward each end.
    func shares(of sessions: Int) -> [Int] {
        var shares = [Int](repeating: 0, count: places.count)
        for (index, end) in targets.enumerated() {
            guard let place = places[end] else { continue }
            shares[place] += sessions / targets.count + (index < sessions % targets.count ? 1 : 0)
        }
        return shares
    }

    /// How long TIME_WAIT and an orphaned FIN_WAIT2 last (60 s: `TCP_TIMEWAIT_LEN`, `tcp_fin_timeout`), and a little
    /// more.
    private static let patience = Nanoseconds.seconds(65)

    /// Waits until the field is clear, at most for ``patience``.
    /// - Returns: how long it took, and what is still in the way.
    func wait(before sessions: Int, isStopped: () -> Bool) async -> (took: Nanoseconds, obstacle: Obstacle?) {
        let start = MonotonicClock.now()
        var pause = Nanoseconds.milliseconds(5)
        while true {
            let obstacle = read().flatMap { self.obstacle($0, before: sessions) }
            let elapsed = MonotonicClock.now() - start
            if obstacle == nil || elapsed > Self.patience || isStopped() { return (elapsed, obstacle) }
            try? await Task.sleep(for: .nanoseconds(pause.rawValue))
            pause = min(.milliseconds(200), pause * 2)
        }
    }
}

extension SocketDrain.Obstacle: CustomStringConvertible {
    var description: String {
        switch self {
        case .open(let count): "\(count) sockets of earlier cells are still open"
        case .ports(let missing): "\(missing) of the local ports that the next cell needs are in TIME_WAIT"
        }
    }
}
