import ScaleWire
import Testing

private typealias Row = Example<[UInt8], [OwnedWebSocketEvent]>

private func fill(_ count: Int) -> [UInt8] { (0..<count).map { UInt8($0 % 251) } }

@Suite struct WebSocketReceiverTests {
    /// What a client makes of a server's frames.
    private static let fromServer: [Row] = [
        Row("unmasked text, RFC 6455 5.7", hex("81 05 48 65 6c 6c 6f"), [.message(.text, bytes("Hello"))]),
        Row("fragmented text, RFC 6455 5.7", hex("01 03 48 65 6c 80 02 6c 6f"), [.message(.text, bytes("Hello"))]),
        Row("ping, RFC 6455 5.7", hex("89 05 48 65 6c 6c 6f"), [.ping(bytes("Hello"))]),
        Row("pong without payload", hex("8a 00"), [.pong([])]),
        Row("256 bytes, RFC 6455 5.7", hex("82 7e 01 00") + fill(256), [.message(.binary, fill(256))]),
        Row(
            "64 KiB, RFC 6455 5.7", hex("82 7f 00 00 00 00 00 01 00 00") + fill(65_536),
            [.message(.binary, fill(65_536))]),
        Row("126 bytes need two length bytes", hex("82 7e 00 7e") + fill(126), [.message(.binary, fill(126))]),
        Row("125 bytes need none", hex("82 7d") + fill(125), [.message(.binary, fill(125))]),
        Row("empty text", hex("81 00"), [.message(.text, [])]),
        Row("empty binary", hex("82 00"), [.message(.binary, [])]),
        Row("empty fragments", hex("01 00 00 00 80 00"), [.message(.text, [])]),
        Row(
            "control frames between fragments", hex("01 01 61 89 01 70 00 01 62 8a 00 80 01 63"),
            [.ping(bytes("p")), .pong([]), .message(.text, bytes("abc"))]),
        Row(
            "a character across fragments", hex("01 02 e2 82 80 01 ac"), [.message(.text, bytes("€"))]),
        Row(
            "two messages at once", hex("81 01 61 82 01 62"),
            [.message(.text, bytes("a")), .message(.binary, bytes("b"))]),
        Row("close without code", hex("88 00"), [.close(nil, [])]),
        Row("close with code", hex("88 02 03 e8"), [.close(1000, [])]),
        Row("close with reason", hex("88 05 03 e9 62 79 65"), [.close(1001, bytes("bye"))]),
        Row("nothing counts after a close", hex("88 02 03 e8 81 01 61 ff ff"), [.close(1000, [])]),
        Row("125 bytes announced with two", hex("82 7e 00 7d") + fill(125), [.message(.binary, fill(125))]),
        Row("2 bytes announced with eight", hex("81 7f 00 00 00 00 00 00 00 02 68 69"), [.message(.text, bytes("hi"))]),
        Row("65,535 bytes announced with eight", hex("82 7f 00 00 00 00 00 00 ff ff") + fill(65_535), [.message(.binary, fill(65_535))]),
        Row("a ping announced with two", hex("89 7e 00 01 70"), [.ping(bytes("p"))]),
        Row("a close announced with eight", hex("88 7f 00 00 00 00 00 00 00 02 03 e8"), [.close(1000, [])]),
        Row("a close inside a message", hex("01 01 61 88 02 03 e8"), [.close(1000, [])]),
    ]

