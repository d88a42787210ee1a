import ScaleControl
import ScaleCore

/// `kubectl port-forward` to one pod: a port of this host that leads to it, as long as both live.
struct PortForward: Sendable {
    let pod: String
    let endpoint: Endpoint
    private let server: ServerProcess

    private enum Outcome: Sendable {
        case forwards(UInt16)
        case ended(String)
        case silent
    }

    /// - Parameter request: with a mark of its own.
    /// - Throws: with nothing left behind: infrastructure, where it does not say its port; interrupted.
    static func start(
        to pod: String, port: UInt16, _ commands: KubernetesCommands, _ request: LaunchRequest
    ) async throws(ScaleError) -> PortForward {
        guard let program = Tool.find(commands.program) else {
            throw ScaleError(.infrastructure, "'\(commands.program)' is not on this host", hint: "install it, or correct PATH")
        }
        let words = [program] + commands.prefix + ["port-forward", "pod/\(pod)", ":\(port)", "--address=127.0.0.1"]
        let server = try ServerProcess(program: request.program, arguments: request.keeper + words, request)
        let outcome = await firstPort(of: server, request)
        if case .forwards(let port) = outcome {
            return PortForward(pod: pod, endpoint: Endpoint(secure: false, host: "127.0.0.1", port: port), server: server)
        }
        let isStopped = Task.isCancelled
        try await server.end()
        if isStopped { throw ScaleError(.interrupted, "the way to pod \(pod) was stopped") }
        let lines = server.errorLines
        let sentence =
            switch outcome {
            case .ended(let ending): "kubectl port-forward to pod \(pod) ended with \(ending)"
            default: "kubectl port-forward to pod \(pod) did not say its port"
            }
        throw ScaleError(.infrastructure, sentence, cause: KubernetesCommands.complaint(lines.joined(separator: "\n")))
    }

    /// The keeper gives all of its output as errors, so that the lines there are looked through as they come.
    private static func firstPort(of server: ServerProcess, _ request: LaunchRequest) async -> Outcome {
        let limit = request.clock.now + .seconds(30)
        while request.clock.now < limit, !Task.isCancelled {
            if let port = server.errorLines.lazy.compactMap(port(in:)).first { return .forwards(port) }
            if let ending = server.ending { return .ended(ending) }
            do { try await request.clock.sleep(.milliseconds(20)) } catch { break }
        }
        return .silent
    }

    /// Of `Forwarding from 127.0.0.1:41231 -> 8000`.
    static func port(in line: String) -> UInt16? {
        let words = line.split(separator: " ")
        guard words.count >= 3, words[0] == "Forwarding", words[1] == "from", let colon = words[2].lastIndex(of: ":") else { return nil }
        return UInt16(words[2][words[2].index(after: colon)...]).flatMap { $0 > 0 ? $0 : nil }
    }

    var processes: [Int32] { server.ending == nil ? server.pid.map { [$0] } ?? [] : [] }
    /// How it ended; nil while it leads there.
    var ending: String? { server.ending }

    func end() async throws(ScaleError) { try await server.end() }
}
