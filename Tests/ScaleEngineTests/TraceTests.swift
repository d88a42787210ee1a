import ScaleAnalysis
import ScaleCore
import ScaleReactor
import ScaleTestKit
import Testing

@testable import ScaleEngine

/// Files of recorded episodes, without sessions.
@Suite struct TraceFileTests {
    static func trace(_ text: String, _ timing: TraceTiming = .order) throws(ScaleError) -> Trace {
        var text = text
        let result = text.withUTF8 { bytes in
            Result { () throws(ScaleError) in try Trace(UnsafeRawBufferPointer(bytes), path: "t.jsonl", timing: timing) }
        }
        return try result.get()
    }

    static func written(_ trace: Trace, session: Int, step: Int) -> String {
        String(unsafeUninitializedCapacity: 1000) { trace.write(session: session, step: step, to: UnsafeMutableRawBufferPointer($0)) }
    }

    static let three = """
        {"start": 2, "reset": {"seed": 1}, "steps": [{"action": {"a": 1}, "at": 0.5}, {"action": {"a": 2}, "at": 0.75}]}

        {"start": 1, "steps": [{"action": {"b": 1}, "at": 0}]}
        \t\r
        {"start": 3, "steps": [{"action": {"c": 1}, "at": 1}, {"action": {}, "at": 1}, {"action": {"c": 3}, "at": 9}]}
        """

    @Test(arguments: TraceTiming.allCases) func sessionsPlayEpisodesInTurn(_ timing: TraceTiming) throws {
        let trace = try Self.trace(Self.three, timing)
        #expect(trace.count == 3 && trace.longest == 3)
        #expect((0..<5).map { trace.steps(of: $0) } == [2, 1, 3, 2, 1])
        #expect((0...2).map { Self.written(trace, session: 3, step: $0) } == [#"{"seed": 1}"#, #"{"a": 1}"#, #"{"a": 2}"#])
        #expect((0...1).map { Self.written(trace, session: 1, step: $0) } == ["{}", #"{"b": 1}"#])
        #expect((0...3).map { Self.written(trace, session: 2, step: $0) } == ["{}", #"{"c": 1}"#, "{}", #"{"c": 3}"#])
        guard timing == .original else { return }
        #expect((0..<4).map { trace.schedule(sessions: 4)[$0] } == [2, 1, 3, 2].map { .seconds($0) })
        #expect((1...3).map { trace.time(session: 5, step: $0) } == [1, 1, 9].map { .seconds($0) })
        #expect((1...2).map { trace.time(session: 0, step: $0) } == [0.5, 0.75].map { .seconds($0) })
    }

    @Test func everyByteIsInTheFingerprint() throws {
        let prints = try [Self.three, Self.three + "\n", Self.three.replacing("9", with: "8")].map { try Self.trace($0).fingerprint }
        #expect(Set(prints).count == 3)
        #expect(try Self.trace(Self.three, .original).fingerprint == prints[0])
    }

    /// The head is the target's, the body the trace's.
    @Test func bodiesOfCalls() throws {
        let target = LoadTarget(
            endpoint: Endpoint(secure: false, host: "h", port: 80), address: try SocketAddress.resolve(host: "127.0.0.1", port: 80)[0])
        var requests = RequestFactory(
            targets: [target], action: .benchmark(wait: .zero), trace: try Self.trace(Self.three), seed: 1)
        func split(_ bytes: UnsafeRawBufferPointer) -> [String] {
            String(decoding: bytes, as: UTF8.self).split(separator: "\r\n\r\n").map(String.init)
        }
        let reset = split(requests.reset(0, session: 0))
        #expect(reset.count == 2 && reset[0].hasPrefix("POST /reset ") && reset[0].hasSuffix("Content-Length: 11"))
        #expect(reset.last == #"{"seed": 1}"#)
        let step = split(requests.step(0, step: 2, session: 3, wait: .zero))
        #expect(step.count == 2 && step[0].hasPrefix("POST /step ") && step[0].hasSuffix("Content-Length: 19"))
        #expect(step.last == #"{"action":{"a": 2}}"#)
    }

    @Test(
        arguments: [
            ("", .order, "--trace t.jsonl has no episodes"), ("\n \n", .order, "--trace t.jsonl has no episodes"),
            ("{\"steps\":[{\"action\":{}}]}\n\n{]", .order, "--trace t.jsonl: line 3 is not valid JSON"),
            (#"{"steps":[{"action":1}]}"#, .order, #"--trace t.jsonl: line 1 has an "action" in step 1 that is not an object"#),
            (
                #"{"steps":[{"action":{},"at":1}]}"#, .original,
                #"--trace t.jsonl: line 1 has no "start", which --trace-timing original needs"#
            ),
            (
                #"{"start":0,"steps":[{"action":{},"at":1},{"action":{}}]}"#, .original,
                #"--trace t.jsonl: line 1 has no "at" in step 2, which --trace-timing original needs"#
            ),
        ] as [(String, TraceTiming, String)])
    func isRefused(_ text: String, _ timing: TraceTiming, _ sentence: String) {
        let error = #expect(throws: ScaleError.self) { try Self.trace(text, timing) }
        #expect(error?.message == sentence && error?.code == .usage && error?.hint != nil)
    }
}

extension LoopbackTests {
    /// Recorded episodes on real sockets.
    @Suite struct TraceTests {
        static let text = """
            {"start": 0.2, "reset": {"seed": 1}, "steps": [{"action": {"a": 1}, "at": 0.1}, {"action": {"a": 2}, "at": 0.2}]}
            {"start": 0, "steps": [{"action": {"b": 1}, "at": 0.05}]}
            """

