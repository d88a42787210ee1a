import ScaleCore

/// What the rule has to know beside the cell itself: about the servers, and about what stands between; nil where unknown.
public struct LimiterContext: Hashable, Sendable {
    /// How a thread spent a cell.
    public struct ThreadTime: Hashable, Sendable {
        public var ran: Nanoseconds
        /// It could have run and had no processor.
        public var starved: Nanoseconds

        public init(ran: Nanoseconds, starved: Nanoseconds) {
            self.ran = ran
            self.starved = starved
        }
    }

    /// Connections that the kernel of the generator's host keeps track of.
    public struct Tracking: Hashable, Sendable {
        public var count: Int
        public var limit: Int

        public init(count: Int, limit: Int) {
            self.count = count
            self.limit = limit
        }
    }

    /// Server processes, over all replicas.
    public var workers: Int?
    /// Sessions that one worker admits.
    public var sessionCap: Int?
    /// Cores the servers may use, summed over hosts.
    public var cores: Double?
    /// What stands between the generator and the servers, by its name.
    public var balancer: String?
    /// The balancer's busiest thread, the waiting for a processor included.
    public var balancerThread: ThreadTime?
    /// What the generator's threads had to wait for a processor, summed over them.
    public var starved: Nanoseconds?
    /// The same of the servers' threads.
    public var serversStarved: Nanoseconds?
    public var tracking: Tracking?
    /// Whether a target is not an address of the generator's own host.
    public var reachesOtherHosts = false
    /// Cells of this run that were finished before, whatever they are.
    public var earlier: [CellRecord] = []

    /// The processors that the servers can keep busy: a worker is taken for one thread, as those of the bundled
    /// environment are, so cores beyond one per worker are out of its reach. (A foreign worker whose threads run in
    /// parallel can use more; its servers then read as busier than they are.) Nil where neither is known.
    var processors: Double? {
        let known = [workers.map(Double.init), cores].compactMap { $0 }.filter { $0 > 0 }
        return known.min()
    }

    public init(workers: Int? = nil, sessionCap: Int? = nil, cores: Double? = nil, balancer: String? = nil) {
        self.workers = workers
        self.sessionCap = sessionCap
        self.cores = cores
        self.balancer = balancer
    }

    public init(_ deployment: DeploymentRecord) {
        self.init(
            workers: deployment.workers.map { $0 * max(1, deployment.replicas) }, sessionCap: deployment.sessionCap,
            cores: deployment.cores, balancer: deployment.balancer)
    }
}
