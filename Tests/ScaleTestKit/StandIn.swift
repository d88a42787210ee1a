import Glibc
import Synchronization

/// A scripted HTTP server on a loopback port that the kernel chooses, or on a unix socket: one request per connection.
package final class StandIn: Sendable {
    package struct Request: Sendable {
        /// Request line and headers, lines without their ends.
        package var head: [String]
        package var body: String

        package var line: String { head.first ?? "" }
        package func header(_ name: String) -> String? {
            head.first { $0.lowercased().hasPrefix(name.lowercased() + ": ") }.map {
                String($0.dropFirst(name.count + 2))
            }
        }
    }

    package enum Reply: Sendable {
        case answer(Int, headers: [String] = [], body: String = "")
        case raw(String)
        /// This, and nothing more until the client goes away.
        case open(String)
        case hangUp
        /// Nothing, until the client goes away.
        case silence
    }

    private let listener: Int32
    private let seen = Mutex<[Request]>([])
    package let port: UInt16
    package var url: String { "http://127.0.0.1:\(port)" }
    package var requests: [Request] { seen.withLock { $0 } }

    /// - Parameter script: what to answer to the n-th request, from 0.
    package init(unixSocket: String? = nil, script: @escaping @Sendable (Int, Request) -> Reply) {
        let listener = socket(unixSocket == nil ? AF_INET : AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        if let unixSocket {
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: unixSocket.utf8) }
            unlink(unixSocket)
            withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    _ = bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            port = 0
        } else {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    _ = bind(listener, $0, size)
                    _ = getsockname(listener, $0, &size)
                }
            }
            port = UInt16(bigEndian: address.sin_port)
        }
        self.listener = listener
        listen(listener, 16)
        var thread = pthread_t()
        let start = Unmanaged.passRetained(Loop(server: self, script: script))
        pthread_create(
            &thread, nil,
            { argument in
                Unmanaged<Loop>.fromOpaque(argument!).takeRetainedValue().run()
                return nil
            }, start.toOpaque())
        pthread_detach(thread)
    }

    /// Ends the server's thread; nobody listens afterwards.
    package func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    private final class Loop: Sendable {
        let server: StandIn
        let script: @Sendable (Int, Request) -> Reply

        init(server: StandIn, script: @escaping @Sendable (Int, Request) -> Reply) {
            self.server = server
            self.script = script
        }

        func run() {
            while case let connection = accept(server.listener, nil, nil), connection >= 0 {
                if let request = read(connection) {
                    let number = server.seen.withLock {
                        $0.append(request)
                        return $0.count - 1
                    }
                    reply(script(number, request), connection)
                }
                close(connection)
            }
            close(server.listener)
        }

        private func read(_ connection: Int32) -> Request? {
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let text = String(decoding: bytes, as: UTF8.self)
                if case let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false),
                    parts.count == 2
                {
                    var request = Request(
                        head: parts[0].split(separator: "\r\n").map(String.init), body: String(parts[1]))
                    let length = request.header("Content-Length").flatMap { Int($0) } ?? 0
                    if request.body.utf8.count >= length { return request }
                    request.body = ""
                }
                let count = recv(connection, &buffer, buffer.count, 0)
                if count <= 0 { return nil }
                bytes += buffer.prefix(count)
            }
        }

        private func reply(_ reply: Reply, _ connection: Int32) {
            func send(_ text: String) { _ = Glibc.send(connection, text, text.utf8.count, Int32(MSG_NOSIGNAL)) }
            switch reply {
            case .answer(let status, let headers, let body):
                let lines =
                    ["HTTP/1.1 \(status) Status", "Content-Length: \(body.utf8.count)", "Connection: close"] + headers
                send(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
            case .raw(let text): send(text)
            case .hangUp: break
            case .open(let text):
                send(text)
                awaitEnd(of: connection)
            case .silence: awaitEnd(of: connection)
            }
        }

        private func awaitEnd(of connection: Int32) {
            var byte: UInt8 = 0
            while recv(connection, &byte, 1, 0) > 0 {}
        }
    }
}
