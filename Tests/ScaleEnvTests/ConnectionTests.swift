import ScaleCore
import ScaleWire
import Testing

@testable import ScaleEnv

/// One conversation: what the client sends and what it hears.
struct Exchange: CustomTestStringConvertible, Sendable {
    var name: String
    var sent: [UInt8]
    var said: [Said]
    var outlook = Outlook.open
    /// Sessions the worker admits, none of them taken.
    var limit: Int?

    var testDescription: String { name }

    init(_ name: String, _ sent: [[UInt8]], _ said: [Said], _ outlook: Outlook = .open, limit: Int? = nil) {
        self.name = name
        self.sent = sent.flatMap { $0 }
        self.said = said
        self.outlook = outlook
        self.limit = limit
    }

    /// An observation of the session `ordinal` as the bundled environment writes it.
    static func observation(_ steps: Int, waited: String = "0.0", reward: String = "null", session: UInt64 = 1) -> String {
        #"{"observation":{"metadata":{},"waited_seconds":\#(waited),"pid":77,"session_hash":"\#(SessionID(ordinal: session).text)","#
            + #""host_url":"env:8000","step_count":\#(steps)},"reward":\#(reward),"done":false"#
    }

    static func message(_ steps: Int, waited: String = "0.0", reward: String = "null") -> Said {
        .text(#"{"type":"observation","data":"# + observation(steps, waited: waited, reward: reward) + "}}")
    }

    static func body(_ steps: Int, waited: String = "0.0", reward: String = "null", session: UInt64) -> Said {
        .http(200, observation(steps, waited: waited, reward: reward, session: session) + #","metadata":null}"#)
    }

    static func error(_ code: String, _ message: String, _ more: String = "") -> Said {
        .text(#"{"type":"error","data":{"message":"\#(message)","code":"\#(code)"\#(more)}}"#)
    }
}

@Suite struct ConnectionTests {
    @Test("whole, in two pieces wherever cut, and byte by byte", arguments: Exchange.webSocket + Exchange.http)
    func exchange(_ exchange: Exchange) {
        expect(exchange, [exchange.sent])
        expect(exchange, exchange.sent.map { [$0] })
        for cut in 1..<exchange.sent.count { expect(exchange, [Array(exchange.sent[..<cut]), Array(exchange.sent[cut...])]) }
    }

    func expect(_ exchange: Exchange, _ pieces: [[UInt8]]) {
        var conversation = Conversation(limit: exchange.limit)
        conversation.send(pieces)
        conversation.finish()
        let (said, outlook, active) = (conversation.said, conversation.outlook, conversation.worker.admission.active)
        let sizes = pieces.map(\.count)
        #expect(said == exchange.said, "\(sizes)")
        #expect(outlook == exchange.outlook, "\(sizes)")
        #expect(active == (exchange.outlook == .open && exchange.said.first == .upgraded ? 1 : 0), "\(sizes)")
    }

    @Test func aStepIsAnsweredWhenItsTimeHasCome() {
        var conversation = Conversation()
        conversation.send([Client.upgrade, Client.step("0.5")])
        let (before, outlook) = (conversation.said, conversation.outlook)
        #expect(before == [.upgraded])
        #expect(outlook == .wait(.milliseconds(500)))
        conversation.answer()
        let after = conversation.said
        #expect(after == [.upgraded, Exchange.message(1, waited: "0.501", reward: "0.666666667")])
    }

    @Test func pingsAreAnsweredWhileAStepIsUnderWay() {
        var conversation = Conversation()
        conversation.send([Client.upgrade, Client.step("1"), Client.frame(.ping, [0x61])])
        let (said, outlook) = (conversation.said, conversation.outlook)
        #expect(said == [.upgraded, .pong("a")])
        #expect(outlook == .waiting)
    }

    @Test func aCloseFrameEndsTheStepUnderWay() {
        var conversation = Conversation()
        conversation.send([Client.upgrade, Client.step("1"), Client.close(1001)])
        let (said, outlook, active) = (conversation.said, conversation.outlook, conversation.worker.admission.active)
        #expect(said == [.upgraded, .close(1001)])
        #expect(outlook == .closed)
        #expect(active == 0)
    }

    @Test func aRequestBehindAStepIsLeftForLater() {
        var conversation = Conversation()
        conversation.send([Client.upgrade, Client.step("1") + Client.step("0") + Client.frame(.ping, [])])
        let (said, wants) = (conversation.said, conversation.connection.wantsInput)
        #expect(said == [.upgraded])
        #expect(!wants)
        conversation.answer()
        let all = conversation.said
        #expect(
            all == [.upgraded, Exchange.message(1, waited: "1.001", reward: "0.5"), Exchange.message(2, reward: "1.0"), .pong("")])
    }

    @Test func aServerThatStopsSaysGoingAway() {
        var conversation = Conversation()
        conversation.send([Client.upgrade, Client.step("1")])
        conversation.stop()
        let (said, outlook, active) = (conversation.said, conversation.outlook, conversation.worker.admission.active)
        #expect(said == [.upgraded, .close(1001)])
        #expect(outlook == .closing)
        #expect(active == 0)
        conversation.receive(Client.close(1001))
        let end = conversation.outlook
        #expect(end == .closed)
    }

    @Test func anIdleHTTPConnectionIsJustClosed() {
        var conversation = Conversation()
        conversation.stop()
        let (said, outlook) = (conversation.said, conversation.outlook)
        #expect(said == [])
        #expect(outlook == .closed)
    }

    @Test func aFullServerRefusesAfterTheHandshake() {
        var conversation = Conversation(limit: 2, taken: 2)
        conversation.send([Client.upgrade, Client.reset()])
        let (said, outlook, active) = (conversation.said, conversation.outlook, conversation.worker.admission.active)
        let text = "Server at capacity: 2/2 sessions active. Cannot accept new connections."
        #expect(
            said == [
                .upgraded, Exchange.error("CAPACITY_REACHED", text, #","active_sessions":2,"max_sessions":2"#), .close(1000),
            ])
        #expect(outlook == .closing)
        #expect(active == 2)
    }

    @Test func httpTakesNoSlot() {
        var conversation = Conversation(limit: 1, taken: 1)
        conversation.send([Client.request("POST", "/reset")])
        let said = conversation.said
        #expect(said == [Exchange.body(0, session: 1)])
    }

    @Test(
        "what the environment says of itself is JSON",
        arguments: [
            ("/metadata", ["name", "description", "readme_content", "version", "author", "documentation_url"]),
            ("/schema", ["action", "observation", "state", "reset_observation"]),
        ])
    func description(path: String, members: [String]) throws {
        var conversation = Conversation()
        conversation.send([Client.request("GET", path)])
        guard case .http(200, var body) = conversation.said.first else {
            Issue.record("no answer")
            return
        }
        var names: [String] = []
        body.withUTF8 { bytes in
            var reader = JSONValue.parse(UnsafeRawBufferPointer(bytes)).flatMap { JSONObjectReader($0) }
            while case .member(let key, _) = reader?.next() { names.append(key.string ?? "?") }
        }
        #expect(names == members)
    }

    @Test func aMessageAboveTheLimitIsRefused() {
        var conversation = Conversation()
        // Only the header: the length alone decides.
        conversation.send([Client.upgrade, [0x81, 0xFF, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0]])
        let (said, outlook) = (conversation.said, conversation.outlook)
        #expect(said == [.upgraded, .close(1009)])
        #expect(outlook == .closing)
    }
}
