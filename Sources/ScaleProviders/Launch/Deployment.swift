import ScaleControl
import ScaleCore

/// Servers that a provider launched. Whoever holds it stops it.
public protocol Deployment: Sendable {
    var facts: DeploymentRecord { get }
    /// One for each address that sessions are spread over; at least one. Where there are as many as replicas, the n-th is
    /// the n-th replica's.
    var endpoints: [Endpoint] { get }
    /// The stages of the launch so far, of each replica.
    var lifecycle: [LifecycleRecord] { get }

    /// What the provider knows about the resource, which may not serve yet. It may be asked once a second while a cell is
    /// measured, so it must be cheap.
    func health() async -> DeploymentHealth
    /// The last lines of the servers' own output, oldest first.
    func logs(last count: Int) async -> [String]
    /// Ends everything that was launched, within a bounded time. Again, it ends what is left, and does nothing where
    /// nothing is. It works in a cancelled task too.
    /// - Throws: infrastructure, where something may still be there; the ledger has it then.
    func stop() async throws(ScaleError)
}

extension Deployment {
    /// What went by before the first of its resources was asked for, such as the pull of an image: the deadline of a start
    /// runs since then.
    public var preparation: Nanoseconds { lifecycle.map(\.start).min() ?? .zero }
}

public enum DeploymentHealth: Hashable, Sendable {
    case alive
    /// It will not serve any more, or one of its replicas will not.
    case ended(Readiness.Terminal)

    /// For `Readiness.wait`.
    public var terminal: Readiness.Terminal? {
        switch self {
        case .alive: nil
        case .ended(let terminal): terminal
        }
    }
}

/// Servers whose processor time and memory can be read on this host.
public protocol ResourceReading: Deployment {
    /// Processes of this host whose CPU and memory, with those of their descendants, are the servers'; empty where they
    /// have ended.
    var processes: [Int32] { get }
    /// The same of a balancer between the generator and the servers; empty where there is none to read.
    var balancerProcesses: [Int32] { get }
}

extension ResourceReading {
    public var balancerProcesses: [Int32] { [] }
}

/// Replicas behind fewer addresses, where what stands between counts what each of them got.
public protocol ReachReporting: Deployment {
    /// The replicas that no session has reached so far, by name.
    func unreached() async throws(ScaleError) -> [String]
}

/// Servers behind an address of something else, which was launched with them.
public protocol FrontedServers: Deployment {
    /// Where the servers themselves are; the n-th is the n-th replica's.
    var backends: [Endpoint] { get }
    /// Connections that what stands in front holds at a time.
    var connectionLimit: Int { get }
}

/// Servers of which there can be more or fewer while they run.
public protocol Rescalable: Deployment {
    /// Answers when so many are there, whether they serve yet or not.
    /// - Returns: the deployment as it is then: its endpoints and facts may be others.
    func rescale(to replicas: Int) async throws(ScaleError) -> any Deployment
}
