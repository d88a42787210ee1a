import ScaleAnalysis
import ScaleCore
import ScaleReactor
import ScaleTLS
import ScaleTestKit
import ScaleWire
import Testing

@testable import ScaleEngine

extension LoopbackTests {
    /// Every hostile peer of the table against whole cells.
    @Suite(.patience(minutes: 1)) struct HostileTests {
        @Test(arguments: Hostile.table) func endsAsTheTableSays(_ peer: PeerCase) async throws {
            let before = try Descriptors.now()
            let (outcome, log, port) = try await Self.run(peer)
            #expect(Self.complaints(peer, outcome.recording).isEmpty, "surprises of the peer: \(log.surprises)")
            let record = CellSummary.finish(outcome.recording, context: LimiterContext()).record
            #expect(record.succeeded + record.failed == peer.sessions && record.isolationBreaks == 0)
            #expect(try Descriptors.left(beyond: before, port: port) == [])
        }

        /// What does not go by the table.
        static func complaints(_ peer: PeerCase, _ recording: CellRecording) -> [String] {
            var found = recording.sessions.count == peer.sessions ? [] : ["\(recording.sessions.count) sessions"]
            for session in recording.sessions {
                let ending = Ending(session)
                if !peer.endings.contains(ending) { found.append("\(session.session): \(ending)") }
                if session.succeeded != (ending == .success) { found.append("\(session.session): neither failed nor succeeded") }
                if session.endedAt.map({ $0 > recording.wall }) ?? true { found.append("\(session.session): has no end") }
            }
            return found
        }

        static let wrong: [(PeerCase, Ending)] = [
            (PeerCase("a good one", [Course.good], .success), .failure(.timeout, .connect)),
            (PeerCase("a refusal", [[.request, .send(Wire.response(403)), .untilEnd]], .failure(.httpStatus, .connect, 403)), .success),
            (
                PeerCase("a close", [Course.stepAnswered(Wire.close(1011))], .failure(.closedMidSession, .step, 1011)),
                .failure(.closedMidSession, .step, 1001)
            ),
            (
                PeerCase("an RST", [Course.opened + [.frame, .reset]], .failure(.closedMidSession, .reset, 104)),
                .failure(.reset, .reset, 104)
            ),
            (
                PeerCase("no JSON", [Course.stepAnswered(Wire.text("?"))], .violation(.step, .notJSON)),
                .violation(.step, .notAnObject)
            ),
        ]

        /// Guards the table against a judge that passes everything: with the kind, the phase or the code of another failure
        /// each session is complained of.
        @Test(arguments: wrong) func aWrongTableIsNoticed(_ peer: PeerCase, _ other: Ending) async throws {
            var peer = peer
            peer.sessions = 3
            let (outcome, _, _) = try await Self.run(peer)
            #expect(Self.complaints(peer, outcome.recording).isEmpty)
            peer.endings = [other]
            #expect(Self.complaints(peer, outcome.recording).count == 3)
        }

        /// Guards the descriptor count likewise: sockets that are left are seen, whatever became of their other end.
        @Test func aSocketThatIsLeftIsNoticed() async throws {
            let before = try Descriptors.now()
            let ((open, address), _) = try await ScriptedPeer.following([[.reset], [.close], [.anything, .untilEnd]]) { target in
                var sockets: [Socket] = []
                for _ in 0..<3 {
                    let socket = Socket(descriptor: Socket.open(for: target.address))
                    _ = socket.connect(to: target.address)
                    sockets.append(socket)
                }
                return (sockets, target.address)
            }
            #expect(try Descriptors.left(beyond: before, port: address.port).count == 3)
            for socket in open { socket.close() }
            #expect(try Descriptors.left(beyond: before, port: address.port).isEmpty)
        }

        /// A loop's epoll instance goes with it. Tests of other modules have their own, so few more are no leak.
        @Test func loopsLeaveNothingBehind() async throws {
            let before = try Descriptors.count(of: "eventpoll")
            for _ in 0..<100 { _ = try await Self.run(PeerCase("refused", [[.close]], .success, sessions: 2)) }
            #expect(try Descriptors.count(of: "eventpoll") < before + 50)
        }

        static func run(_ peer: PeerCase) async throws -> (CellOutcome, PeerLog, port: UInt16) {
            let context = try TLSContext(trust: .file(TestIdentity.authorityFile))
            let ((outcome, port), log) = try await ScriptedPeer.following(peer.scripts, tls: peer.identity, lanes: min(peer.sessions, 8)) {
                target in
                var spec = try spec(
                    target, cell(peer.mode, sessions: peer.sessions, steps: peer.steps), peer.connections, timeouts: peer.timeouts)
                spec.targets[0].endpoint.secure = peer.isSecure
                spec.tls = context
                spec.threads = min(peer.sessions, 2)
                return (try await ScaleEngineTests.run(spec), target.address.port)
            }
            return (outcome, log, port)
        }

        @Test func theTableNamesEachCaseOnce() {
            let names = Hostile.table.map(\.name)
            #expect(Set(names).count == names.count)
            #expect(Hostile.table.allSatisfy { !$0.endings.isEmpty })
        }
    }
}