    /// What a client makes of a server that breaks the protocol.
    private static let broken: [Row] = [
        Row("RSV1", hex("c1 00"), [.violation(.reservedBits)]),
        Row("RSV2", hex("a1 00"), [.violation(.reservedBits)]),
        Row("RSV3", hex("91 00"), [.violation(.reservedBits)]),
        Row("opcode 3", hex("83 00"), [.violation(.unknownOpcode)]),
        Row("opcode 7", hex("87 00"), [.violation(.unknownOpcode)]),
        Row("opcode 11", hex("8b 00"), [.violation(.unknownOpcode)]),
        Row("opcode 15", hex("8f 00"), [.violation(.unknownOpcode)]),
        Row("a masked frame", hex("81 80 01 02 03 04"), [.violation(.masked)]),
        Row("a ping of 126 bytes", hex("89 7e 00 7e") + fill(126), [.violation(.controlTooLong)]),
        Row("a fragmented ping", hex("09 00"), [.violation(.controlFragmented)]),
        Row("a fragmented close", hex("08 00"), [.violation(.controlFragmented)]),
        Row("a continuation of nothing", hex("80 01 61"), [.violation(.continuationUnexpected)]),
        Row("text inside a message", hex("01 01 61 81 01 62"), [.violation(.continuationExpected)]),
        Row("binary inside a message", hex("01 01 61 02 01 62"), [.violation(.continuationExpected)]),
        Row("a ping of 126 bytes, announced with eight", hex("89 7f 00 00 00 00 00 00 00 7e"), [.violation(.controlTooLong)]),
        Row("a length with its top bit", hex("82 7f 80 00 00 00 00 00 00 00"), [.violation(.lengthTooLarge)]),
        Row("more than the limit", hex("82 7f 00 00 00 00 00 10 00 01"), [.violation(.messageTooLarge)]),
        Row("a length of 2^62", hex("82 7f 40 00 00 00 00 00 00 00"), [.violation(.messageTooLarge)]),
        Row("text that is cut", hex("81 02 e2 82"), [.violation(.invalidUTF8)]),
        Row("text with a surrogate", hex("81 03 ed a0 80"), [.violation(.invalidUTF8)]),
        Row("text in overlong form", hex("81 02 c0 af"), [.violation(.invalidUTF8)]),
        Row("text above U+10FFFF", hex("81 04 f4 90 80 80"), [.violation(.invalidUTF8)]),
        Row("bad text in a fragment", hex("01 01 ff 80 00"), [.violation(.invalidUTF8)]),
        Row("a reason that is not UTF-8", hex("88 03 03 e8 ff"), [.violation(.invalidUTF8)]),
        Row("half a close code", hex("88 01 03"), [.violation(.closePayload)]),
        Row("close code 999", hex("88 02 03 e7"), [.violation(.closeCode)]),
        Row("close code 1004", hex("88 02 03 ec"), [.violation(.closeCode)]),
        Row("close code 1005", hex("88 02 03 ed"), [.violation(.closeCode)]),
        Row("close code 1006", hex("88 02 03 ee"), [.violation(.closeCode)]),
        Row("close code 1015", hex("88 02 03 f7"), [.violation(.closeCode)]),
        Row("close code 2999", hex("88 02 0b b7"), [.violation(.closeCode)]),
        Row("close code 5000", hex("88 02 13 88"), [.violation(.closeCode)]),
        Row(
            "what came before counts", hex("81 01 61 83 00 81 01 62"),
            [.message(.text, bytes("a")), .violation(.unknownOpcode)]),
    ]

    /// What a server makes of a client's frames.
    private static let fromClient: [Row] = [
        Row(
            "masked text, RFC 6455 5.7", hex("81 85 37 fa 21 3d 7f 9f 4d 51 58"), [.message(.text, bytes("Hello"))]),
        Row("masked ping, RFC 6455 5.7", hex("89 85 37 fa 21 3d 7f 9f 4d 51 58"), [.ping(bytes("Hello"))]),
        Row("masked without payload", hex("82 80 37 fa 21 3d"), [.message(.binary, [])]),
        Row(
            "fragments with keys of their own", hex("01 81 01 00 00 00 60 80 81 02 00 00 00 60"),
            [.message(.text, bytes("ab"))]),
        Row("an unmasked frame", hex("81 05 48 65 6c 6c 6f"), [.violation(.unmasked)]),
        Row("an unmasked close", hex("88 00"), [.violation(.unmasked)]),
        Row("125 bytes announced with two", hex("82 fe 00 7d 00 00 00 00"), [.violation(.lengthNotMinimal)]),
        Row("65,535 bytes announced with eight", hex("82 ff 00 00 00 00 00 00 ff ff"), [.violation(.lengthNotMinimal)]),
        Row("a ping announced with two", hex("89 fe 00 01 00 00 00 00 70"), [.violation(.controlTooLong)]),
        Row("masked close", hex("88 82 00 00 00 00 0f a0"), [.close(4000, [])]),
    ]

    @Test(arguments: fromServer + broken) private func clientReceives(_ row: Row) {
        judge(row, .client)
    }

    @Test(arguments: fromClient) private func serverReceives(_ row: Row) {
        judge(row, .server)
    }

