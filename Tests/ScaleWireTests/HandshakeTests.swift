import Testing

@testable import ScaleWire

@Suite struct HandshakeTests {
    private static func sha1(_ message: [UInt8]) -> [UInt8] {
        withExactBytes(message) { bytes in
            Invariants.written(SHA1.digestSize) { target in
                if let start = target.baseAddress { SHA1.digest(bytes, to: start) }
                return SHA1.digestSize
            }
        }
    }

    @Test(arguments: [
        ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
            "a49b2446a02c645bf419f995b67091253a04a259"
        ),
    ]) func sha1Vectors(_ message: String, _ digest: String) {
        #expect(Self.sha1(bytes(message)) == hex(digest))
    }

    @Test func sha1OfAMillionLetters() {
        let message = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
        #expect(Self.sha1(message) == hex("34aa973cd4c4daa4f61eeb2bdbad27316534016f"))
    }

    /// Lengths around the places where the padding needs another block; digests from an independent implementation.
    @Test(arguments: [
        (55, "c1c8bbdc22796e28c0e15163d20899b65621d65a"), (56, "c2db330f6083854c99d4b5bfb6e8f29f201be699"),
        (63, "03f09f5b158a7a8cdad920bddc29b81c18a551f5"), (64, "0098ba824b5c16427bd7a1122a5a442a25ec644d"),
        (119, "ee971065aaa017e0632a8ca6c77bb3bf8b1dfc56"), (120, "f34c1488385346a55709ba056ddd08280dd4c6d6"),
    ]) func sha1Padding(_ length: Int, _ digest: String) {
        #expect(Self.sha1([UInt8](repeating: UInt8(ascii: "a"), count: length)) == hex(digest))
    }

    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ]) func base64Vectors(_ plain: String, _ encoded: String) {
        #expect(text(Base64.encode(bytes(plain))) == encoded)
        #expect(Base64.size(plain.utf8.count) == encoded.utf8.count)
    }

    @Test func base64UsesEveryLetter() {
        let all = (0..<256).map { UInt8($0) }
        for count in 0...256 { #expect(ReferenceBase64.decode(Base64.encode(Array(all.prefix(count)))) == Array(all.prefix(count))) }
        #expect(text(Base64.encode([0xFB, 0xFF, 0xBF])) == "+/+/")
    }

    /// "the sample nonce" of RFC 6455 section 1.3.
    private static let sample = WebSocketNonce(0x7468_6520_7361_6D70, 0x6C65_206E_6F6E_6365)
    private static let sampleAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

    @Test func theExampleOfTheStandard() {
        let key = Invariants.written(WebSocketNonce.keySize) { Self.sample.writeKey(to: $0) }
        #expect(text(key) == "dGhlIHNhbXBsZSBub25jZQ==")
        let accept = Invariants.written(WebSocketHandshake.acceptSize) { target in
            key.withUnsafeBytes { WebSocketHandshake.writeAccept(forKey: $0, to: target) }
        }
        #expect(text(accept) == Self.sampleAccept)
        #expect(withExactBytes(accept) { Self.sample.accepts($0) })
        #expect(!withExactBytes(accept) { WebSocketNonce(0, 0).accepts($0) })
        #expect(!withExactBytes(Array(accept.dropLast())) { Self.sample.accepts($0) })
        for index in accept.indices {
            var other = accept
            other[index] ^= 1
            #expect(!withExactBytes(other) { Self.sample.accepts($0) })
        }
    }

    @Test(arguments: [
        ("dGhlIHNhbXBsZSBub25jZQ==", true), ("AAAAAAAAAAAAAAAAAAAAAA==", true), ("++++////++++////++++/w==", true),
        ("", false), ("dGhlIHNhbXBsZSBub25jZQ=", false), ("dGhlIHNhbXBsZSBub25jZQ===", false),
        ("dGhlIHNhbXBsZSBub25jZR==", false), ("dGhlIHNhbXBsZSBub25jZQ=A", false), ("dGhlIHNhbXBsZSBub25jZ===", false),
        ("dGhl-HNhbXBsZSBub25jZQ==", false), ("dGhl HNhbXBsZSBub25jZQ==", false),
    ]) func keys(_ key: String, _ isValid: Bool) {
        #expect(withExactBytes(bytes(key)) { WebSocketHandshake.isValidKey($0) } == isValid)
    }

    // MARK: Client

    private static let response =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: keep-alive, upgrade\r\n"

    private static let responses: [Example<String, WebSocketHandshake.Refusal?>] = [
        Example("right", response + "Sec-WebSocket-Accept: \(sampleAccept)\r\n", nil),
        Example(
            "right, with an empty list of extensions",
            response + "sec-websocket-accept:\(sampleAccept) \r\nSec-WebSocket-Extensions:\r\n", nil),
        Example("another accept", response + "Sec-WebSocket-Accept: t3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", .wrongAccept),
        Example("no accept", response, .wrongAccept),
        Example(
            "two accepts",
            response + "Sec-WebSocket-Accept: \(sampleAccept)\r\nSec-WebSocket-Accept: \(sampleAccept)\r\n",
            .wrongAccept),
        Example(
            "no upgrade", "HTTP/1.1 101 x\r\nConnection: upgrade\r\nSec-WebSocket-Accept: \(sampleAccept)\r\n",
            .missingUpgrade),
        Example(
            "another upgrade",
            "HTTP/1.1 101 x\r\nUpgrade: h2c\r\nConnection: upgrade\r\nSec-WebSocket-Accept: \(sampleAccept)\r\n",
            .missingUpgrade),
        Example(
            "no connection", "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: \(sampleAccept)\r\n",
            .missingConnection),
        Example(
            "an extension",
            response + "Sec-WebSocket-Accept: \(sampleAccept)\r\nSec-WebSocket-Extensions: permessage-deflate\r\n",
            .unexpectedExtension),
        Example(
            "a subprotocol", response + "Sec-WebSocket-Accept: \(sampleAccept)\r\nSec-WebSocket-Protocol: x\r\n",
            .unexpectedSubprotocol),
        Example("not 101", "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n", .status(403)),
        Example("a gateway", "HTTP/1.1 503 x\r\nContent-Length: 0\r\n", .status(503)),
    ]

    @Test(arguments: responses) private func clientJudges(_ row: Example<String, WebSocketHandshake.Refusal?>) {
        var stream = bytes(row.input + "\r\n")
        stream.withUnsafeMutableBytes { buffer in
            var receiver = HTTPReceiver(role: .client, maxBodyBytes: 0)
            var input = buffer
            switch receiver.next(&input) {
            case .upgrade(let head): #expect(WebSocketHandshake.check(head, nonce: Self.sample) == row.output)
            case .message(let message): #expect(WebSocketHandshake.check(message.head, nonce: Self.sample) == row.output)
            case let event: Issue.record("\(event)")
            }
        }
    }

    // MARK: Server

    private static let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    private static let request = "GET /ws HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"

    private static let requests: [Example<String, String>] = [
        Example("right", request + key + "Sec-WebSocket-Version: 13\r\n", "open dGhlIHNhbXBsZSBub25jZQ=="),
        Example("no version", request + key, "400"),
        Example("an old version", request + key + "Sec-WebSocket-Version: 8\r\n", "426"),
        Example("no key", request + "Sec-WebSocket-Version: 13\r\n", "400"),
        Example("two keys", request + key + key + "Sec-WebSocket-Version: 13\r\n", "400"),
        Example("a bad key", request + "Sec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n", "400"),
        Example("a POST", "POST" + request.dropFirst(3) + key + "Sec-WebSocket-Version: 13\r\n", "400"),
        Example(
            "no connection",
            "GET /ws HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n" + key + "Sec-WebSocket-Version: 13\r\n", "400"),
        Example(
            "HTTP/1.0",
            "GET /ws HTTP/1.0\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" + key + "Sec-WebSocket-Version: 13\r\n",
            "400"),
        Example("an ordinary request", "GET /health HTTP/1.1\r\nHost: h\r\n", "none"),
        Example("another upgrade", "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n", "none"),
    ]

    @Test(arguments: requests) private func serverJudges(_ row: Example<String, String>) {
        var stream = bytes(row.input + "\r\n")
        stream.withUnsafeMutableBytes { buffer in
            var receiver = HTTPReceiver(role: .server, maxBodyBytes: 0)
            var input = buffer
            switch receiver.next(&input) {
            case .upgrade(let head): #expect(Self.outcome(head) == row.output)
            case .message(let message): #expect(Self.outcome(message.head) == row.output)
            case let event: Issue.record("\(event)")
            }
        }
    }

    private static func outcome(_ head: HTTPHead) -> String {
        switch WebSocketHandshake.request(in: head) {
        case .none: "none"
        case .refuse(let status): "\(status)"
        case .open(let key): "open " + text(owned(key))
        }
    }

    @Test func bothEndsAgree() {
        let nonce = WebSocketNonce(0x0123_4567_89AB_CDEF, .max)
        let template = WebSocketUpgradeRequest(target: "/ws?x=1", host: "h:8000", headers: [("Authorization", "Bearer t")])
        var sent = Invariants.written(template.size) { template.write(nonce, to: $0) }
        let answer = sent.withUnsafeMutableBytes { buffer -> [UInt8]? in
            var receiver = HTTPReceiver(role: .server, maxBodyBytes: 0)
            var input = buffer
            guard case .upgrade(let head) = receiver.next(&input), case .open(let key) = WebSocketHandshake.request(in: head),
                input.isEmpty, head.value("authorization").map(owned) == bytes("Bearer t"), owned(head.target) == bytes("/ws?x=1")
            else { return nil }
            return Invariants.written(WebSocketHandshake.responseSize) { WebSocketHandshake.writeResponse(forKey: key, to: $0) }
        }
        var received = answer ?? []
        received.withUnsafeMutableBytes { buffer in
            var receiver = HTTPReceiver(role: .client, maxBodyBytes: 0)
            var input = buffer
            guard case .upgrade(let head) = receiver.next(&input) else {
                Issue.record("no upgrade")
                return
            }
            #expect(WebSocketHandshake.check(head, nonce: nonce) == nil)
            #expect(WebSocketHandshake.check(head, nonce: Self.sample) == .wrongAccept)
        }
    }
}