        @Test func everythingIsSentAsRecorded() async throws {
            let (outcome, log) = try await ScriptedPeer.following([
                [
                    .request, .upgrade(), .frame, .send(Wire.observation), .frame, .send(Wire.observation), .frame,
                    .send(Wire.observation),
                ] + WebSocketPeerTests.farewell
            ]) { target in
                var spec = try spec(target, cell(.ws, sessions: 1, steps: 2))
                spec.trace = try TraceFileTests.trace(Self.text)
                return try await run(spec)
            }
            #expect(outcome.recording.sessions.allSatisfy { $0.stepsDone == 2 })
            #expect(
                log.frames.prefix(3).map(\.payload) == [
                    #"{"type":"reset","data":{"seed": 1}}"#, #"{"type":"step","data":{"a": 1}}"#, #"{"type":"step","data":{"a": 2}}"#,
                ])
        }

        func recording(_ text: String, _ timing: TraceTiming, sessions: Int, threads: Int = 1, mode: Mode = .ws) async throws
            -> CellRecording
        {
            try await EnvironmentTests.serving { target in
                let trace = try TraceFileTests.trace(text, timing)
                var spec = try spec(target, cell(mode, sessions: sessions, steps: trace.longest))
                spec.trace = trace
                spec.threads = threads
                return try await run(spec)
            }.recording
        }

        /// Two steps that wait 20 ms and 5 ms, and one of 300 ms in front of a step that is due after 50 ms.
        static let waits = """
            {"start": 0.15, "steps": [{"action": {"wait_seconds": 0.02}, "at": 0.1}, {"action": {"wait_seconds": 0.005}, "at": 0.2}]}
            {"start": 0.05, "steps": [{"action": {"wait_seconds": 0.3}, "at": 0}, {"action": {"wait_seconds": 0}, "at": 0.05}]}
            """

        @Test(arguments: [Mode.ws, .http], [1, 3]) func originalTiming(_ mode: Mode, _ threads: Int) async throws {
            // A busy machine only adds to what passes: one cell in which it adds little is enough.
            #expect(
                try await eventually {
                    let recording = try await recording(Self.waits, .original, sessions: 6, threads: threads, mode: mode)
                    return try Self.wasInTime(recording)
                }, "the second step was never sent when it was due")
        }

        /// Whether a second step followed its time, and not the answer before it.
        private static func wasInTime(_ recording: CellRecording) throws -> Bool {
            var least = [Nanoseconds.seconds(3_600), .seconds(3_600)]
            #expect(recording.sessions.map(\.intendedStart) == (0..<6).map { .seconds($0 % 2 == 0 ? 0.15 : 0.05) })
            for session in recording.sessions {
                #expect(Ending(session) == .success && session.stepsDone == 2)
                let last = try #require(session.lastStepAt) - session.intendedStart
                // In time: the second step is sent at 200 ms. Late: when the first has been answered.
                #expect(last >= .seconds(session.session % 2 == 0 ? 0.205 : 0.3))
                least[session.session % 2] = min(least[session.session % 2], last)
                #expect(try #require(session.lag) >= .zero)
            }
            // Those three, and what a busy machine adds.
            let late = try #require(recording.lateSteps)
            #expect(late >= 3)
            return late < 12 && least[0] < .seconds(0.3) && least[1] < .seconds(0.4)
        }

        @Test(arguments: [1, 3]) func inOrder(_ threads: Int) async throws {
            let recording = try await recording(Self.waits, .order, sessions: 5, threads: threads)
            #expect(recording.sessions.allSatisfy { Ending($0) == .success && $0.intendedStart == .zero && $0.stepsDone == 2 })
            #expect(recording.sessions.map { ($0.waited ?? .zero) >= .milliseconds(250) } == [false, true, false, true, false])
            #expect(recording.lateSteps == nil)
        }

        /// Episodes of unequal length in lock-step: the short ones leave.
        @Test func aBatchOfEpisodes() async throws {
            let text = #"{"steps": [{"action": {"wait_seconds": 0}}, {"action": {"wait_seconds": 0}}, {"action": {"wait_seconds": 0}}]}"#
            let outcome = try await EnvironmentTests.serving { target in
                var spec = try spec(target, cell(.ws, sessions: 6, steps: 3))
                spec.trace = try TraceFileTests.trace(text + "\n" + #"{"steps": [{"action": {"wait_seconds": 0}}]}"#)
                spec.pacing = .lockstep
                spec.threads = 3
                return try await run(spec)
            }
            #expect(outcome.recording.sessions.allSatisfy { $0.succeeded })
            #expect(outcome.recording.rounds.map(\.sessions) == [6, 3, 3])
        }
    }
}
