/// Where a cell's sessions landed, as the environment reported it.
public struct CellPlacement: Hashable, Sendable {
    /// One server process; a process id says something only together with its host.
    public struct Process: Hashable, Sendable {
        /// Nil where the environment names none.
        public var host: String?
        public var pid: Int
        /// Sessions that it answered, at least 1.
        public var sessions: Int

        public init(host: String?, pid: Int, sessions: Int) {
            self.host = host
            self.pid = pid
            self.sessions = sessions
        }
    }

    /// By host and process id. Sessions that no process answered are not in here.
    public var processes: [Process]

    public init(processes: [Process]) { self.processes = processes }

    public var sessions: Int { processes.reduce(0) { $0 + $1.sessions } }
    public var most: Int { processes.map(\.sessions).max() ?? 0 }
    /// Hosts that are named.
    public var hosts: Int { Set(processes.compactMap(\.host)).count }
    /// Sessions per process; nil for none.
    /// - Parameter workers: how many processes there are; nil where only those that answered are known.
    public func mean(of workers: Int?) -> Double? {
        processes.isEmpty ? nil : Double(sessions) / Double(max(processes.count, workers ?? 0))
    }
    /// ``most`` ÷ ``mean(of:)``: 1 where all processes have equally many. Nil for none.
    public func imbalance(of workers: Int?) -> Double? { mean(of: workers).map { Double(most) / $0 } }
}
