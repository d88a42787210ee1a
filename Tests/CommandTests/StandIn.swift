import Foundation
import Synchronization

/// A TCP listener that is no environment server: it sends the same bytes to everyone and closes, or says nothing.
final class StandIn: Sendable {
    enum Behaviour: Sendable {
        /// Reads what comes, answers this and closes.
        case answers(String)
        /// Accepts and never says a word.
        case mute
    }

    let port: UInt16
    private let listener: Int32
    private let accepted = Mutex<[Int32]>([])

    struct NoSocket: Error {}

    init(_ behaviour: Behaviour) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) + getsockname(listener, $0, &size)
            }
        }
        guard listener >= 0, bound == 0, listen(listener, 128) == 0 else { throw NoSocket() }
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [weak self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                if case .answers(let text) = behaviour {
                    var bytes = [UInt8](repeating: 0, count: 4096)
                    _ = recv(connection, &bytes, bytes.count, 0)
                    _ = send(connection, text, text.utf8.count, Int32(MSG_NOSIGNAL))
                    close(connection)
                } else if let self {
                    self.accepted.withLock { $0.append(connection) }
                }
            }
        }
    }

    /// Ends the listener and whatever it holds.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
        accepted.withLock { $0.forEach { close($0) } }
    }

    /// Connections of a mute one that have been accepted.
    var connections: Int { accepted.withLock { $0.count } }
}
