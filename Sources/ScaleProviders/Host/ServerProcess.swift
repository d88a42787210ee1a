import ScaleCore
import Synchronization

/// A server program as our child, with what it says. It is told to end when this object goes.
final class ServerProcess: Sendable {
    enum Event: Sendable {
        case spawned
        /// A line of its standard output.
        case line(String)
        /// It is over, in words.
        case ended(String)
    }

    /// What happens to it, in order; the last event is ``Event/ended(_:)``. For one reader, which gets the newest 256
    /// where it lags behind.
    let events: AsyncStream<Event>
    private let child: ChildProgram

    /// As ``ChildProgram/init(program:arguments:variables:farewell:_:_:)``.
    init(
        program: String, arguments: [String], variables: [String: String] = [:], _ request: LaunchRequest
    ) throws(ScaleError) {
        let (events, report) = AsyncStream.makeStream(of: Event.self, bufferingPolicy: .bufferingNewest(256))
        self.events = events
        let lines = OutputLines(report: report)
        child = try ChildProgram(
            program: program, arguments: arguments, variables: variables, request,
            .init(
                spawned: { report.yield(.spawned) }, output: lines.take, outputEnd: lines.finish,
                ended: { ending in
                    report.yield(.ended(ending))
                    report.finish()
                }))
    }

    var pid: Int32? { child.pid }
    /// How it ended; nil while it runs.
    var ending: String? { child.ending }
    var errorLines: [String] { child.errorLines }

    /// As ``ChildProgram/end()``.
    func end() async throws(ScaleError) { try await child.end() }
}

/// Standard output as lines.
private final class OutputLines: Sendable {
    private let tail = Mutex(LogTail())
    private let report: AsyncStream<ServerProcess.Event>.Continuation

    init(report: AsyncStream<ServerProcess.Event>.Continuation) { self.report = report }

    /// - Returns: nothing to answer.
    func take(_ bytes: [UInt8]) -> [UInt8] {
        say(tail.withLock { $0.append(bytes) })
        return []
    }

    func finish() { say(tail.withLock { $0.finish() }) }

    private func say(_ lines: [String]) { for line in lines { report.yield(.line(line)) } }
}
