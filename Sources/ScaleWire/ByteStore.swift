/// Bytes a receiver keeps between two reads. It owns no memory while it is empty.
struct ByteStore: ~Copyable {
    private(set) var base: UnsafeMutableRawPointer?
    private(set) var count = 0
    private var capacity = 0

    /// A connection that keeps something once mostly keeps the rest of one small message.
    private static let smallest = 256

    @inline(__always) var isEmpty: Bool { count == 0 }

    @inline(__always) var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    /// - Parameter expected: the size known to be coming, if any. Memory grows with what has arrived, at most doubling,
    ///   and never past it: an announced length alone makes nobody allocate.
    mutating func append(_ source: UnsafeRawPointer, _ length: Int, expected: Int = .max) {
        if length == 0 { return }
        if count + length > capacity { grow(to: count + length, expected: expected) }
        base?.advanced(by: count).copyMemory(from: source, byteCount: length)
        count += length
    }

    private mutating func grow(to needed: Int, expected: Int) {
        let doubled = max(needed, capacity &* 2, Self.smallest)
        let size = max(needed, min(doubled, expected))
        let larger = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        if let base {
            larger.copyMemory(from: base, byteCount: count)
            base.deallocate()
        }
        base = larger
        capacity = size
    }

    /// Forgets what stands behind the first `length` bytes.
    mutating func truncate(to length: Int) { count = min(count, length) }

    mutating func release() {
        base?.deallocate()
        base = nil
        count = 0
        capacity = 0
    }

    deinit { base?.deallocate() }
}
