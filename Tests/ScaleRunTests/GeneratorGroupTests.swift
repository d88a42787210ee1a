import Foundation
import ScaleCore
import ScaleEngine
import ScaleReactor
import ScaleTLS
import ScaleTestKit
import Testing

@testable import ScaleRun

/// Generator processes that go wrong; those that do not are tested with the whole program.
@Suite(.serialized, .patience(minutes: 2)) struct GeneratorGroupTests {
    /// A cell toward a port that the own loops of a run would find closed.
    static func spec(_ threads: Int) throws -> (Plan, LoadSpec) {
        let plan = plan(sessions: [8])
        let endpoint = Endpoint(secure: false, host: "127.0.0.1", port: 1, credentials: "user:secret", query: "a=b")
        let order = CellOrder.Target(
            secure: false, host: endpoint.host, port: endpoint.port, prefix: "", credentials: endpoint.credentials,
            query: endpoint.query, headers: endpoint.headers, address: "127.0.0.1", sources: ["127.0.0.3", "127.0.1.4"])
        let context = LiveDeployment.Context(targets: [try order.resolved()], tls: nil)
        return (plan, try plan.spec(plan.cells[0], context, threads: threads))
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        var name: String
        /// What the second of three processes does; the third waits to be stopped.
        var script: String
        var says: [String]
        var testDescription: String { name }
    }

    static let length = #"\010\000\000\000\000\000\000\000"#
    static let faults = [
        Fault(
            name: "an exit status", script: "echo first >&2; echo 'scalebench: out of luck' >&2; exit 7",
            says: ["process 2 of 3", "exit status 7", "(out of luck)"]),
        Fault(name: "a signal", script: "kill -9 $$", says: ["process 2 of 3", "signal 9"]),
        Fault(name: "an end without a word", script: "exit 0", says: ["process 2 of 3", "exit status 0"]),
        Fault(
            name: "an end in the middle of its share", script: "printf '\(length)abc' >&0; exit 3",
            says: ["process 2 of 3", "exit status 3"]),
        Fault(
            name: "a length that cannot be", script: "echo oops; printf 'garbage, garbage' >&0; exec sleep 86400",
            says: ["process 2 of 3", "something other", "(oops)"]),
        Fault(
            name: "eight bytes that are no share", script: "printf '\(length)garbage!' >&0; exec sleep 86400",
            says: ["process 2 of 3", "something other"]),
        Fault(
            name: "more than a share", script: "printf '\(length)garbage! and more' >&0; exec sleep 86400",
            says: ["process 2 of 3", "something other"]),
    ]

    /// The order is read first, so that a process that says nothing is told by its place.
    static func program(_ script: String, in place: String) -> GeneratorGroup.Program {
        // The first to make the folder is the one that goes wrong; the other stays until its input ends.
        let words = "echo $$ >> '\(place)/pids'; if mkdir '\(place)/taken' 2>&-; then \(script); else exec sleep 86400; fi"
        return GeneratorGroup.Program(path: "/bin/sh", arguments: ["-c", words])
    }

    static func run(_ program: GeneratorGroup.Program, board: ProgressBoard) async throws -> ScaleError? {
        let (plan, spec) = try spec(3)
        do throws(ScaleError) {
            _ = try await Generators.run(spec, processes: 3, board: board, plan: plan, trust: .system, program: program)
            return nil
        } catch { return error }
    }

    static func pids(in place: String) -> [Int32] {
        let text = (try? String(contentsOfFile: place + "/pids", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { Int32($0) }
    }

    @Test(arguments: faults) func aProcessThatGoesWrongEndsTheCell(_ fault: Fault) async throws {
        let file = try TemporaryStore()
        let board = try Generators.board(threads: 3, processes: 3)
        let error = try #require(try await Self.run(Self.program(fault.script, in: file.folder), board: board))
        #expect(error.code == .infrastructure)
        // Which of the two came first is the shell's choice.
        let text = error.description.replacingOccurrences(of: "process 3 of 3", with: "process 2 of 3")
        for part in fault.says { #expect(text.contains(part), "'\(part)' is not in: \(text)") }
        #expect(!text.contains("secret"))
        #expect(board.isStopRequested, "the own loops were not stopped")
        #expect(Self.pids(in: file.folder).allSatisfy { kill($0, 0) != 0 }, "a process was left")
    }

    @Test func aProcessThatCannotBeStartedIsNamed() async throws {
        let board = try Generators.board(threads: 3, processes: 3)
        let error = try await Self.run(.init(path: "/no/such/program", arguments: []), board: board)
        #expect(error?.code == .infrastructure && error?.cause?.contains("/no/such/program") == true)
    }

    @Test func processesThatDoNotHearAStopAreKilled() async throws {
        let file = try TemporaryStore()
        let board = try Generators.board(threads: 3, processes: 3)
        let program = Self.program("trap '' TERM; while :; do sleep 1; done", in: file.folder)
        async let ended = Self.run(program, board: board)
        while Self.pids(in: file.folder).count < 2 { await Task.yield() }
        board.requestStop()
        #expect(try await ended?.code == .interrupted)
        #expect(Self.pids(in: file.folder).allSatisfy { kill($0, 0) != 0 }, "a process was left")
    }

    @Test func anOrderArrivesAsItWasGiven() throws {
        let (plan, spec) = try Self.spec(6)
        let bytes = try JSONEncoder().encode(CellOrder(plan: plan, spec: spec, trust: .insecure, loops: 2..<4))
        let order = try JSONDecoder().decode(CellOrder.self, from: bytes)
        let made = try order.spec()
        #expect(made.loops == 2..<4 && made.threads == 6 && made.key == spec.key && made.seed == spec.seed)
        #expect(made.targets.map(\.endpoint) == spec.targets.map(\.endpoint))
        #expect(made.targets[0].address.text == "127.0.0.1" && made.targets[0].address.port == 1)
        #expect(made.targets[0].sources.map(\.text) == ["127.0.0.3", "127.0.1.4"])
        #expect(made.action == spec.action && made.timeouts == spec.timeouts && made.shape == spec.shape)
        #expect(order.plan == plan && order.trust == .insecure)
    }

    @Test(arguments: [0, 1, 7, 300, 70_000]) func aMessageSaysItsLength(count: Int) {
        let message = Framed.message([UInt8](repeating: 7, count: count))
        #expect(message.count == Framed.head + count && Framed.length(message) == count)
    }
}

/// How many processes and threads a cell gets, and what is refused.
@Suite struct ProcessCountTests {
    static func request(
        _ sessions: [Int], processes: Int, threads: Int? = nil, pool: Int? = nil, limit: Int = 1024, cores: Int = 2
    ) -> RunRequest {
        var plan = plan(sessions: sessions)
        if let pool {
            plan.modes = [.http]
            plan.httpConnections = .pool(pool)
        }
        var request = ScaleRunTests.request(plan, nil)
        request.processes = processes
        request.threads = threads
        request.host.descriptorLimit = limit
        request.host.cores = cores
        return request
    }

    struct Fit: Sendable {
        var sessions: Int
        var processes = 1
        var threads: Int?
        var pool: Int?
        var limit = 20_000
        var problem: String?
    }

    @Test(arguments: [
        Fit(sessions: 19_884), Fit(sessions: 39_768, processes: 2), Fit(sessions: 24_000, processes: 2),
        Fit(
            sessions: 24_000,
            problem: "--requests 24000 needs 24,116 descriptors, limit 20,000; use --processes 2, ask for fewer"),
        Fit(
            sessions: 39_769, processes: 2,
            problem: "needs 20,001 descriptors in each process, limit 20,000; use --processes 3, ask for fewer"),
        Fit(sessions: 5, threads: 4, limit: 116, problem: "needs 121 descriptors, limit 116; ask for fewer"),
        Fit(sessions: 64, limit: 117, problem: "limit 117; use --processes 64, "),
        Fit(sessions: 65, limit: 117, problem: "limit 117; ask for fewer"),
        Fit(sessions: 40_000, pool: 100), Fit(sessions: 40_000, processes: 2, pool: 40_000, problem: "in each process"),
    ])
    func theDescriptorLimitHoldsForEachProcess(_ fit: Fit) {
        let request = Self.request(
            [fit.sessions], processes: fit.processes, threads: fit.threads, pool: fit.pool, limit: fit.limit)
        let error = refusal { () throws(ScaleError) in try request.checkDescriptors() }
        if let problem = fit.problem {
            #expect(error?.description.contains(problem) == true, "\(String(describing: error))")
        } else {
            #expect(error == nil)
        }
    }

    @Test(
        arguments: [
            ([8], 8, nil, nil), ([8, 3], 4, nil, "--processes 4 is more than the sessions of --requests 3"),
            ([100], 5, 4, "--processes 5 is more than the connections of --http-connections pool:4"),
            ([100], 4, 4, nil), ([3], 4, 9, "more than the sessions"), ([100], 65, nil, "not from 1 to 64"),
            ([100], 0, nil, "not from 1 to 64"),
        ] as [([Int], Int, Int?, String?)])
    func processesWithoutWorkAreRefused(sessions: [Int], processes: Int, pool: Int?, problem: String?) {
        let request = Self.request(sessions, processes: processes, pool: pool)
        let error = refusal { () throws(ScaleError) in try request.checkProcesses() }
        if let problem {
            #expect(error?.description.contains(problem) == true, "\(String(describing: error))")
        } else {
            #expect(error == nil)
        }
    }

    @Test(
        arguments: [
            // sessions, processes, asked threads, pool, cores; threads of each process
            (4_096, 1, nil, nil, 8, 4), (4_096, 2, nil, nil, 8, 2), (4_096, 4, nil, nil, 8, 1), (4_096, 16, nil, nil, 8, 1),
            (10, 3, 4, nil, 8, 3), (10, 2, 4, nil, 8, 4), (10, 10, 4, nil, 8, 1), (100, 2, 8, 5, 8, 2),
        ] as [(Int, Int, Int?, Int?, Int, Int)])
    func eachProcessHasAsManyThreads(
        sessions: Int, processes: Int, asked: Int?, pool: Int?, cores: Int, threads: Int
    ) throws {
        let request = Self.request([sessions], processes: processes, threads: asked, pool: pool, cores: cores)
        let key = try #require(request.plan.cells.first)
        #expect(request.threads(for: key) == threads)
        let spec = try request.spec(key, LiveDeployment.Context(targets: [], tls: nil))
        #expect(spec.threads == threads * processes)
    }
}

private func refusal(_ body: () throws(ScaleError) -> Void) -> ScaleError? {
    do throws(ScaleError) { try body() } catch { return error }
    return nil
}
