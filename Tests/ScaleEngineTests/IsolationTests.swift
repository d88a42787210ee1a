import ScaleAnalysis
import ScaleCore
import ScaleTestKit
import Testing

@testable import ScaleEngine

extension LoopbackTests {
    /// Servers that bring one session to another's environment, as a balancer without affinity does.
    @Suite struct IsolationTests {
        private static let ours = "0123456789ab"
        private static let other = "ba9876543210"

        /// Two steps of a session with the benchmark's action: the hash and the step count of each of its answers.
        static func script(_ answers: [(hash: String, step: Int)], lasting span: Nanoseconds = .zero) -> [Act] {
            let course = answers.enumerated().flatMap { index, answer -> [Act] in
                [.frame] + (index == 0 ? [] : [.pause(span)]) + [.send(Wire.benchmark(hash: answer.hash, step: answer.step))]
            }
            return [.request, .upgrade()] + course + Course.farewell
        }

        static func proper(_ hash: String, lasting span: Nanoseconds = .zero) -> [Act] {
            script([(hash, 0), (hash, 1), (hash, 2)], lasting: span)
        }

        static func broken(_ phase: Phase, _ how: IsolationBreak) -> Ending { .failure(.protocolViolation, phase, how.rawValue) }

        /// The cell as it is stored.
        static func cell(
            _ scripts: [[Act]], sessions: Int = 1, lanes: Int = 1, action: ActionTemplate = .benchmark(wait: .zero)
        ) async throws -> (CellRecord, [Ending]) {
            let (outcome, _) = try await ScriptedPeer.following(scripts, lanes: lanes) { target in
                var spec = try spec(target, ScaleEngineTests.cell(.ws, sessions: sessions, steps: 2))
                spec.action = action
                return try await run(spec)
            }
            let cell = CellSummary.finish(outcome.recording, context: LimiterContext())
            return (cell.record, cell.sessions.map { Ending($0) })
        }

        struct Answers: Sendable, CustomStringConvertible {
            var description: String
            var answers: [(hash: String, step: Int)]
            var ending: Ending
        }

        static let cases = [
            Answers(description: "as it should be", answers: [(ours, 0), (ours, 1), (ours, 2)], ending: .success),
            Answers(description: "another hash in the step", answers: [(ours, 0), (other, 1)], ending: broken(.step, .hashChanged)),
            Answers(
                description: "another hash in a later step", answers: [(ours, 0), (ours, 1), (other, 2)],
                ending: broken(.step, .hashChanged)),
            Answers(
                description: "another hash and another count", answers: [(ours, 0), (other, 7)], ending: broken(.step, .hashChanged)),
            Answers(description: "a count that jumps", answers: [(ours, 0), (ours, 2)], ending: broken(.step, .stepCountJumped)),
            Answers(description: "a count that stays", answers: [(ours, 0), (ours, 0)], ending: broken(.step, .stepCountJumped)),
            Answers(
                description: "a count that falls", answers: [(ours, 0), (ours, 1), (ours, 0)], ending: broken(.step, .stepCountJumped)),
            Answers(description: "a count above 0 after the reset", answers: [(ours, 3)], ending: broken(.reset, .stepCountJumped)),
        ]

        @Test(arguments: cases) func oneSession(_ example: Answers) async throws {
            let (record, endings) = try await Self.cell([Self.script(example.answers)])
            #expect(endings == [example.ending])
            #expect(record.isolationBreaks == (example.ending == .success ? 0 : 1))
        }

        /// Each is served while the other is, and both get the same hash.
        @Test func twoLiveSessionsMayNotShareAHash() async throws {
            let long = Nanoseconds.milliseconds(300)
            let scripts = [
                Self.proper(Self.ours, lasting: long), Self.proper(Self.ours, lasting: long), Self.proper(Self.other, lasting: long),
            ]
            let (record, endings) = try await Self.cell(scripts, sessions: 3, lanes: 3)
            #expect(endings.count { $0 == .success } == 1)
            #expect(endings.count { $0 == Self.broken(.reset, .hashShared) } == 2)
            #expect(record.isolationBreaks == 2 && record.succeeded == 1 && record.failed == 2)
            #expect(record.verdict.evidence.contains("session hash shared by two live sessions"))
            #expect(record.latencies[.total]?.count == 1)
        }

        /// One connection after the other: the environment was free again.
        @Test func oneAfterTheOtherMay() async throws {
            let (record, endings) = try await Self.cell([Self.proper(Self.ours)], sessions: 3, lanes: 1)
            #expect(endings == [.success, .success, .success] && record.isolationBreaks == 0)
        }

        /// Another environment promises nothing about hashes and counts.
        @Test func anotherActionIsNotHeldToIt() async throws {
            let long = Nanoseconds.milliseconds(100)
            let scripts = [
                Self.proper(Self.ours, lasting: long), Self.script([(Self.ours, 5), (Self.other, 5), (Self.ours, 9)], lasting: long),
            ]
            let action = try ActionTemplate(#"{"move": 1}"#, wait: .zero)
            let (record, endings) = try await Self.cell(scripts, sessions: 2, lanes: 2, action: action)
            #expect(endings == [.success, .success] && record.isolationBreaks == 0)
        }
    }
}
