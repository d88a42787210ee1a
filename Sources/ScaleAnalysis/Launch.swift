import ScaleCore

/// One launch of a deployment: its stages over all replicas, as they are stored.
public struct Launch: Hashable, Sendable {
    /// The mark of what it made; nil in files of before it was stored.
    public var mark: String?
    /// In the order they were stored.
    public var stages: [LifecycleRecord]

    /// The stages of one deployment by launch, in the order they began.
    public static func all(of records: [LifecycleRecord]) -> [Launch] {
        var launches: [Launch] = []
        for record in records {
            let place: Int?
            if let mark = record.launch {
                place = launches.firstIndex { $0.mark == mark }
            } else {
                // A launch ends with its stop; where that is missing, its replicas begin anew.
                place = launches.indices.last.flatMap { launches[$0].mark == nil && launches[$0].mayHave(record) ? $0 : nil }
            }
            if let place { launches[place].stages.append(record) } else { launches.append(Launch(mark: record.launch, stages: [record])) }
        }
        return launches
    }

    private func mayHave(_ record: LifecycleRecord) -> Bool {
        !stages.contains { $0.stage == .stop || ($0.stage == record.stage && $0.replica == record.replica) }
    }

    /// Why it came to nothing; nil where it was ready for sessions. That it could not be stopped is told by its stop.
    public var failure: String? { stages.first { $0.stage != .stop && !$0.isOk }?.outcome }

    /// From the moment the launch was asked for to the first observation of the last of its replicas; nil where one has
    /// given none, or nobody asked.
    public var firstObservation: Nanoseconds? {
        failure == nil ? stages.filter { $0.stage == .firstReset }.map(\.end).max() : nil
    }
}

extension LifecycleRecord {
    public var isOk: Bool { outcome == "ok" }
    /// Since the launch was asked for.
    public var end: Nanoseconds { start + duration }
}

/// Order statistics of a few spans, by nearest rank: each is one of the spans.
public struct SpanStatistics: Hashable, Sendable {
    public var count: Int
    public var min: Nanoseconds
    /// Of an even count the shorter of the two in the middle.
    public var median: Nanoseconds
    public var p90: Nanoseconds
    public var max: Nanoseconds

    /// Nil for none.
    public init?(_ spans: [Nanoseconds]) {
        let sorted = spans.sorted()
        guard let first = sorted.first, let last = sorted.last else { return nil }
        count = sorted.count
        min = first
        median = sorted[(count + 1) / 2 - 1]
        p90 = sorted[(9 * count + 9) / 10 - 1]
        max = last
    }
}
