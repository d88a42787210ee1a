/// Bytes in order, appended at the back and taken from the front. It owns no memory while it is empty, unless it is
/// told to keep what it has.
struct ByteQueue: ~Copyable {
    private var storage = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private(set) var count = 0

    private static let smallest = 512

    deinit { storage.deallocate() }

    var isEmpty: Bool { count == 0 }

    /// Valid until the next change.
    var bytes: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(rebasing: storage[..<count]) }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        reserve(bytes.count).copyMemory(from: bytes)
        count += bytes.count
    }

    mutating func append(_ text: StaticString) {
        append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Room behind the last byte, at least `size` long; what was written there is added with ``commit(_:)``.
    mutating func reserve(_ size: Int) -> UnsafeMutableRawBufferPointer {
        if storage.count - count < size { grow(to: count + size) }
        return UnsafeMutableRawBufferPointer(rebasing: storage[count...])
    }

    mutating func commit(_ size: Int) { count += size }

    /// Takes bytes from the front; gives the memory back when none are left.
    mutating func removeFirst(_ size: Int) {
        count -= size
        if count == 0 {
            storage.deallocate()
            storage = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        } else if let base = storage.baseAddress, size > 0 {
            base.copyMemory(from: base + size, byteCount: count)
        }
    }

    /// Forgets bytes at the back.
    mutating func removeLast(_ size: Int) { count -= size }

    /// Forgets all bytes and keeps the memory for the next ones.
    mutating func removeAll() { count = 0 }

    private mutating func grow(to needed: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(needed, storage.count * 2, Self.smallest), alignment: 16)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: storage[..<count]))
        storage.deallocate()
        storage = larger
    }
}
