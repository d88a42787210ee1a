import COpenSSL
import ScaleCore
import ScaleTLS
import ScaleTestKit
import Testing

@Suite struct TLSClientTests {
    let context: TLSContext

    init() throws { context = try TLSContext(trust: .file(TestIdentity.authorityFile)) }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION], [1, 300, 20_000, 200_000])
    func dataGoesBothWays(version: Int32, size: Int) throws {
        let server = TestServer(.init(version: version))
        var end = try ClientEnd(context)
        #expect(end.connect(to: server) == nil)
        #expect(end.client.handshake() == .done)
        #expect(end.client.agreement.hasPrefix(version == TLS1_2_VERSION ? "TLSv1.2 " : "TLSv1.3 "))
        #expect(end.client.isResumed == false)
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try end.write(bytes)
        server.give(end.takeCiphertext())
        #expect(server.read() == bytes)
        server.write(bytes.reversed())
        end.give(server.takeCiphertext())
        #expect(end.received == bytes.reversed())
        #expect(end.end == nil)
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func everySplitOfTheCiphertextReadsTheSame(version: Int32) throws {
        let shared = TestServer.makeContext(.init(version: version))
        defer { SSL_CTX_free(shared) }
        var split = 1
        var longest = 2
        while split < longest {
            let server = TestServer(sharing: shared)
            var end = try ClientEnd(context)
            end.pump()
            server.give(end.takeCiphertext())
            // The server's flights are cut at `split`, then the rest comes in one piece.
            for _ in 0..<2 {
                let flight = server.takeCiphertext()
                longest = max(longest, flight.count)
                end.give(flight.prefix(split))
                server.give(end.takeCiphertext())
                end.give(flight.dropFirst(split))
                server.give(end.takeCiphertext())
            }
            server.write(Array("hello".utf8))
            let record = server.takeCiphertext()
            end.give(record.prefix(split))
            end.give(record.dropFirst(split))
            #expect(String(decoding: end.received, as: UTF8.self) == "hello", "split at \(split)")
            #expect(end.end == nil)
            split += split < 100 ? 1 : 17
        }
        #expect(longest > 500)
    }

    @Test func aStreamOfSingleBytesIsEnough() throws {
        let server = TestServer()
        var end = try ClientEnd(context)
        end.pump()
        server.give(end.takeCiphertext())
        server.takeCiphertext().forEach { end.give(CollectionOfOne($0)) }
        for byte in end.takeCiphertext() { server.give([byte]) }
        server.write(Array("one by one".utf8))
        server.takeCiphertext().forEach { end.give(CollectionOfOne($0)) }
        #expect(String(decoding: end.received, as: UTF8.self) == "one by one")
    }

    @Test func unsentCiphertextStaysForTheNextSend() throws {
        let server = TestServer()
        var end = try ClientEnd(context)
        #expect(end.connect(to: server) == nil)
        try end.write(Array("some bytes".utf8))
        let pending = end.client.pendingCiphertext
        #expect(end.client.drain { _ in -11 } == -11)
        #expect(end.client.pendingCiphertext == pending)
        var sent: [UInt8] = []
        #expect(
            end.client.drain {
                sent += $0.prefix(3)
                return 3
            } == 3)
        #expect(end.client.pendingCiphertext == pending - 3)
        sent += end.takeCiphertext()
        #expect(
            end.client.drain { _ in
                Issue.record("nothing is pending")
                return 1
            } == 0)
        server.give(sent)
        #expect(String(decoding: server.read(), as: UTF8.self) == "some bytes")
    }

    @Test func bothSidesSayThatTheyClose() throws {
        let server = TestServer()
        var end = try ClientEnd(context)
        #expect(end.connect(to: server) == nil)
        end.client.sendCloseNotify()
        end.client.sendCloseNotify()
        server.give(end.takeCiphertext())
        #expect(server.read().isEmpty)
        #expect(server.isClosedByClient)
        server.write(Array("last words".utf8))
        server.closeNotify()
        end.give(server.takeCiphertext())
        #expect(String(decoding: end.received, as: UTF8.self) == "last words")
        #expect(end.end == .closed)
    }

    @Test(arguments: [false, true]) func anEndWithoutCloseNotifyIsATruncation(inARecord: Bool) throws {
        let server = TestServer()
        var end = try ClientEnd(context)
        #expect(end.connect(to: server) == nil)
        server.write(Array("all is well".utf8))
        let record = server.takeCiphertext()
        end.give(inARecord ? record.dropLast(5) : record[...])
        end.client.receiveEnd()
        end.pump()
        #expect(end.received.count == (inARecord ? 0 : 11))
        guard case .failed(let fault) = end.end else { return #expect(Bool(false), "\(String(describing: end.end))") }
        #expect(fault.reason == .truncated)
        #expect(throws: fault) { try end.write([1]) }
    }

    @Test func anEndInTheHandshakeIsATruncation() throws {
        var end = try ClientEnd(context)
        #expect(end.client.handshake() == .wantsMore)
        end.client.receiveEnd()
        guard case .failed(let fault) = end.client.handshake() else { return #expect(Bool(false)) }
        #expect(fault.reason == .truncated)
    }

    @Test(arguments: ["HTTP/1.1 400 Bad Request\r\n\r\n", "\u{16}\u{3}\u{1}\u{0}\u{4}abcd"])
    func aPeerThatSpeaksNoTLSIsAProtocolError(answer: String) throws {
        var end = try ClientEnd(context)
        #expect(end.client.handshake() == .wantsMore)
        end.give(Array(answer.utf8))
        guard case .failed(let fault) = end.end else { return #expect(Bool(false), "\(String(describing: end.end))") }
        #expect(fault.reason == .protocolError)
        #expect(!fault.message.isEmpty)
    }

    @Test func aChangedRecordIsAProtocolErrorAndThePeerIsTold() throws {
        let server = TestServer()
        var end = try ClientEnd(context)
        #expect(end.connect(to: server) == nil)
        server.write(Array("true words".utf8))
        var record = server.takeCiphertext()
        record[record.count - 1] ^= 1
        end.give(record)
        guard case .failed(let fault) = end.end else { return #expect(Bool(false)) }
        #expect(fault.reason == .protocolError)
        #expect(end.client.pendingCiphertext > 0)
    }

    @Test func writingBeforeTheHandshakeIsRefused() throws {
        var end = try ClientEnd(context)
        #expect(throws: TLSFault.self) { try end.write([1, 2, 3]) }
        end.client.sendCloseNotify()
        #expect(end.client.pendingCiphertext == 0)
    }

    @Test(arguments: [("http/1.1", true), ("h2", false)])
    func onlyTheProtocolThatWasOfferedIsTaken(chosen: String, accepted: Bool) throws {
        let server = TestServer(.init(alpn: chosen))
        var end = try ClientEnd(context)
        let fault = end.connect(to: server)
        #expect((fault == nil) == accepted)
        if !accepted { #expect(fault?.reason == .protocolError) }
    }

    @Test(arguments: [TLS1_1_VERSION]) func oldVersionsAreRefused(version: Int32) throws {
        let server = TestServer(.init(version: version))
        var end = try ClientEnd(context)
        #expect(end.connect(to: server)?.reason == .alert)
        #expect(server.handshakeError != 0)
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION], [false, true])
    func sessionsAreResumedOnlyWhenAsked(version: Int32, resumption: Bool) throws {
        let context = try TLSContext(trust: .file(TestIdentity.authorityFile), resumption: resumption)
        let shared = TestServer.makeContext(.init(version: version))
        defer { SSL_CTX_free(shared) }
        for (host, resumed) in [
            ("localhost", false), ("localhost", resumption), ("a.example.test", false), ("localhost", resumption),
        ] {
            let server = TestServer(sharing: shared)
            var end = try ClientEnd(context, host)
            #expect(end.connect(to: server) == nil)
            server.write([1])
            end.give(server.takeCiphertext())
            #expect(end.client.isResumed == resumed, "\(host)")
            end.client.sendCloseNotify()
        }
    }
}
