import Glibc
import ScaleControl
import ScaleCore
import ScaleTestKit
import Synchronization

@testable import ScaleProviders

/// A Docker engine that answers as its script says, at a socket of its own. Calls are named without the version of the API
/// and their query, and the mark of the launch is `MARK` in them: `POST /containers/MARK/start`.
final class EngineStandIn: Sendable {
    /// What is answered to the first, the second … such call; the last again and again.
    typealias Script = [String: [StandIn.Reply]]

    let socket: String
    let request: LaunchRequest
    let clock: ManualClock
    let progress = Lines()
    private let server: StandIn
    private let hooks: Hooks

    /// What is done when a call comes, before it is answered.
    private final class Hooks: Sendable {
        let all = Mutex<[String: @Sendable () -> Void]>([:])
    }

    final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }

    static let usual: Script = [
        "GET /version": [.answer(200, body: #"{"Version":"20.10.24+dfsg1","ApiVersion":"1.41","MinAPIVersion":"1.12"}"#)],
        "GET /info": [
            .answer(200, body: #"{"NCPU":4,"Swarm":{"NodeID":"n1","LocalNodeState":"active","ControlAvailable":true,"Nodes":1}}"#)
        ],
        "GET /containers/json": [.answer(200, body: "[]")],
        "GET /images/env:latest/json": [.answer(200, body: #"{"Id":"sha256:1","Os":"linux","Architecture":"amd64"}"#)],
    ]

    convenience init(_ script: Script = [:], deadline: Nanoseconds? = nil) { self.init(deadline: deadline) { _ in script } }

    /// - Parameter script: of the launch's mark, beside ``usual``, in whose place it comes. What is not in it is answered 404.
    init(deadline: Nanoseconds? = nil, script: (_ mark: String) -> Script) {
        var template = Array("/tmp/scalebench-engine-XXXXXX".utf8CString)
        let folder = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
        socket = folder + "/docker.sock"
        let (clock, progress) = (ManualClock(), progress)
        self.clock = clock
        request = LaunchRequest(
            program: "none", arguments: [], hostCores: 6, client: ControlClient(version: "1"), startupDeadline: deadline,
            stopGrace: .seconds(5), clock: clock, run: "run-1", progress: { progress.add($0) })
        let mark = request.mark.name
        let script = Self.usual.merging(script(mark)) { $1 }
        let turns = Mutex<[String: Int]>([:])
        let hooks = Hooks()
        self.hooks = hooks
        server = StandIn(unixSocket: socket) { _, request in
            let call = Self.call(request.line, mark)
            hooks.all.withLock { $0[call] }?()
            guard let replies = script[call], !replies.isEmpty else {
                return .answer(404, body: #"{"message":"nothing at \#(call)"}"#)
            }
            let turn = turns.withLock {
                $0[call, default: 0] += 1
                return $0[call, default: 0]
            }
            return replies[min(turn, replies.count) - 1]
        }
    }

    deinit {
        server.stop()
        unlink(socket)
        rmdir(String(socket.dropLast("/docker.sock".count)))
    }

    private static func call(_ line: String, _ mark: String) -> String {
        let words = line.split(separator: " ")
        var path = words[1].prefix { $0 != "?" }
        if path.hasPrefix("/v1.") { path = path.dropFirst().drop { $0 != "/" } }
        return words[0] + " " + path.split(separator: mark, omittingEmptySubsequences: false).joined(separator: "MARK")
    }

    func on(_ call: String, do work: @escaping @Sendable () -> Void) { hooks.all.withLock { $0[call] = work } }

    /// All calls so far, beside those that only ask who the engine is.
    var calls: [String] {
        server.requests.map { Self.call($0.line, request.mark.name) }.filter { $0 != "GET /version" && $0 != "GET /info" }
    }

    func requests(_ call: String) -> [StandIn.Request] { server.requests.filter { Self.call($0.line, request.mark.name) == call } }

    func provider(_ text: String) throws -> any Provider {
        try ProviderRegistry.provider(for: ProviderSpec(text + ",socket=" + socket))
    }

    func launch(_ text: String) async throws(ScaleError) -> any Deployment {
        let provider: any Provider
        do { provider = try self.provider(text) } catch let error as ScaleError { throw error } catch {
            throw ScaleError(.defect, "\(error)")
        }
        return try await provider.launch(request)
    }

    /// Launches in a task that is cancelled when a call comes.
    /// - Returns: what the launch threw.
    func launchCancelled(at call: String, _ text: String) async -> ScaleError? {
        let (tasks, report) = AsyncStream.makeStream(of: Task<ScaleError?, Never>.self)
        let launch = Task { () -> ScaleError? in
            for await own in tasks {
                self.on(call) { own.cancel() }
                break
            }
            do throws(ScaleError) { _ = try await self.launch(text) } catch { return error }
            return nil
        }
        report.yield(launch)
        return await launch.value
    }

    // MARK: - Answers

    static let created = StandIn.Reply.answer(201, body: #"{"Id":"c1","Warnings":[]}"#)
    static let done = StandIn.Reply.answer(204)
    static let missing = refusal(404, "no such thing")

    static func refusal(_ status: Int, _ message: String) -> StandIn.Reply { .answer(status, body: #"{"message":"\#(message)"}"#) }

    /// A container as inspect shows it.
    /// - Parameter mark: the launch that its label names; nil for nobody's.
    static func container(
        _ id: String = "c1", status: String = "running", exitCode: Int = 0, oom: Bool = false, port: Int? = 49_153, mark: String? = nil
    ) -> StandIn.Reply {
        let ports = port.map { #"{"8000/tcp":[{"HostIp":"127.0.0.1","HostPort":"\#($0)"}]}"# } ?? "{}"
        let labels = mark.map { #"{"scalebench.launch":"\#($0)"}"# } ?? "null"
        return .answer(
            200,
            body: """
                {"Id":"\(id)","Name":"/x","State":{"Status":"\(status)","OOMKilled":\(oom),"Pid":0,"ExitCode":\(exitCode),"Error":""},
                "Config":{"Tty":false,"Labels":\(labels)},"NetworkSettings":{"Ports":\(ports)}}
                """)
    }

    /// A log as the engine frames it.
    static func log(_ lines: String...) -> StandIn.Reply {
        let frames = lines.map { line -> String in
            let text = "2026-01-02T03:04:05.000000000Z " + line + "\n"
            return "\u{1}\0\0\0\0\0\0" + String(UnicodeScalar(UInt8(text.utf8.count))) + text
        }
        return .answer(200, body: frames.joined())
    }
}
