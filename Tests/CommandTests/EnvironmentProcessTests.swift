import Foundation
import Glibc
import Testing

/// `scalebench-env` as a process, as it was built beside these tests.
@Suite struct EnvironmentProcessTests {
    struct Trouble: Error {
        var what: String
    }

    /// A running service and the port it says it listens on.
    final class Service {
        let process = Process()
        let output = Pipe()
        let errors = Pipe()
        let input = Pipe()
        private(set) var line = ""

        /// - Parameter descriptors: the most it may open.
        init(_ arguments: [String], variables: [String: String] = [:], descriptors: Int? = nil) throws {
            process.executableURL = descriptors == nil ? Self.program : URL(fileURLWithPath: "/bin/sh")
            let limited = descriptors.map { ["-c", "ulimit -n \($0); exec \"$0\" \"$@\"", Self.program.path] }
            process.arguments = (limited ?? []) + arguments
            process.environment = ProcessInfo.processInfo.environment.merging(variables) { $1 }
            process.standardOutput = output
            process.standardError = errors
            process.standardInput = input
            try process.run()
        }

        /// The program lies where the test bundle does.
        static var program: URL {
            URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
                .appendingPathComponent("scalebench-env")
        }

        /// Reads the line that says that all workers listen.
        func port() throws -> UInt16 {
            while !line.hasSuffix("\n") {
                let bytes = output.fileHandleForReading.readData(ofLength: 1)
                if bytes.isEmpty { throw Trouble(what: "no line: \(line)\(complaint())") }
                line += String(decoding: bytes, as: UTF8.self)
            }
            let digits = line.drop { $0 != ":" }.dropFirst().drop { $0 != ":" }.dropFirst().prefix { $0.isNumber }
            guard let port = UInt16(digits) else { throw Trouble(what: line) }
            return port
        }

        /// Waits for the end: the exit status.
        func status() -> Int32 {
            process.waitUntilExit()
            return process.terminationStatus
        }

        func complaint() -> String { String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self) }

        deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
    }

    /// A connection that has asked for a step.
    static func ask(_ port: UInt16) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw Trouble(what: "connect: \(errno)") }
        let body = #"{"action":{"wait_seconds":0}}"#
        let request = "POST /step HTTP/1.1\r\nHost: e\r\nConnection: close\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        _ = Array(request.utf8).withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        return descriptor
    }

    /// The pid in the answer; the connection is closed.
    static func hear(_ descriptor: Int32) throws -> Int32 {
        defer { close(descriptor) }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = recv(descriptor, &buffer, buffer.count, 0), count > 0 { answer += buffer[..<count] }
        let text = String(decoding: answer, as: UTF8.self)
        guard let field = text.range(of: "\"pid\":"),
            let pid = Int32(text[field.upperBound...].prefix { $0.isNumber })
        else { throw Trouble(what: text) }
        return pid
    }

    static func pidOfStep(_ port: UInt16) throws -> Int32 { try hear(ask(port)) }

    /// The pids that answer until there are `count` of them; the kernel spreads connections by their ports.
    static func workers(_ port: UInt16, _ count: Int) throws -> Set<Int32> {
        var pids: Set<Int32> = []
        for _ in 0..<1_000 where pids.count < count { pids.insert(try pidOfStep(port)) }
        return pids
    }

    /// Whether a process is gone within ten seconds.
    static func isGone(_ pid: Int32) -> Bool {
        for _ in 0..<10_000 {
            if kill(pid, 0) != 0 || isZombie(pid) { return true }
            usleep(1_000)
        }
        return false
    }

    private static func isZombie(_ pid: Int32) -> Bool {
        guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return true }
        return stat.split(separator: ")").last?.hasPrefix(" Z") == true
    }

    @Test("the service stops with all its workers", arguments: [SIGTERM, SIGINT, SIGKILL])
    func stops(signal: Int32) throws {
        let service = try Service(["--port", "0", "--workers", "2", "--max-concurrent-envs", "40"])
        let port = try service.port()
        #expect(service.line == "scalebench-env listening on http://127.0.0.1:\(port) (workers 2, max concurrent envs 40)\n")
        let workers = try Self.workers(port, 2)
        #expect(workers.count == 2 && !workers.contains(service.process.processIdentifier))
        kill(service.process.processIdentifier, signal)
        #expect(service.status() == (signal == SIGKILL ? SIGKILL : 0))
        for worker in workers { #expect(Self.isGone(worker)) }
    }

    @Test func oneWorkerNeedsNoChild() throws {
        let service = try Service(["--port", "0"], variables: ["WORKERS": "1", "MAX_CONCURRENT_ENVS": ""])
        let port = try service.port()
        #expect(service.line.hasSuffix(" (workers 1, max concurrent envs unlimited)\n"))
        #expect(try Self.pidOfStep(port) == service.process.processIdentifier)
        kill(service.process.processIdentifier, SIGTERM)
        #expect(service.status() == 0)
        #expect(service.complaint() == "")
    }

    @Test("the lifeline ends the service only when it is asked to", arguments: [1, 2])
    func lifeline(workers: Int) throws {
        let tied = try Service(["--port", "0", "--workers", "\(workers)", "--lifeline"])
        let free = try Service(["--port", "0", "--workers", "\(workers)"])
        let pids = try Self.workers(tied.port(), workers)
        let port = try free.port()
        try tied.input.fileHandleForWriting.close()
        try free.input.fileHandleForWriting.close()
        #expect(tied.status() == 0)
        for pid in pids { #expect(Self.isGone(pid)) }
        #expect(try Self.workers(port, workers).count == workers)
    }

    @Test func aWorkerThatDiesIsNotHidden() throws {
        let service = try Service(["--port", "0", "--workers", "2"])
        let workers = try Self.workers(service.port(), 2)
        let victim = try #require(workers.first)
        kill(victim, SIGKILL)
        #expect(service.status() == 5)
        #expect(service.complaint() == "Error: worker \(victim) ended unasked (signal 9), so the service stops\n")
        for worker in workers { #expect(Self.isGone(worker)) }
    }

    @Test("a port belongs to one service", arguments: [1, 2], [1, 2])
    func takenPort(first: Int, second: Int) throws {
        let holder = try Service(["--port", "0", "--workers", "\(first)"])
        let port = try holder.port()
        let service = try Service(["--port", "\(port)", "--workers", "\(second)"])
        #expect(service.status() == 5)
        let complaint = service.complaint()
        #expect(complaint.hasPrefix("Error: cannot listen on 127.0.0.1:\(port) (Address already in use)"))
        #expect(complaint.split(separator: "\n").count == 1)
    }

    @Test func withoutDescriptorsConnectionsWaitTheirTurn() throws {
        let service = try Service(["--port", "0"], descriptors: 20)
        let port = try service.port()
        let connections = try (0..<100).map { _ in try Self.ask(port) }
        for connection in connections { #expect(try Self.hear(connection) == service.process.processIdentifier) }
    }

    @Test(
        "a wrong setting ends it with 2",
        arguments: [
            (["--port", "x"], [:], "Error: --port 'x' is not a whole number"),
            ([], ["MAX_CONCURRENT_ENVS": "-1"], "Error: MAX_CONCURRENT_ENVS '-1' is out of range"),
            (["--nonsense"], [:], "Error: Unknown option '--nonsense'"),
        ] as [([String], [String: String], String)])
    func wrongSetting(arguments: [String], variables: [String: String], complaint: String) throws {
        let service = try Service(arguments, variables: variables)
        #expect(service.status() == 2)
        #expect(service.complaint().hasPrefix(complaint))
    }
}
