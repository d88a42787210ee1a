import CLinux

/// What this process is called and what it was given.
public enum ThisProcess {
    public static var pid: Int32 { clinux_pid() }

    /// Its own program file, for starting another one of itself.
    public static let executable = "/proc/self/exe"

    /// From now on what its descendants leave behind when they end becomes its own child, to be waited for.
    public static func adoptOrphans() throws(SystemFault) {
        let code = clinux_adopt_orphans()
        if code < 0 { throw SystemFault("prctl", -code) }
    }

    /// The value of an environment variable, nil when it is not set.
    public static func environment(_ name: String) -> String? {
        clinux_environment(name).map { String(cString: $0) }
    }

    /// The kernel's name of this host (in a container: the container's), nil where it has none.
    public static var hostName: String? {
        var buffer = [CChar](repeating: 0, count: 256)
        guard clinux_host_name(&buffer, buffer.count - 1) == 0, buffer[0] != 0 else { return nil }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// A process's standard streams, unbuffered.
public enum StandardStream: Int32, Sendable {
    case input = 0
    case output = 1
    case error = 2

    /// Reads what there is and forgets it: the bytes read, 0 at the end, or a negative `errno`.
    public func discard() -> Int {
        withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { clinux_read(rawValue, $0.baseAddress, $0.count) }
    }

    /// Columns of the terminal behind the stream; nil where there is none, or it does not say.
    public var columns: Int? {
        let count = clinux_terminal_columns(rawValue)
        return count > 0 ? Int(count) : nil
    }

    /// Writes all of `text`.
    /// - Returns: 0, or the `errno` of a stream that does not take it; the rest is lost then.
    @discardableResult
    public func write(_ text: String) -> Int32 {
        var text = text
        return text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let written = clinux_write(rawValue, rest.baseAddress, rest.count)
                if written == -Int(Errno.interrupted) { continue }
                if written <= 0 { return Int32(-written) }
                rest = UnsafeRawBufferPointer(rebasing: rest[written...])
            }
            return 0
        }
    }
}
