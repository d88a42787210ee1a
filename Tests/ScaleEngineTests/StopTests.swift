import ScaleCore
import ScaleReactor
import ScaleTestKit
import Testing

@testable import ScaleEngine

extension LoopbackTests {
    @Suite struct StopTests {
        /// A cell whose sessions all wait for an answer that never comes, until they are told to stop.
        @Test(arguments: [Mode.ws, .http], [1, 2]) func stopsInMidCell(mode: Mode, threads: Int) async throws {
            let (_, log) = try await ScriptedPeer.following([[.request, .untilEnd]]) { target in
                var spec = try spec(target, cell(mode, sessions: 100))
                spec.timeouts = .all(.seconds(86_400))
                spec.threads = threads
                let board = ProgressBoard(threads: threads)
                async let result: ScaleError? = Self.error { () async throws(ScaleError) in
                    _ = try await LoadEngine.run(spec, board: board)
                }
                while board.snapshot().started < 100 { await Task.yield() }
                #expect(board.snapshot().ended == 0)
                #expect(try heldConnections(to: target.address.port) > 0)
                board.requestStop()
                #expect(await result?.code == .interrupted)
                #expect(try heldConnections(to: target.address.port) == 0)
            }
            #expect(log.connections > 0)
        }

        static func error(_ body: () async throws(ScaleError) -> Void) async -> ScaleError? {
            do {
                try await body()
                return nil
            } catch { return error }
        }

        @Test func aStopBeforeTheStartRunsNothingToItsEnd() async throws {
            let target = try await ScriptedPeer.following([[.untilEnd]]) { $0 }.0
            let board = ProgressBoard(threads: 2)
            board.requestStop()
            var spec = try spec(target, cell(.ws, sessions: 10))
            spec.threads = 2
            let error = await Self.error { [spec] () async throws(ScaleError) in
                _ = try await LoadEngine.run(spec, board: board)
            }
            // Refused connections end sooner than the stop is looked at; both are in order.
            #expect(error == nil || error?.code == .interrupted)
        }

        @Test(arguments: [
            (Errno.tooManyFiles, FailureKind.fdLimit), (Errno.tooManyFilesInSystem, .fdLimit),
            (Errno.addressNotAvailable, .portExhausted), (Errno.addressInUse, .portExhausted),
            (Errno.connectionRefused, .refused), (Errno.connectionReset, .reset), (Errno.connectionAborted, .reset),
            (Errno.brokenPipe, .reset), (Errno.timedOut, .timeout), (Errno.networkUnreachable, .unreachable),
            (Errno.hostUnreachable, .unreachable), (12, .internal),
        ])
        func anErrorOfTheKernelHasItsKind(code: Int32, kind: FailureKind) {
            #expect(EngineLoop.kind(connecting: code) == kind)
        }
    }
}
