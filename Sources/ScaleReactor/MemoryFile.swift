import CLinux

/// A file without a name that lives in memory (`memfd_create`, memfd_create(2)), for handing bytes to a child that
/// inherits its descriptor. It is gone when nobody holds it any more.
public struct MemoryFile: ~Copyable {
    public let descriptor: Int32

    public init() throws(SystemFault) { try self.init(size: 0) }

    fileprivate init(size: Int) throws(SystemFault) {
        descriptor = clinux_memory_file(size)
        if descriptor < 0 { throw SystemFault("memfd_create", -descriptor) }
    }

    fileprivate init(inherited descriptor: Int32) { self.descriptor = descriptor }

    deinit { _ = clinux_close(descriptor) }

    /// How many bytes it has, 0 where that cannot be read.
    public var size: Int { max(0, Int(clinux_file_size(descriptor))) }

    /// Its last bytes, `limit` of them at most.
    public func tail(_ limit: Int) -> [UInt8] {
        let size = size
        let count = min(size, limit)
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = max(0, clinux_read_at(descriptor, buffer.baseAddress, count, Int64(size - count)))
        }
    }
}

/// Memory that several processes see at one moment: a ``MemoryFile`` mapped by each of them. It begins as zeros.
public struct SharedMemory: ~Copyable {
    public let base: UnsafeMutableRawPointer
    private let file: MemoryFile
    private let size: Int

    /// What a child inherits to map the same memory.
    public var descriptor: Int32 { file.descriptor }

    public init(size: Int) throws(SystemFault) { try self.init(MemoryFile(size: size), size: size) }

    /// Maps what a parent made.
    /// - Parameter descriptor: becomes this value's, which closes it.
    /// - Throws: `EINVAL` when it is no memory of that size.
    public init(inherited descriptor: Int32, size: Int) throws(SystemFault) {
        let file = MemoryFile(inherited: descriptor)
        guard file.size == size else { throw SystemFault("mmap", Errno.invalidArgument) }
        try self.init(file, size: size)
    }

    private init(_ file: consuming MemoryFile, size: Int) throws(SystemFault) {
        var place: UnsafeMutableRawPointer?
        let code = clinux_map_shared(file.descriptor, size, &place)
        guard code == 0, let place else { throw SystemFault("mmap", -code) }
        self.file = file
        self.size = size
        base = place
    }

    deinit { _ = clinux_unmap(base, size) }
}
