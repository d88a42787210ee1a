import ScaleCore
import ScaleReactor
import ScaleTLS

/// What a port really speaks, whatever its URL says.
public enum SpokenTransport: Hashable, Sendable {
    /// HTTP without TLS.
    case plain
    case tls

    /// Asks a port in both ways: first with the greeting of TLS, since a server that speaks it may say in plain HTTP that it
    /// does not like plain HTTP. Nothing secret is sent.
    /// - Parameter timeout: for each of the two questions.
    /// - Returns: nil where the answers are neither, or none came.
    public static func heard(at target: LoadTarget, timeout: Nanoseconds = .seconds(5)) async -> SpokenTransport? {
        let (endpoint, address) = (target.endpoint, target.address)
        return await ReactorThread.run {
            for question in [clientHello(endpoint.host), plainRequest(endpoint)] {
                if let spoken = of(firstWords(of: address, to: question, within: timeout)) { return spoken }
            }
            return nil
        }
    }

    /// What an answer begins like: a TLS record of a handshake or with an alert (RFC 8446, section 5.1), or a status line.
    static func of(_ answer: [UInt8]) -> SpokenTransport? {
        if answer.count >= 3, [0x15, 0x16].contains(answer[0]), answer[1] == 3, answer[2] <= 4 { return .tls }
        return answer.starts(with: "HTTP/".utf8) ? .plain : nil
    }

    private static func plainRequest(_ endpoint: Endpoint) -> [UInt8] {
        Array("GET \(endpoint.prefix)/health HTTP/1.1\r\nHost: \(endpoint.authority)\r\nConnection: close\r\n\r\n".utf8)
    }

    private static func clientHello(_ host: String) -> [UInt8] {
        guard let context = try? TLSContext(trust: .insecure) else { return [] }
        do {
            var client = try TLSClient(context: context, serverName: host)
            _ = client.handshake()
            let size = client.pendingCiphertext
            return [UInt8](unsafeUninitializedCapacity: size) { bytes, count in
                count = client.drain(into: UnsafeMutableRawBufferPointer(bytes))
            }
        } catch {
            return []
        }
    }

    /// As many as tell the two apart; fewer where the peer ends before, or the time.
    private static func firstWords(of address: SocketAddress, to question: [UInt8], within timeout: Nanoseconds) -> [UInt8] {
        let descriptor = question.isEmpty ? -1 : Socket.open(for: address)
        guard descriptor >= 0 else { return [] }
        let socket = Socket(descriptor: descriptor)
        defer { socket.close() }
        let code = socket.connect(to: address)
        guard code == 0 || code == -Errno.inProgress, var reactor = try? Reactor(capacity: 1) else { return [] }
        guard (try? reactor.add(descriptor, [.readable, .writable, .edge], token: 0)) != nil else { return [] }
        let deadline = MonotonicClock.now() + timeout
        var unsent = question[...]
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while answer.count < 5, MonotonicClock.now() < deadline {
            if !unsent.isEmpty {
                let sent = unsent.withUnsafeBytes { socket.send($0) }
                if sent < 0, sent != -Int(Errno.wouldBlock) { return [] }
                unsent = unsent.dropFirst(max(0, sent))
            }
            let count = buffer.withUnsafeMutableBytes { socket.receive(into: $0) }
            if count > 0 {
                answer += buffer.prefix(count)
            } else if count == -Int(Errno.wouldBlock) {
                guard (try? reactor.wait(until: deadline)) != nil else { return answer }
            } else {
                return answer
            }
        }
        return answer
    }
}
