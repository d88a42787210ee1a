import Foundation

/// What this process has open, as `/proc/self/fd` names it: `socket:[81523]`, where the number is the socket's own.
enum Descriptors {
    private static let folder = "/proc/self/fd"

    private static func named() throws -> [(number: Int32, name: String)] {
        try FileManager.default.contentsOfDirectory(atPath: folder).compactMap { text in
            // One that has gone meanwhile has no name any more.
            guard let number = Int32(text), let name = try? FileManager.default.destinationOfSymbolicLink(atPath: folder + "/" + text)
            else { return nil }
            return (number, name)
        }
    }

    static func now() throws -> Set<String> { Set(try named().map(\.name)) }

    static func count(of kind: String) throws -> Int { try named().count { $0.name.contains(kind) } }

    /// The sockets that were not there before and have to do with `port`, or with nobody any more. Tests of other modules
    /// run in this process at the same time, and what they have open is theirs.
    static func left(beyond before: Set<String>, port: UInt16) throws -> [String] {
        try named().filter { number, name in
            name.hasPrefix("socket:") && !before.contains(name) && concerns(number, port)
        }.map(\.name)
    }

    private static func concerns(_ descriptor: Int32, _ port: UInt16) -> Bool {
        guard let own = address(descriptor, getsockname) else { return false }
        if own == port { return true }
        if let peer = address(descriptor, getpeername) { return peer == port }
        // Without a peer: a listener, a socket that has not connected yet, or one whose connection is gone. Only the last
        // was given a port by the kernel and does not listen.
        return own != 0 && option(descriptor, SO_ACCEPTCONN) == 0
    }

    private static func option(_ descriptor: Int32, _ name: Int32) -> Int32 {
        var value: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, name, &value, &size) == 0 ? value : 0
    }

    private typealias Call = (Int32, UnsafeMutablePointer<sockaddr>?, UnsafeMutablePointer<socklen_t>?) -> Int32

    /// Nil for what is no IPv4 socket.
    private static func address(_ descriptor: Int32, _ call: Call) -> UInt16? {
        var found = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &found) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { call(descriptor, $0, &size) }
        }
        return code == 0 && found.sin_family == sa_family_t(AF_INET) ? UInt16(bigEndian: found.sin_port) : nil
    }
}
