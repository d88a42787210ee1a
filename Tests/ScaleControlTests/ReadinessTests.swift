import ScaleControl
import ScaleCore
import ScaleTestKit
import Synchronization
import Testing

@Suite struct ReadinessTests {
    let readiness = Readiness(resource: "local server", deadline: .seconds(30))
    let clock = ManualClock()

    @Test(arguments: [0, 1, 7, 59]) func itLooksUntilTheServiceAnswers(failures: Int) async throws {
        var looks = 0
        let took = try await readiness.wait(
            clock: clock,
            probe: {
                looks += 1
                return looks > failures ? .ready : .notYet("refused")
            })
        #expect(looks == failures + 1)
        #expect(took == .milliseconds(Int64(failures) * 500))
    }

    @Test func theDeadlineEndsItWithTheLastAnswer() async {
        var looks = 0
        let error = await #expect(throws: ScaleError.self) {
            try await readiness.wait(
                clock: clock,
                probe: {
                    looks += 1
                    return .notYet("GET http://h/health was answered 50\(looks % 2)")
                })
        }
        #expect(error?.code == .infrastructure)
        #expect(error?.message == "local server was not ready within 30 s")
        #expect(error?.cause == "GET http://h/health was answered 501")
        #expect(looks == 61)
        #expect(clock.now == MonotonicTime(nanoseconds: 30_000_000_000))
    }

    @Test func aSlowProbeCannotStretchTheDeadline() async {
        let clock = clock
        await #expect(throws: ScaleError.self) {
            try await readiness.wait(
                clock: clock,
                probe: {
                    clock.advance(.seconds(20))
                    return .notYet("slow")
                })
        }
        #expect(clock.now <= MonotonicTime(nanoseconds: 41_000_000_000))
    }

    @Test func aTerminalStateStopsAtOnceWithTheLastLines() async {
        var looks = 0
        var states = 0
        let error = await #expect(throws: ScaleError.self) {
            try await readiness.wait(
                clock: clock,
                probe: {
                    looks += 1
                    return .notYet("refused")
                },
                terminal: {
                    states += 1
                    return states == 3 ? .init(state: "exited with 1", lastLines: ["Traceback", "no module"]) : nil
                })
        }
        #expect(error?.code == .infrastructure)
        #expect(error?.message == "local server ended before it was ready: exited with 1")
        #expect(error?.cause == "Traceback\nno module")
        #expect(looks == 8, "four looks at the service for each look at the state")
        #expect(clock.now == MonotonicTime(nanoseconds: 4_000_000_000))
    }

    @Test func aDeathAtTheDeadlineIsTheReason() async {
        var states = 0
        let readiness = Readiness(
            resource: "job", deadline: .seconds(1), interval: .seconds(1), stateInterval: .seconds(100))
        let error = await #expect(throws: ScaleError.self) {
            try await readiness.wait(
                clock: clock, probe: { .notYet("refused") },
                terminal: {
                    states += 1
                    return states == 2 ? .init(state: "ERROR") : nil
                })
        }
        #expect(error?.message == "job ended before it was ready: ERROR")
        #expect(error?.cause == nil)
    }

    @Test func cancellationIsAnInterruption() async {
        let (readiness, clock) = (readiness, clock)
        let wait = Task { () -> ScaleError.Code? in
            withUnsafeCurrentTask { $0?.cancel() }
            do throws(ScaleError) { try await readiness.wait(clock: clock, probe: { .ready }) } catch {
                return error.code
            }
            return nil
        }
        #expect(await wait.value == .interrupted)
    }
}
