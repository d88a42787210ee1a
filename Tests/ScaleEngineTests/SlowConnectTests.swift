import ScaleAnalysis
import ScaleCore
import ScaleReactor
import ScaleTestKit
import Testing

@testable import ScaleEngine

extension LoopbackTests {
    /// A connection that is not open yet when connect() returns, as everywhere but on loopback: here the accept queue
    /// is full, so that the kernel leaves the client's SYN unanswered until there is room and the client asks again.
    @Suite struct SlowConnectTests {
        /// A listener whose queue is full, and the connections that fill it.
        struct FullListener {
            let listener: Socket
            let address: SocketAddress
            private(set) var fillers: [Socket] = []

            init() throws {
                listener = try Socket.bound(to: try SocketAddress.resolve(host: "127.0.0.1", port: 0)[0], shared: false)
                try listener.listen(backlog: 0)
                address = try listener.localAddress()
                // The one behind the last that fits is still on its way, and so does not take the free place later.
                while fillers.count < 16 {
                    let socket = Socket(descriptor: Socket.open(for: address))
                    _ = socket.connect(to: address)
                    if socket.send(UnsafeRawBufferPointer(start: nil, count: 0)) < 0 {
                        socket.close()
                        return
                    }
                    fillers.append(socket)
                }
            }

            var target: LoadTarget {
                LoadTarget(endpoint: Endpoint(secure: false, host: "127.0.0.1", port: address.port), address: address)
            }

            func close() {
                for socket in fillers { socket.close() }
                listener.close()
            }

            /// Makes room, and answers the next request there is with this.
            /// - Returns: the request.
            func serve(_ answer: String) throws -> String {
                for _ in fillers { Socket(descriptor: listener.accept()).close() }
                var reactor = try Reactor(capacity: 1)
                try reactor.add(listener.descriptor, .readable, token: 0)
                while try reactor.wait(until: MonotonicClock.now() + .seconds(600)) == 0 {}
                let connection = Socket(descriptor: listener.accept())
                defer { connection.close() }
                try reactor.add(connection.descriptor, .readable, token: 1)
                var request: [UInt8] = []
                var part = [UInt8](repeating: 0, count: 4096)
                while !request.ends(with: "\r\n\r\n") {
                    _ = try reactor.wait(until: MonotonicClock.now() + .seconds(600))
                    let count = part.withUnsafeMutableBytes { connection.receive(into: $0) }
                    if count == 0 { break }
                    if count > 0 { request += part[..<count] }
                }
                _ = Array(answer.utf8).withUnsafeBytes { connection.send($0) }
                return String(decoding: request, as: UTF8.self)
            }
        }

        @Test func theRequestToUpgradeFollowsOnceTheConnectionIsOpen() async throws {
            let server = try FullListener()
            defer { server.close() }
            let board = ProgressBoard(threads: 1)
            let spec = try spec(server.target, cell(.ws))
            async let outcome = LoadEngine.run(spec, board: board)
            while board.snapshot().started < 1 { await Task.yield() }
            let request = try await ReactorThread.run {
                Result { try server.serve("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n") }
            }.get()
            #expect(request.hasPrefix("GET /ws HTTP/1.1\r\n"))
            #expect(request.count(of: "Sec-WebSocket-Key") == 1)
            let session = try #require(await outcome.recording.sessions.first)
            #expect(Ending(session) == .failure(.gateway, .connect, 503))
        }

        @Test func theWaitForItCountsAsConnecting() async throws {
            let server = try FullListener()
            defer { server.close() }
            var spec = try spec(server.target, cell(.ws))
            spec.timeouts.connect = patience
            let session = try #require(await run(spec).recording.sessions.first)
            #expect(Ending(session) == .failure(.timeout, .connect))
        }
    }
}

extension [UInt8] {
    fileprivate func ends(with text: String) -> Bool { suffix(text.utf8.count).elementsEqual(text.utf8) }
}

extension String {
    /// How often a text is in this one.
    fileprivate func count(of text: String) -> Int { ranges(of: text).count }
}
