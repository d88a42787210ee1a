/// A session's hash as the environment spells it, kept inline so that recording one allocates nothing.
/// At most 16 bytes are kept; the benchmark environment sends 12.
public struct SessionHash: Hashable, Sendable, BitwiseCopyable {
    @usableFromInline var high: UInt64
    @usableFromInline var low: UInt64
    public let count: UInt8

    /// Takes the first 16 bytes; nil when there are none.
    @inlinable public init?(_ bytes: UnsafeRawBufferPointer) {
        if bytes.isEmpty { return nil }
        high = 0
        low = 0
        count = UInt8(min(bytes.count, 16))
        for index in 0..<Int(count) {
            if index < 8 {
                high |= UInt64(bytes[index]) &<< UInt64(8 * (7 - index))
            } else {
                low |= UInt64(bytes[index]) &<< UInt64(8 * (15 - index))
            }
        }
    }

    public init?(_ text: String) {
        var text = text
        let made = text.withUTF8 { SessionHash(UnsafeRawBufferPointer($0)) }
        guard let made else { return nil }
        self = made
    }

    public var text: String {
        String(unsafeUninitializedCapacity: Int(count)) { bytes in
            for index in 0..<Int(count) {
                let word = index < 8 ? high : low
                bytes[index] = UInt8(truncatingIfNeeded: word &>> UInt64(8 * (7 - index % 8)))
            }
            return Int(count)
        }
    }
}

/// What one session did: a fixed-size value that leaves its loop once, when the cell is over. Absent is nil, never 0.
/// It is plain memory, since another process of this very program may have filled it.
public struct SessionRecord: Sendable, BitwiseCopyable {
    /// From 0, unique in its cell.
    public var session: Int
    /// When it was meant to start and when it did, since the cell began.
    public var intendedStart: Nanoseconds
    public var start: Nanoseconds?
    /// Waiting for a pooled connection, over all calls (HTTP with a pool only).
    public var queue: Nanoseconds?
    /// From the actual start; over HTTP the sum over the session's connections.
    public var connect: Nanoseconds?
    public var reset: Nanoseconds?
    /// The sum over the successful steps.
    public var steps: Nanoseconds?
    /// When the reset was answered and when the last step was, since the cell began.
    public var resetAt: Nanoseconds?
    public var lastStepAt: Nanoseconds?
    /// When the session was over: closed or failed.
    public var endedAt: Nanoseconds?
    /// From the actual start to the last step's answer; nil unless the session succeeded.
    public var total: Nanoseconds?
    /// The sum the environment reported.
    public var waited: Nanoseconds?
    /// The sum of the policy's time before its steps, as it was meant: a late step is not charged to the policy. Nil
    /// where the session never came to think.
    public var think: Nanoseconds?
    /// The sum of its waits for the other sessions of the cell, where sessions wait for each other.
    public var gated: Nanoseconds?
    public var stepsDone: Int32
    public var failure: SessionFailure?
    /// Index into the cell's ``CellRecording`` host table.
    public var host: Int32?
    public var pid: Int32?
    public var hash: SessionHash?

    public init(session: Int, intendedStart: Nanoseconds) {
        self.session = session
        self.intendedStart = intendedStart
        stepsDone = 0
    }

    @inlinable public var succeeded: Bool { failure == nil && total != nil }

    /// How late the generator was.
    public var lag: Nanoseconds? { start.map { $0 - intendedStart } }
}
