import ScaleCore
import ScaleReactor

/// The workers of a service, each a process of its own that listens on the same port.
///
/// A worker that ends unasked ends the group: a measurement must not go on with fewer workers than it was told of.
struct WorkerGroup: ~Copyable {
    private var reactor: Reactor
    /// Watches nothing, so that waiting on it is a pause.
    private var pause: Reactor
    /// The command line of a worker.
    private var words: [String]
    private let size: Int
    private let faults: FaultPlan
    private var children: [Child] = []
    private var ready = 0

    /// Shared by reference, since an array cannot hold what cannot be copied.
    private final class Child {
        var process: ChildProcess
        var isReady = false
        init(_ process: consuming ChildProcess) { self.process = process }
    }

    /// How long the workers may take to start listening.
    private static let starting = Nanoseconds.seconds(30)
    /// How long they may take to stop before they are killed.
    private static let stopping = Nanoseconds.seconds(5)

    /// What a worker says when it listens.
    private static let readyMark = UInt8(ascii: "R")

    /// A worker's side: tells the group that it listens.
    static func announceReady() {
        let channel = Socket(descriptor: StandardStream.input.rawValue)
        withUnsafeBytes(of: readyMark) { _ = channel.send($0) }
    }

    /// - Parameter arguments: what makes this program a worker, in front of the options.
    init(_ configuration: EnvironmentConfiguration, arguments: [String]) throws(ScaleError) {
        words = arguments + ["--host", configuration.host, "--port", String(configuration.port), "--workers", "1"]
        words += ["--max-concurrent-envs", configuration.maxConcurrentEnvs.map(String.init) ?? "unlimited"]
        if let name = configuration.advertisedHost { words += ["--advertise-host", name] }
        if configuration.stepCPU > .zero { words += ["--step-cpu", configuration.stepCPU.typed] }
        words += configuration.faults.texts.flatMap { ["--fault", $0] }
        faults = configuration.faults
        size = configuration.workers
        let reactor = try Self.makeReactor()
        let pause = try Self.makeReactor()
        self.reactor = reactor
        self.pause = pause
    }

    private static func makeReactor() throws(ScaleError) -> Reactor {
        do throws(SystemFault) { return try Reactor() } catch { throw failure(error) }
    }

    private static func failure(_ fault: SystemFault) -> ScaleError {
        ScaleError(.infrastructure, "the event loop failed", cause: fault.description)
    }

    /// Starts the workers, watches them until one of the sources says to stop, and stops them: nobody is left when it
    /// returns or throws.
    /// - Parameter whenReady: called once, when every worker listens.
    mutating func run(until stops: [StopSource], whenReady: () -> Void) throws(ScaleError) {
        defer { stop() }
        try StopSource.watch(stops, in: reactor)
        try start()
        let limit = MonotonicClock.now() + Self.starting
        while true {
            let count = try wait(until: ready < children.count ? limit : .never)
            for number in 0..<count {
                let token = reactor.event(number).token
                if StopSource.hasCome(token, of: stops) { return }
                guard token < children.count else { continue }
                let wasReady = ready == children.count
                try hear(children[Int(token)])
                if !wasReady, ready == children.count { whenReady() }
            }
            if ready < children.count, MonotonicClock.now() >= limit {
                let missing = "\(children.count - ready) of \(children.count) workers"
                throw ScaleError(.infrastructure, "\(missing) do not listen after \(Int(Self.starting.seconds)) s")
            }
        }
    }

    private mutating func start() throws(ScaleError) {
        do throws(SystemFault) {
            for index in 0..<size {
                let words = words + (faults.isEmpty ? [] : ["--fault-seed", String(faults.forWorker(index).seed)])
                let child = Child(try ChildProcess(path: ThisProcess.executable, arguments: words))
                children.append(child)
                try reactor.add(child.process.channel.descriptor, .readable, token: UInt64(index))
            }
        } catch {
            throw ScaleError(.infrastructure, "a worker cannot be started", cause: error.description)
        }
    }

    private mutating func wait(until deadline: MonotonicTime) throws(ScaleError) -> Int {
        do throws(SystemFault) { return try reactor.wait(until: deadline) } catch { throw Self.failure(error) }
    }

    /// A worker said something or is over.
    private mutating func hear(_ child: Child) throws(ScaleError) {
        var byte: UInt8 = 0
        let count = withUnsafeMutableBytes(of: &byte) { child.process.channel.receive(into: $0) }
        if count == 1, byte == Self.readyMark, !child.isReady {
            child.isReady = true
            ready += 1
        } else if count != -Int(Errno.wouldBlock), count != -Int(Errno.interrupted) {
            reap([child], until: MonotonicClock.now() + .seconds(1))
            let ending = child.process.ending.map { " (\($0))" } ?? ""
            throw ScaleError(.infrastructure, "worker \(child.process.pid) ended unasked\(ending), so the service stops")
        }
    }

    /// Asks all workers to stop and kills those that do not in time.
    private mutating func stop() {
        for child in children { child.process.release() }
        reap(children, until: MonotonicClock.now() + Self.stopping)
        for child in children { child.process.signal(9) }
        reap(children, until: MonotonicClock.now() + .seconds(1))
        children = []
    }

    private mutating func reap(_ children: [Child], until limit: MonotonicTime) {
        while !children.allSatisfy({ $0.process.hasEnded() }), MonotonicClock.now() < limit {
            _ = try? pause.wait(until: MonotonicClock.now() + .milliseconds(1))
        }
    }
}
