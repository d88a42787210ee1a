import ScaleCore
import Testing

@testable import ScaleProviders

@Suite struct PluginConversationTests {
    private typealias Action = PluginConversation.Action
    static let launch = PluginLaunch(
        launch: "sb-1", run: "r", labels: [:], options: ["zone": "a"], environment: [:], startupSeconds: 60)
    static let hello = #"{"type":"hello","protocol":1,"name":"x"}"#
    static let sweeping = #"{"type":"hello","protocol":1,"name":"x","abilities":["sweep","logs"]}"#
    static let ready = #"{"type":"ready","endpoints":[{"url":"http://127.0.0.1:1"}]}"#

    private func conversation(_ lines: String..., sweep: Bool = false) -> (PluginConversation, [Action]) {
        let purpose: PluginConversation.Purpose =
            sweep ? .sweep(PluginSweep(launch: "sb-1", resources: [], isDry: true)) : .launch(Self.launch)
        var conversation = PluginConversation(purpose, scalebench: "1")
        let actions = conversation.begin() + lines.flatMap { conversation.receive(($0 + "\n").utf8) }
        return (conversation, Array(actions.dropFirst()))
    }

    @Test func aLaunchFromHelloToStop() {
        var (talk, actions) = conversation(
            Self.sweeping, #"{"type":"progress","text":"pulling"}"#, #"{"type":"creating","resource":"box"}"#,
            #"{"type":"stage","stage":"create","replica":0}"#, #"{"type":"log","line":"l"}"#, Self.ready,
            #"{"type":"removed","resource":"box"}"#)
        #expect(
            actions == [
                .note(resource: nil), .send(.launch(Self.launch)), .progress("pulling"), .note(resource: "box"),
                .send(.noted(resource: "box")), .reached(.create, replica: 0), .log(level: "info", "l"), .crossOff(resource: "box"),
            ])
        #expect(talk.phase == .running && talk.ready?.replicas == 1 && talk.problem == nil)
        #expect(talk.askLogs(last: 5) == [.send(.logs(last: 5))])
        _ = talk.receive(#"{"type":"logs","lines":["a"]}"#.utf8 + [10])
        #expect(talk.logs == ["a"])
        #expect(talk.stop() == [.send(.stop)] && talk.stop() == [])
        #expect(talk.phase == .stopping && !talk.isSettled)
        _ = talk.receive(#"{"type":"stopped"}"#.utf8 + [10])
        #expect(talk.phase == .over && talk.isSettled && talk.stopped == .init())
    }

    /// A plug-in without abilities is neither noted as something to sweep nor asked for logs.
    @Test func whatItCannotItIsNotAskedFor() {
        var (talk, actions) = conversation(Self.hello, Self.ready)
        #expect(actions == [.send(.launch(Self.launch))] && talk.askLogs(last: 5) == [])
    }

    @Test func aSweep() {
        let (talk, actions) = conversation(Self.sweeping, #"{"type":"swept","found":["box 1"]}"#, sweep: true)
        #expect(actions == [.send(.sweep(PluginSweep(launch: "sb-1", resources: [], isDry: true)))])
        #expect(talk.swept == .init(found: ["box 1"]) && talk.phase == .over && !talk.hasLaunched)
    }

    static let problems: [([String], String)] = [
        (["garbage"], "said a line that is no JSON: 'garbage'"), ([#"{"type":"#], "said a line that is no JSON"),
        ([ready], "said something before its hello"), ([hello, hello], "said hello twice"),
        ([#"{"type":"hello","protocol":2,"name":"x"}"#], "speaks version 2 of the plug-in protocol, and this scalebench speaks version 1"),
        ([#"{"type":"failed","message":"no SDK"}"#], "says: no SDK"),
        ([hello, #"{"type":"failed","message":"no room"}"#], "says: no room"),
        ([hello, ready, ready], "said 'ready' when nobody waited for it"),
        ([hello, #"{"type":"stopped"}"#], "said 'stopped' without being asked to stop"),
        ([hello, #"{"type":"swept","found":[]}"#], "said 'swept' without being asked to sweep"),
        ([hello, #"{"type":"ended","state":"no capacity"}"#], "says that what it launched ended: no capacity"),
        (
            [hello, #"{"type":"creating","resource":"x"}"#],
            "said that it creates something that has to be swept, and not in its hello that it can sweep"
        ),
        ([#"{"type":"hello","protocol":1,"name":"x","options":[{"key":"size"}]}"#], "has no option 'zone'"),
        ([hello, String(repeating: "x", count: PluginLines.longest + 1)], "said a line that is longer than 1048576 bytes"),
    ]

    @Test(arguments: problems) func whatIsAgainstTheProtocolIsSaid(lines: [String], sentence: String) {
        var talk = PluginConversation(.launch(Self.launch), scalebench: "1")
        for line in lines { _ = talk.receive((line + "\n").utf8) }
        #expect(talk.problem?.sentence == sentence)
        // It is asked to stop all the same if it was asked to launch.
        #expect(talk.stop() == (talk.hasLaunched ? [.send(.stop)] : []))
    }

    @Test func theFirstProblemIsKept() {
        let (talk, _) = conversation(Self.hello, "first", "second", #"{"type":"failed","message":"third"}"#)
        #expect(talk.problem?.sentence == "said a line that is no JSON: 'first'")
    }

    @Test func whatIsUnknownIsPassedOver() {
        let (talk, actions) = conversation(#"{"type":"dance"}"#, Self.hello, "", " ", #"{"type":"ready2"}"#, Self.ready)
        #expect(talk.phase == .running && talk.problem == nil)
        #expect(actions.count == 3)
    }

    static let deaths: [([String], String?)] = [
        ([], "ended with exit status 1 before it said hello"), ([hello], "ended with exit status 1 before it was ready"),
        ([hello, ready], "ended with exit status 1"), ([hello, #"{"type":"failed","message":"m"}"#], "says: m"),
    ]

    @Test(arguments: deaths) func itsDeathIsAProblem(lines: [String], sentence: String?) {
        var talk = PluginConversation(.launch(Self.launch), scalebench: "1")
        for line in lines { _ = talk.receive((line + "\n").utf8) }
        talk.outputEnded()
        talk.processEnded("exit status 1")
        #expect(talk.problem?.sentence == sentence && talk.phase == .over && talk.isSettled && talk.stop() == [])
    }

    @Test func theEndAfterStoppingIsNone() {
        var (talk, _) = conversation(Self.hello, Self.ready)
        _ = talk.stop()
        // An answer to the launch that crosses the request is none to that.
        _ = talk.receive(#"{"type":"failed","message":"m"}"#.utf8 + [10])
        #expect(talk.phase == .stopping && talk.problem == nil && talk.stopped == nil)
        _ = talk.receive(#"{"type":"stopped","left":"box"}"#.utf8 + [10])
        talk.processEnded("exit status 0")
        #expect(talk.problem == nil && talk.stopped?.left == "box")
    }

    @Test func theServersEndIsSaidAtOnceAndExplainedLater() {
        var (talk, _) = conversation(Self.hello, Self.ready, #"{"type":"ended","state":"gone"}"#)
        #expect(talk.ended == .init(state: "gone", lines: []) && talk.problem == nil)
        _ = talk.receive(#"{"type":"ended","state":"gone","lines":["why"]}"#.utf8 + [10])
        _ = talk.receive(#"{"type":"ended","state":"other","lines":["not"]}"#.utf8 + [10])
        #expect(talk.ended == .init(state: "gone", lines: ["why"]))
    }

    /// What comes by chance, or a conversation with something changed by chance, ends in a problem or in none, the same
    /// however it is cut.
    @Test(arguments: 0..<300) func nothingThatItSaysBreaksIt(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        func pick(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }
        let lines = [
            Self.hello, Self.sweeping, Self.ready, #"{"type":"stopped"}"#, #"{"type":"creating","resource":"b"}"#,
            #"{"type":"logs","lines":["a"]}"#,
            #"{"type":"ended","state":"s","replica":4}"#, #"{"type":"stage","stage":"create"}"#, "\u{FF}", "",
        ]
        var bytes = (0..<(1 + pick(8))).flatMap { _ in Array((lines[pick(lines.count)] + "\n").utf8) }
        for _ in 0..<pick(4) { bytes[pick(bytes.count)] = UInt8(truncatingIfNeeded: random.next()) }
        var whole = PluginConversation(.launch(Self.launch), scalebench: "1")
        let actions = whole.receive(bytes)
        var cut = PluginConversation(.launch(Self.launch), scalebench: "1")
        let place = pick(bytes.count)
        #expect(cut.receive(bytes.prefix(place)) + cut.receive(bytes.dropFirst(place)) == actions)
        #expect(cut.problem == whole.problem && cut.phase == whole.phase && cut.ready == whole.ready)
        whole.processEnded("signal 9")
        #expect(whole.phase == .over && whole.problem != nil)
    }
}
