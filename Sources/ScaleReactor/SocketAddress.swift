import CLinux

/// A numeric address and port, ready for the kernel.
public struct SocketAddress: Sendable {
    var raw: clinux_address

    init(raw: clinux_address) { self.raw = raw }

    public var port: UInt16 {
        withUnsafePointer(to: raw) { clinux_address_port($0) }
    }

    /// The address without its port.
    public var text: String {
        var buffer = [CChar](repeating: 0, count: 64)
        let code = withUnsafePointer(to: raw) { clinux_address_text($0, &buffer, buffer.count) }
        return code == 0 ? String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) : "?"
    }

    /// `127.0.0.1:8000`, `[::1]:8000`.
    public var textWithPort: String { text.contains(":") ? "[\(text)]:\(port)" : "\(text):\(port)" }

    /// Whether it is an address of this host, the loopback ones included. Makes and closes a socket.
    public var isOfThisHost: Bool { withUnsafePointer(to: raw) { clinux_is_own_address($0) } == 1 }

    /// IPv6, rather than IPv4.
    public var isIPv6: Bool { text.contains(":") }

    var family: Int32 { Int32(raw.storage.ss_family) }

    /// No name has more that anyone could tell apart.
    private static let most = 256

    /// Every address of a name, each once, in the resolver's order: of one question, since a resolver may turn the order
    /// from one to the next. Blocks; call it before the clock starts, and off the cooperative pool.
    /// - Parameter listening: for a socket that accepts; the empty name is then every interface.
    public static func resolve(host: String, port: UInt16, listening: Bool = false) throws(ResolveFault) -> [SocketAddress] {
        var code: Int32 = 0
        let raw = [clinux_address](unsafeUninitializedCapacity: most) { buffer, count in
            code = clinux_resolve(host, port, listening ? 1 : 0, buffer.baseAddress, Int32(most))
            count = Int(max(0, code))
        }
        if code < 0 { throw ResolveFault(host: host, message: String(cString: clinux_resolve_message(code))) }
        var seen = Set<String>()
        return raw.map(SocketAddress.init).filter { seen.insert($0.textWithPort).inserted }
    }
}

/// A name that could not be resolved, with the resolver's own words.
public struct ResolveFault: Error, Hashable, Sendable, CustomStringConvertible {
    public var host: String
    public var message: String

    public init(host: String, message: String) {
        self.host = host
        self.message = message
    }

    public var description: String { "\(host): \(message)" }
}
