import ScaleCore
import ScaleReactor
import ScaleWire
import Testing

@testable import ScaleEnv

@Suite struct EnvironmentServerTests {
    /// Runs blocking clients on a thread of their own.
    @discardableResult
    static func serving<Result: Sendable>(
        cap: Int? = nil, patience: Nanoseconds = .seconds(5), _ clients: @escaping @Sendable (UInt16) throws -> Result
    ) async throws -> Result {
        var configuration = EnvironmentConfiguration(port: 0, maxConcurrentEnvs: cap)
        configuration.patience = patience
        return try await EnvironmentServer.serving(configuration) { port in
            try await ReactorThread.run { Swift.Result { try clients(port) } }.get()
        }
    }

    /// A number in an answer, by its name.
    static func number(_ name: String, _ said: Said) -> Double? {
        let parts = said.description.split(separator: "\"\(name)\":", maxSplits: 1)
        return parts.count == 2 ? Double(parts[1].prefix { !",}".contains($0) }) : nil
    }

    static func text(_ name: String, _ said: Said) -> String? {
        let parts = said.description.split(separator: "\"\(name)\":\"", maxSplits: 1)
        return parts.count == 2 ? String(parts[1].prefix { $0 != "\"" }) : nil
    }

    @Test func anEpisode() async throws {
        try await Self.serving { port in
            let session = try TestClient.session(port)
            let reset = try session.ask(Client.reset())
            #expect(Self.number("step_count", reset) == 0)
            #expect(Self.number("pid", reset) == Double(ThisProcess.pid))
            #expect(Self.text("host_url", reset) == "127.0.0.1:\(port)")
            let step = try session.ask(Client.step("0"))
            #expect(Self.number("step_count", step) == 1)
            #expect(Self.text("session_hash", step) == Self.text("session_hash", reset))
            let other = try TestClient.session(port).ask(Client.reset())
            #expect(Self.text("session_hash", other) != Self.text("session_hash", reset))
            try session.send(Client.text(#"{"type":"close"}"#))
            #expect(try session.next() == .close(1000))
            try session.send(Client.close(1000))
            #expect(try session.rest() == [])
        }
    }

    @Test func aWaitHoldsUpNobodyElse() async throws {
        try await Self.serving { port in
            let (slow, quick) = (try TestClient.session(port), try TestClient.session(port))
            let start = MonotonicClock.now()
            let waited = try #require(Self.number("waited_seconds", try slow.ask(Client.step("0.3"))))
            #expect(waited >= 0.3 && waited <= (MonotonicClock.now() - start).seconds)
            // Longer than a client listens.
            try slow.send(Client.step("80000"))
            for _ in 0..<100 { #expect(Self.number("waited_seconds", try quick.ask(Client.step("0"))) == 0) }
        }
    }

    @Test func requestsSentAtOnceAreAnsweredInOrder() async throws {
        try await Self.serving { port in
            let session = try TestClient.session(port)
            try session.send(
                Client.step("0.02"), Client.step("0"), Client.step("0.01"), Client.frame(.ping, [0x61]), Client.reset(),
                Client.text(#"{"type":"close"}"#))
            let said = try (0..<6).map { _ in try session.next() }
            #expect(said.map { Self.number("step_count", $0) } == [1, 2, 3, nil, 0, nil])
            #expect(said[3] == .pong("a"))
            #expect(said[5] == .close(1000))
        }
    }

    @Test func bytesBehindAStepAreNotLost() async throws {
        try await Self.serving { port in
            let session = try TestClient.session(port)
            try session.send(Client.step("0.02"))
            // More than the server reads at once, sent while it waits.
            let message = Client.text(#"{"type":"state"}"# + String(repeating: " ", count: 5_000))
            for _ in 0..<40 { try session.send(message) }
            #expect(Self.number("step_count", try session.next()) == 1)
            for _ in 0..<40 { #expect(Self.number("step_count", try session.next()) == 1) }
        }
    }

    enum Ending: String, CaseIterable, Sendable {
        case closeMessage, closeFrame, finished, dropped, reset, violation, binary
        case droppedInStep, resetInStep, closeFrameInStep, droppedBehindRequests

        func end(_ client: TestClient) throws {
            if [.droppedInStep, .resetInStep, .closeFrameInStep].contains(self) { try client.send(Client.step("1000")) }
            if self == .droppedBehindRequests { try client.send(Client.step("1000"), Client.step("0"), Client.reset()) }
            switch self {
            case .closeMessage: try client.send(Client.text(#"{"type":"close"}"#))
            case .closeFrame, .closeFrameInStep: try client.send(Client.close(1000))
            case .finished: client.finishSending()
            case .dropped, .droppedInStep, .droppedBehindRequests: client.close()
            case .reset, .resetInStep: client.close(reset: true)
            case .violation: try client.send([0xFF, 0xFF])
            case .binary: try client.send(Client.frame(.binary, [1]))
            }
        }
    }

    @Test("a slot is free again, however its session ended", arguments: Ending.allCases)
    func slotIsFreed(ending: Ending) async throws {
        try await Self.serving(cap: 1) { port in
            let first = try TestClient.session(port)
            #expect(Self.number("step_count", try first.ask(Client.reset())) == 0)
            let refused = try TestClient.session(port)
            #expect(Self.text("code", try refused.ask(Client.reset())) == "CAPACITY_REACHED")
            #expect(try refused.next() == .close(1000))
            try ending.end(first)
            try Self.expectAdmission(port)
        }
    }

    /// A slot is free: at the latest after a few connections, since an end is seen only when its bytes are read.
    static func expectAdmission(_ port: UInt16) throws {
        for _ in 0..<200 where number("step_count", try TestClient.session(port).ask(Client.reset())) == 0 { return }
        Issue.record("no slot is free")
    }

    @Test func aRefusedClientThatStaysIsCutOffAndHoldsNoSlot() async throws {
        try await Self.serving(cap: 1, patience: .milliseconds(50)) { port in
            let first = try TestClient.session(port)
            let refused = try TestClient.session(port)
            #expect(Self.number("active_sessions", try refused.next()) == 1)
            first.close()
            try Self.expectAdmission(port)
            #expect(try refused.rest() == [.close(1000)])
        }
    }

    @Test func httpKeepsTheConnection() async throws {
        try await Self.serving(cap: 1) { port in
            let session = try TestClient.session(port)
            let client = try TestClient(port)
            #expect(try client.ask(Client.request("GET", "/health")) == .http(200, #"{"status":"healthy"}"#))
            let start = MonotonicClock.now()
            let step = try client.ask(Client.request("POST", "/step", #"{"action":{"wait_seconds":0.02}}"#))
            #expect(MonotonicClock.now() - start >= .milliseconds(20))
            #expect(try #require(Self.number("waited_seconds", step)) >= 0.02)
            let reset = try client.ask(Client.request("POST", "/reset", "{}"))
            #expect(Self.text("session_hash", reset) != Self.text("session_hash", step))
            #expect(try client.ask(Client.request("GET", "/nothing")) == .http(404, #"{"detail":"Not Found"}"#))
            try client.send(Client.request("GET", "/health", fields: "Connection: close\r\n"))
            #expect(try client.rest() == [.http(200, #"{"status":"healthy"}"#)])
            #expect(Self.number("step_count", try session.ask(Client.reset())) == 0)
        }
    }

    @Test func anHTTPClientThatFinishedSendingIsAnswered() async throws {
        try await Self.serving { port in
            let client = try TestClient(port)
            try client.send(Client.request("POST", "/step", #"{"action":{"wait_seconds":0.02}}"#))
            client.finishSending()
            let said = try client.rest()
            #expect(said.map { Self.number("step_count", $0) } == [1])
        }
    }

    @Test func aClientThatDoesNotReadIsNotForgotten() async throws {
        try await Self.serving { port in
            let client = try TestClient(port)
            let request = Client.request("GET", "/schema")
            // The answers are many times the request: more than the sockets hold.
            var sent = 0
            while sent < 20_000, (try? client.send(request)) != nil { sent += 1 }
            #expect(sent > 1_000)
            for _ in 0..<sent {
                guard case .http(200, _) = try client.next() else {
                    Issue.record("not an answer")
                    return
                }
            }
        }
    }

    @Test func stoppingTellsEverySession() async throws {
        let sessions = try await Self.serving(patience: .milliseconds(50)) { port in
            let sessions = try (0..<3).map { _ in try TestClient.session(port) }
            for session in sessions { _ = try session.ask(Client.reset()) }
            try sessions[0].send(Client.step("1000"))
            // They answer the close frame by going, which the server need not wait for.
            for session in sessions.dropFirst() { session.finishSending() }
            return sessions
        }
        #expect(try sessions[0].rest() == [.close(1001)])
    }

    @Test func aTakenPortIsSaidSo() async throws {
        try await EnvironmentServer.serving(EnvironmentConfiguration(port: 0)) { port in
            do {
                try await EnvironmentServer.serving(EnvironmentConfiguration(port: port)) { _ in }
                Issue.record("two servers on one port")
            } catch let error as ScaleError {
                #expect(error.code.exitStatus == 5)
                #expect(error.message == "cannot listen on 127.0.0.1:\(port)")
            }
        }
    }
}
