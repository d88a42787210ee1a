import ScaleCore
import ScaleReactor
import Testing

@testable import ScaleEnv

/// What a client sees of each fault, over loopback.
@Suite struct DisturbedServerTests {
    static func serving(
        _ faults: String..., stepCPU: Nanoseconds = .zero, _ clients: @escaping @Sendable (UInt16) throws -> Void
    ) async throws {
        let configuration = EnvironmentConfiguration(
            port: 0, maxConcurrentEnvs: 1, stepCPU: stepCPU,
            faults: try FaultPlan(faults, seed: 3, source: "--fault"))
        try await EnvironmentServer.serving(configuration) { port in
            try await ReactorThread.run { Result { try clients(port) } }.get()
        }
    }

    static let step = Client.request("POST", "/step", #"{"action":{"wait_seconds":0.01}}"#)

    @Test("the session is over without an answer, and its slot is free", arguments: ["drop=100%", "half-frame=100%"])
    func endsInStep(fault: String) async throws {
        try await Self.serving(fault) { port in
            let session = try TestClient.session(port)
            #expect(EnvironmentServerTests.number("step_count", try session.ask(Client.reset())) == 0)
            try session.send(Client.step("0.01"))
            #expect(try session.rest() == [])
            try EnvironmentServerTests.expectAdmission(port)
            let call = try TestClient(port)
            try call.send(Self.step)
            #expect(try call.rest() == [])
        }
    }

    @Test func aCloseFrameInsteadOfAnAnswer() async throws {
        try await Self.serving("close-1011=100%") { port in
            let session = try TestClient.session(port)
            _ = try session.ask(Client.reset())
            #expect(try session.ask(Client.step("0")) == .close(1011))
            #expect(try TestClient(port).ask(Self.step) == .http(500, "Internal Server Error"))
        }
    }

    @Test func aResetThatFailsLeavesTheSessionOpen() async throws {
        try await Self.serving("reset-error=100%") { port in
            let session = try TestClient.session(port)
            #expect(EnvironmentServerTests.text("code", try session.ask(Client.reset())) == "EXECUTION_ERROR")
            #expect(EnvironmentServerTests.number("step_count", try session.ask(Client.step("0"))) == 1)
            let call = try TestClient(port)
            #expect(try call.ask(Client.request("POST", "/reset", "{}")) == .http(500, "Internal Server Error"))
        }
    }

    @Test(
        "a step takes longer",
        arguments: [("slow-step=50ms@100%", 0.01, 0.06), ("slowdown=100%", 0.05, 0.1)])
    func slower(fault: String, wait: Double, least: Double) async throws {
        try await Self.serving(fault) { port in
            let session = try TestClient.session(port)
            let waited = EnvironmentServerTests.number("waited_seconds", try session.ask(Client.step("\(wait)")))
            #expect(try #require(waited) >= least)
        }
    }

    @Test func workIsRealAndComesBeforeTheWait() async throws {
        try await Self.serving("slowdown=50%", stepCPU: .milliseconds(20)) { port in
            let session = try TestClient.session(port)
            let (start, before) = (MonotonicClock.now(), HostClock.processCPU())
            let answer = try session.ask(Client.step("0.02"))
            #expect(HostClock.processCPU() - before >= .milliseconds(30))
            #expect(MonotonicClock.now() - start >= .milliseconds(50))
            #expect(try #require(EnvironmentServerTests.number("waited_seconds", answer)) >= 0.02)
        }
    }

    @Test func nothingIsAcceptedWhileTheStartStalls() async throws {
        // The stall begins later than this, so that the client cannot be too late to see all of it.
        let start = MonotonicClock.now()
        try await Self.serving("stall-accept=300ms") { port in
            let session = try TestClient.session(port)
            #expect(MonotonicClock.now() - start >= .milliseconds(300))
            #expect(EnvironmentServerTests.number("step_count", try session.ask(Client.reset())) == 0)
        }
    }
}
