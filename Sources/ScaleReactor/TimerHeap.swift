import ScaleCore

/// Tokens ordered by when they are due: a binary heap of 16-byte entries that allocates only when it grows.
/// A timer cannot be taken back; whoever owns the token ignores one it no longer wants.
public struct TimerHeap: ~Copyable {
    private struct Entry {
        var due: Int64
        var token: UInt64
    }

    private var entries: UnsafeMutablePointer<Entry>
    private var capacity: Int
    public private(set) var count = 0

    public init(capacity: Int = 64) {
        self.capacity = max(1, capacity)
        entries = .allocate(capacity: self.capacity)
    }

    deinit { entries.deallocate() }

    public var isEmpty: Bool { count == 0 }

    /// When the earliest timer is due; ``MonotonicTime/never`` when there is none.
    public var next: MonotonicTime { count == 0 ? .never : MonotonicTime(nanoseconds: entries[0].due) }

    public mutating func push(_ token: UInt64, at due: MonotonicTime) {
        if count == capacity { grow() }
        let entry = Entry(due: due.nanoseconds, token: token)
        var index = count
        count += 1
        while index > 0 {
            let parent = (index - 1) / 2
            if entries[parent].due <= entry.due { break }
            entries[index] = entries[parent]
            index = parent
        }
        entries[index] = entry
    }

    /// The earliest token that is due at `now`; nil when none is.
    public mutating func pop(dueAt now: MonotonicTime) -> UInt64? {
        guard count > 0, entries[0].due <= now.nanoseconds else { return nil }
        let token = entries[0].token
        count -= 1
        let last = entries[count]
        var index = 0
        while true {
            var child = 2 * index + 1
            if child >= count { break }
            if child + 1 < count && entries[child + 1].due < entries[child].due { child += 1 }
            if entries[child].due >= last.due { break }
            entries[index] = entries[child]
            index = child
        }
        entries[index] = last
        return token
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<Entry>.allocate(capacity: capacity * 2)
        larger.moveInitialize(from: entries, count: count)
        entries.deallocate()
        entries = larger
        capacity *= 2
    }
}