    private func judge(_ row: Row, _ role: WireRole) {
        let whole = feedWebSocket(row.input, role: role)
        #expect(whole.events == row.output)
        #expect(whole.problem == nil)
        #expect(!whole.isMidMessage)
        let cuts = row.input.count > 1000 ? [.every(1), .every(999), .random(1)] : everyCut(row.input)
        for cut in cuts { #expect(feedWebSocket(row.input, role: role, cuts: cut) == whole, "\(cut)") }
    }

    @Test func everyViolationIsShown() {
        let shown = (Self.broken + Self.fromClient).flatMap(\.output)
        for violation in WebSocketViolation.allCases { #expect(shown.contains(.violation(violation)), "\(violation)") }
    }

    @Test(arguments: [
        (WebSocketViolation.invalidUTF8, UInt16(1007)), (.messageTooLarge, 1009), (.reservedBits, 1002),
        (.closeCode, 1002),
    ]) func violationsAreAnsweredByCode(_ violation: WebSocketViolation, _ code: UInt16) {
        #expect(violation.replyCode == code)
    }

    /// However the bytes arrive: each such frame once.
    @Test func lengthsInMoreBytesThanTheyNeedAreCounted() {
        let stream = hex("81 7e 00 01 61 01 7e 00 01 62 80 01 63 89 7f 00 00 00 00 00 00 00 00 82 7e 00 7e") + fill(126)
        for cuts in everyCut(stream) {
            var receiver = WebSocketReceiver(role: .client, maxMessageBytes: 1000)
            for piece in cuts.pieces(of: stream) {
                var bytes = Array(piece)
                bytes.withUnsafeMutableBytes { buffer in
                    var input = buffer
                    while true { if case .needsMore = receiver.next(&input) { break } }
                }
            }
            #expect(receiver.longLengths == 3)
        }
    }

    @Test func allowedCloseCodes() {
        let allowed = (0...5001).filter { WebSocketCloseCode.isValid(UInt16($0)) }
        #expect(allowed == Array(1000...1003) + Array(1007...1014) + Array(3000...4999))
    }

    @Test func theLimitIsExactAndCountsAllFragments() {
        let four = Invariants.frame(.binary, [1, 2, 3, 4])
        #expect(feedWebSocket(four, role: .client, maxMessageBytes: 4).events == [.message(.binary, [1, 2, 3, 4])])
        #expect(feedWebSocket(four, role: .client, maxMessageBytes: 3).events == [.violation(.messageTooLarge)])
        let fragments = hex("02 02 01 02 89 03 61 62 63 80 02 03 04")
        let events = feedWebSocket(fragments, role: .client, maxMessageBytes: 4).events
        #expect(events == [.ping(bytes("abc")), .message(.binary, [1, 2, 3, 4])])
        #expect(feedWebSocket(fragments, role: .client, maxMessageBytes: 3).events.last == .violation(.messageTooLarge))
    }

    /// The header alone is judged: no payload has to arrive first, and nothing is allocated for it.
    @Test func aLengthAboveTheLimitIsRefusedWithItsHeader() {
        let feed = feedWebSocket(hex("82 7f 00 00 00 7f ff ff ff ff"), role: .client, maxMessageBytes: 100)
        #expect(feed.events == [.violation(.messageTooLarge)])
    }

    @Test func noLimitIsNoOverflow() {
        let feed = feedWebSocket(hex("82 7f 7f ff ff ff ff ff ff ff 00"), role: .client, maxMessageBytes: .max)
        #expect(feed.events == [.violation(.messageTooLarge)])
        let large = feedWebSocket(hex("82 7f 3f ff ff ff ff ff ff ff 00"), role: .client, maxMessageBytes: .max)
        #expect(large.events.isEmpty && large.isMidMessage)
    }

    @Test func knowsWhenItIsInTheMiddle() {
        #expect(!feedWebSocket([], role: .client).isMidMessage)
        #expect(feedWebSocket(hex("81"), role: .client).isMidMessage)
        #expect(feedWebSocket(hex("81 02 61"), role: .client).isMidMessage)
        #expect(feedWebSocket(hex("01 01 61"), role: .client).isMidMessage)
        #expect(feedWebSocket(hex("01 01 61 89 00"), role: .client, cuts: .every(1)).isMidMessage)
        #expect(!feedWebSocket(hex("81 01 61"), role: .client, cuts: .every(1)).isMidMessage)
        #expect(!feedWebSocket(hex("83 00"), role: .client).isMidMessage)
    }

    @Test func aWholeFrameIsDeliveredWhereItStands() {
        var stream = hex("81 05 48 65 6c 6c 6f 8a 00")
        stream.withUnsafeMutableBytes { buffer in
            var receiver = WebSocketReceiver(role: .client, maxMessageBytes: 10)
            var input = buffer
            guard case .message(.text, let bytes) = receiver.next(&input) else {
                Issue.record("no message")
                return
            }
            #expect(bytes.baseAddress == buffer.baseAddress.map { UnsafeRawPointer($0) + 2 })
            #expect(input.count == 2)
        }
    }

    @Test(arguments: [UInt64(1), 2, 3]) func whatIsWrittenIsRead(_ seed: UInt64) {
        var generator = SeededGenerator(state: seed)
        for role in [WireRole.client, .server] {
            var stream: [UInt8] = []
            var wanted: [OwnedWebSocketEvent] = []
            for _ in 0..<25 {
                let length = [0, 1, 7, 125, 126, 127, 300, 65_535, 65_536].randomElement(using: &generator) ?? 0
                let payload = (0..<length).map { _ in UInt8.random(in: 0x20..<0x7F, using: &generator) }
                let opcode = [WebSocketOpcode.text, .binary, .ping].randomElement(using: &generator) ?? .text
                let mask: UInt32? = role == .server ? .random(in: .min ... .max, using: &generator) : nil
                let kept = opcode == .ping ? Array(payload.prefix(125)) : payload
                stream += Invariants.frame(opcode, kept, mask: mask)
                wanted.append(opcode == .ping ? .ping(kept) : .message(opcode, kept))
            }
            for cuts in [Cuts.whole, .every(1), .every(4096), .random(seed)] {
                #expect(feedWebSocket(stream, role: role, cuts: cuts).events == wanted)
            }
        }
    }
}
