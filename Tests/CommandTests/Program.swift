import Foundation
import Subprocess
import Synchronization
import Testing

/// The program under test, the one that was built together with these tests, run as a user runs it.
enum Program {
    /// How a run of the program ended.
    struct Ended: Sendable {
        /// The exit status; a signal's number below zero where one ended it, which a shell would show as 128 and more.
        var status: Int32
        var output: [String]
        var errors: [String]

        /// Whether the whole grid was measured. On a machine that is busy with other tests the program may rightly call
        /// every cell invalid for capacity and end with 4, which says nothing about what is tested here.
        var isMeasured: Bool { status == 0 || status == 4 }
        /// What the program said about its own failure, apart from its progress.
        var sentences: [String] { errors.filter { $0.hasPrefix("scalebench: ") } }
        /// Everything, for a failed expectation to show.
        var said: String { "status \(status)\n" + (output + errors).joined(separator: "\n") }
    }

    /// Products stand beside the test program.
    static let path = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appending(path: "scalebench").path

    /// Runs the program in the folder of `place` until it ends.
    /// - Parameters:
    ///   - shell: commands of the shell that then becomes the program, e.g. `ulimit -n 256`.
    ///   - during: what is done while it runs; when it throws, the program is killed.
    static func run(
        _ arguments: [String], in place: Workplace, shell: String = ":",
        during: @escaping @Sendable (Running) async throws -> Void = { _ in }
    ) async throws -> Ended {
        let becoming = ["sh", "-c", shell + #" && exec "$@""#, "sh", path]
        let result = try await Subprocess.run(
            .name("env"), arguments: Arguments(["-C", place.folder, place.mark, "XDG_STATE_HOME=" + place.state] + becoming + arguments),
            input: .none,
            output: .sequence, error: .sequence
        ) { execution in
            let running = Running(pid: execution.processIdentifier.value)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    defer { running.output.end() }
                    for try await line in execution.standardOutput.strings() { running.output.append(line) }
                }
                group.addTask {
                    defer { running.errors.end() }
                    for try await line in execution.standardError.strings() { running.errors.append(line) }
                }
                do {
                    try await during(running)
                } catch {
                    try? execution.send(signal: .kill)
                    throw error
                }
                try await group.waitForAll()
            }
            return running
        }
        let status: Int32
        switch result.terminationStatus {
        case .exited(let code): status = code
        case .signaled(let signal): status = -signal
        }
        return Ended(status: status, output: result.closureResult.output.all, errors: result.closureResult.errors.all)
    }
}

extension Program {
    /// Runs it with one deadline after the other, until it has come as far as it is to come in that time.
    /// - Parameter limits: in seconds; only the last has to suffice on any machine.
    static func run(
        orLater limits: [Int], in place: Workplace, until isFar: (Ended) -> Bool, words: (Int) -> [String]
    ) async throws -> Ended {
        for limit in limits.dropLast() {
            let ended = try await run(words(limit), in: place)
            if isFar(ended) { return ended }
        }
        return try await run(words(try #require(limits.last)), in: place)
    }
}

/// The program while it runs.
final class Running: Sendable {
    let pid: Int32
    let output = Lines()
    let errors = Lines()

    init(pid: Int32) { self.pid = pid }

    func signal(_ number: Int32) { kill(pid, number) }

    /// Waits for so many lines of standard output.
    func outputLines(_ count: Int) async throws {
        try #require(await output.wait { $0.count >= count }, "the program ended first: \(output.all) \(errors.all)")
    }
}

/// Lines as they come, for one waiting reader.
final class Lines: Sendable {
    private let received = Mutex<[String]>([])
    private let news: AsyncStream<Void>
    private let report: AsyncStream<Void>.Continuation

    init() { (news, report) = AsyncStream.makeStream() }

    func append(_ line: String) {
        received.withLock { $0.append(line) }
        report.yield()
    }

    func end() { report.finish() }

    var all: [String] { received.withLock { $0 } }

    /// Waits until the lines are as wanted; false when they ended before.
    func wait(until isEnough: ([String]) -> Bool) async -> Bool {
        if isEnough(all) { return true }
        for await _ in news where isEnough(all) { return true }
        return isEnough(all)
    }
}
