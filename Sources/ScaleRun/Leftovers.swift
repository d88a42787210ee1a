import ScaleCore
import ScaleProviders
import ScaleReactor

/// What killed processes of this host may have left behind, by their ledgers. Those of living processes, of other hosts and
/// of nobody who could be told are left alone.
public struct Leftovers: Sendable {
    /// One resource, with what is there of it.
    public struct Item: Sendable {
        public enum State: Sendable {
            /// In words for a person, each of them one thing; not empty.
            case there([String])
            case gone
            /// Nobody can say.
            case unknown(ScaleError)
        }

        public var entry: LedgerFile.Entry
        /// When the process that made it began its work.
        public var startedAt: WallTime
        public var state: State
        fileprivate var ledger: Int
    }

    /// Of processes that are gone, the oldest first.
    private var ledgers: [LedgerFile] = []
    /// Ledgers of which nobody can say whether they may be worked through, as errors of the code storage.
    public private(set) var unreadable: [ScaleError]
    /// The processes whose ledgers are left alone because they live.
    public private(set) var owners: [Int32] = []
    /// The hosts that others of the ledgers were written on.
    public private(set) var otherHosts: Set<String> = []
    /// The beginning of a run's id: what was made for others is left alone.
    private let run: String?

    public init(in folder: String = LedgerFile.usualFolder, run: String? = nil) {
        self.run = run
        let (files, unreadable) = LedgerFile.all(in: folder)
        self.unreadable = unreadable
        for file in files {
            if !file.isOfThisHost {
                otherHosts.insert(file.host ?? "")
            } else if let owner = ProcessIdentity(file.owner) {
                if owner.isAlive { owners.append(owner.pid) } else { ledgers.append(file) }
            } else {
                self.unreadable.append(ScaleError(.storage, "the ledger '\(file.path)' does not say whose process wrote it"))
            }
        }
    }

    /// Looks for everything that is outstanding, in the order of its making.
    public func items(_ request: LaunchRequest) async -> [Item] {
        var items: [Item] = []
        for (index, ledger) in ledgers.enumerated() {
            for entry in ledger.entries where isMeant(entry) {
                items.append(
                    Item(entry: entry, startedAt: ledger.startedAt, state: await Self.state(of: entry.resource, request), ledger: index))
            }
        }
        return items
    }

    private func isMeant(_ entry: LedgerFile.Entry) -> Bool {
        guard let run else { return true }
        return entry.run?.hasPrefix(run.lowercased()) ?? false
    }

    private static func sweeper(of resource: Resource) throws(ScaleError) -> any Sweeper {
        if let sweeper = Sweepers.sweeper(for: resource.kind) { return sweeper }
        throw ScaleError(.infrastructure, "this version cannot remove the \(resource)", hint: "use the one that made it")
    }

    private static func state(of resource: Resource, _ request: LaunchRequest) async -> Item.State {
        do throws(ScaleError) {
            let found = try await sweeper(of: resource).find(resource, request)
            return found.isEmpty ? .gone : .there(found)
        } catch {
            return .unknown(error)
        }
    }

    /// Removes one thing, and forgets it when it is gone.
    /// - Throws: infrastructure, where it may still be there.
    public mutating func remove(_ item: Item, _ request: LaunchRequest) async throws(ScaleError) {
        try await Self.sweeper(of: item.entry.resource).remove(item.entry.resource, request)
        ledgers[item.ledger].crossOff([item.entry.resource])
    }

    /// An engine may still be making what it was asked for by a process that was killed meanwhile: before this has passed since
    /// then, what is not there may yet come.
    static let patience = Nanoseconds.seconds(60)

    /// Forgets what is not there any more. A ledger in which nothing is left goes.
    /// - Returns: what is not there and may yet come.
    public mutating func forgetGone(_ items: [Item]) -> [Resource] {
        let now = HostClock.wallTime()
        var pending: [Resource] = []
        for index in ledgers.indices {
            let isOld = now.microseconds - ledgers[index].changedAt.microseconds > Self.patience.rawValue / 1000
            let missing = items.filter { if case .gone = $0.state { $0.ledger == index } else { false } }.map(\.entry.resource)
            let gone = missing.filter { isOld || Self.isOfThisHostAlone($0) }
            pending += missing.filter { !gone.contains($0) }
            if !gone.isEmpty || ledgers[index].entries.isEmpty { ledgers[index].crossOff(gone) }
        }
        return pending
    }

    private static func isOfThisHostAlone(_ resource: Resource) -> Bool {
        Sweepers.sweeper(for: resource.kind).map { type(of: $0).asksThisHostOnly } ?? false
    }

    // MARK: Before a run

    /// What one killed process may have left behind, in words: `1 container and 2 processes`.
    public struct Trace: Sendable {
        public var startedAt: WallTime
        public var words: String
    }

    /// Looks for what can be looked for without asking anybody but this host's kernel, and forgets what is gone. Of the rest
    /// it says that it may be there.
    public mutating func traces(_ request: LaunchRequest) async -> [Trace] {
        var traces: [Trace] = []
        for index in ledgers.indices {
            var gone: [Resource] = []
            var counts: [Resource.Kind: Int] = [:]
            for resource in ledgers[index].entries.map(\.resource) {
                let count = await Self.mayBeThere(resource, request)
                if count == 0 { gone.append(resource) } else { counts[resource.kind, default: 0] += count }
            }
            if counts.isEmpty || !gone.isEmpty { ledgers[index].crossOff(gone) }
            if !counts.isEmpty { traces.append(Trace(startedAt: ledgers[index].startedAt, words: Self.words(counts))) }
        }
        return traces
    }

    private static func mayBeThere(_ resource: Resource, _ request: LaunchRequest) async -> Int {
        guard isOfThisHostAlone(resource), let sweeper = Sweepers.sweeper(for: resource.kind) else { return 1 }
        return (try? await sweeper.find(resource, request).count) ?? 1
    }

    /// `1 container, 1 network and 2 processes`.
    public static func words(_ counts: [Resource.Kind: Int]) -> String {
        let parts = Resource.Kind.allCases.compactMap { kind in counts[kind].map { kind.words($0) } }
        if parts.count < 3 { return parts.joined(separator: " and ") }
        return parts.dropLast().joined(separator: ", ") + " and " + (parts.last ?? "")
    }
}
