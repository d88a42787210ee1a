import Glibc
import ScaleControl
import ScaleCore
import Subprocess

/// A program of this host that is asked for something and answers: `sbatch`, `kubectl`. It is run without a shell, so no
/// text of a user's is ever more than one argument.
struct Tool: Sendable {
    struct Answer: Hashable, Sendable {
        /// Negative for a signal.
        var status: Int32
        var output: String
        var errors: String

        var isSuccess: Bool { status == 0 }
        /// The last thing that it said.
        var lastLine: String? {
            let lines = errors.split(separator: "\n").filter { $0.contains { !$0.isWhitespace } }
            return (lines.last ?? output.split(separator: "\n").last).map(String.init)
        }
    }

    /// A name that `PATH` leads to, or a path.
    var name: String

    /// Where it is; nil where this host does not have it.
    static func find(_ name: String) -> String? {
        if name.contains("/") { return access(name, X_OK) == 0 ? name : nil }
        let paths = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        return paths.split(separator: ":").map { "\($0)/\(name)" }.first { path in
            var status = stat()
            return access(path, X_OK) == 0 && stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        }
    }

    /// Runs it to its end. Whatever its status is, it is an answer.
    /// - Parameters:
    ///   - input: what it reads; its input is empty otherwise.
    ///   - variables: beside those of this process.
    /// - Throws: infrastructure, where it cannot be started or has not answered in time (it is killed then);
    ///   interrupted, when the task is cancelled.
    func run(
        _ arguments: [String], input: String = "", variables: [String: String] = [:], within deadline: Nanoseconds = .seconds(30),
        clock: any ControlClock = SystemClock()
    ) async throws(ScaleError) -> Answer {
        guard let path = Self.find(name) else {
            throw ScaleError(.infrastructure, "'\(name)' is not on this host", hint: "install it, or correct PATH")
        }
        let call = Task { () -> Result<Answer, ScaleError> in await Self.call(path, name, arguments, input, variables) }
        let limit = Task {
            do { try await clock.sleep(deadline) } catch { return false }
            call.cancel()
            return true
        }
        let result = await withTaskCancellationHandler {
            await call.value
        } onCancel: {
            call.cancel()
        }
        limit.cancel()
        let isLate = await limit.value
        if Task.isCancelled { throw ScaleError(.interrupted, "'\(name)' was stopped") }
        if isLate { throw ScaleError(.infrastructure, "'\(name)' did not answer within \(deadline.seconds) s") }
        return try result.get()
    }

    private static func call(
        _ path: String, _ name: String, _ arguments: [String], _ input: String, _ variables: [String: String]
    ) async -> Result<Answer, ScaleError> {
        var platform = PlatformOptions()
        platform.processGroupID = 0
        platform.teardownSequence = [.send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(100))]
        do {
            let ended = try await Subprocess.run(
                .path(ProgramText.path(path)), arguments: Arguments(arguments), environment: ProgramText.environment(adding: variables),
                platformOptions: platform, input: .string(input), output: .string(limit: 16 << 20), error: .string(limit: 1 << 20))
            let status: Int32 =
                switch ended.terminationStatus {
                case .exited(let code): Int32(code)
                case .signaled(let signal): -Int32(signal)
                }
            return .success(Answer(status: status, output: ended.standardOutput, errors: ended.standardError))
        } catch {
            return .failure(ScaleError(.infrastructure, "'\(name)' cannot be run", cause: "\(error)"))
        }
    }
}
