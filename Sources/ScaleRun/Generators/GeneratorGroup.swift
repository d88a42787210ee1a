import Foundation
import ScaleCore
import ScaleEngine
import ScaleReactor

/// The generator processes beside this one, for the length of one cell. Each lives no longer than this process, runs its
/// part of the loops against the shared ``ProgressBoard``, and sends its share back.
///
/// It belongs to the thread that made it, and nobody is left when ``shares()`` returns or throws.
struct GeneratorGroup: ~Copyable {
    /// What is started; by default this very program.
    struct Program: Sendable {
        var path = ThisProcess.executable
        var arguments = ["generate"]
    }

    private final class Child {
        var process: ChildProcess
        /// Both of its outputs: it says nothing unless something is wrong.
        let said: MemoryFile
        /// What of the order the channel has not taken yet.
        var unsent: ArraySlice<UInt8>
        var received: [UInt8] = []
        var share: CellShare?

        init(_ process: consuming ChildProcess, said: consuming MemoryFile, order: [UInt8]) {
            self.process = process
            self.said = said
            unsent = order[...]
        }
    }

    private let board: ProgressBoard
    private let program: Program
    private let orders: [CellOrder]
    private var reactor: Reactor
    /// Watches nothing, so that waiting on it is a pause.
    private var pause: Reactor
    private var children: [Child] = []
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)

    /// How long they may take to hear of a stop before they are killed.
    private static let stopping = Nanoseconds.milliseconds(600)
    /// How often a stop is looked for.
    private static let glance = Nanoseconds.milliseconds(50)

    init(_ orders: [CellOrder], board: ProgressBoard, program: Program = Program()) throws(ScaleError) {
        let reactor = try Self.makeReactor()
        let pause = try Self.makeReactor()
        self.board = board
        self.program = program
        self.reactor = reactor
        self.pause = pause
        self.orders = orders
    }

    private static func makeReactor() throws(ScaleError) -> Reactor {
        do throws(SystemFault) { return try Reactor() } catch { throw failure("the event loop failed", error.description) }
    }

    deinit { buffer.deallocate() }

    private static func failure(_ message: String, _ cause: String? = nil) -> ScaleError {
        ScaleError(.infrastructure, message, cause: cause, hint: "finished cells are kept")
    }

    /// Starts the processes and waits for all shares.
    /// - Throws: `infrastructure` when one cannot be started, ends before it has sent its share, or sends something else;
    ///   `interrupted` when they do not hear of a stop in time.
    mutating func shares() throws(ScaleError) -> [CellShare] {
        defer { end() }
        do {
            try start()
        } catch {
            throw Self.failure("a generator process cannot be started", "\(error)")
        }
        var limit = MonotonicTime.never
        while children.contains(where: { $0.share == nil }) {
            let count: Int
            do throws(SystemFault) {
                count = try reactor.wait(until: MonotonicClock.now() + Self.glance)
            } catch { throw Self.failure("the event loop failed", error.description) }
            for number in 0..<count { try attend(Int(reactor.event(number).token)) }
            if board.isStopRequested, limit == .never { limit = MonotonicClock.now() + Self.stopping }
            if MonotonicClock.now() >= limit { throw ScaleError(.interrupted, "the cell was stopped before its end") }
        }
        return children.compactMap(\.share)
    }

    private mutating func start() throws {
        for (index, order) in orders.enumerated() {
            let order = Framed.message([UInt8](try JSONEncoder().encode(order)))
            let said = try MemoryFile()
            let process = try ChildProcess(
                path: program.path, arguments: program.arguments, outputs: said.descriptor, inheriting: board.descriptor)
            let child = Child(process, said: said, order: order)
            children.append(child)
            try reactor.add(child.process.channel.descriptor, [.readable, .writable, .edge], token: UInt64(index))
        }
    }

    /// Gives a child its order and takes what it sends.
    private mutating func attend(_ index: Int) throws(ScaleError) {
        let child = children[index]
        while !child.unsent.isEmpty {
            let sent = child.unsent.withUnsafeBytes { child.process.channel.send($0) }
            // One that is gone is heard below.
            guard sent > 0 else { break }
            child.unsent.removeFirst(sent)
        }
        while child.share == nil {
            let count = child.process.channel.receive(into: buffer)
            if count == -Int(Errno.wouldBlock) { return }
            if count == -Int(Errno.interrupted) { continue }
            guard count > 0 else { throw died(index) }
            child.received += buffer[..<count]
            try take(index)
        }
    }

    private func take(_ index: Int) throws(ScaleError) {
        let child = children[index]
        guard child.received.count >= Framed.head else { return }
        guard let length = Framed.length(child.received) else { throw garbled(index) }
        guard child.received.count >= Framed.head + length else { return }
        guard child.received.count == Framed.head + length,
            let share = try? CellShare(encoded: Array(child.received[Framed.head...]))
        else { throw garbled(index) }
        child.received = []
        child.share = share
    }

    /// The parent itself is the first of them.
    private func name(_ index: Int) -> String { "generator process \(index + 2) of \(children.count + 1)" }

    private func garbled(_ index: Int) -> ScaleError {
        Self.failure("\(name(index)) sent something other than its share of the cell", lastLine(children[index]))
    }

    private mutating func died(_ index: Int) -> ScaleError {
        let child = children[index]
        reap([child], until: MonotonicClock.now() + .seconds(1))
        let ending = child.process.ending.map { " with \($0)" } ?? ""
        return Self.failure("\(name(index)) ended before its share of the cell\(ending)", lastLine(child))
    }

    private func lastLine(_ child: Child) -> String? {
        let text = String(decoding: child.said.tail(4096), as: UTF8.self)
        let own = "scalebench: "
        return text.split(separator: "\n").last.map { String($0.hasPrefix(own) ? $0.dropFirst(own.count) : $0) }
    }

    /// A process whose share is here ends by itself; the others are not wanted any more.
    private mutating func end() {
        for child in children { child.process.release() }
        reap(children, until: MonotonicClock.now() + .milliseconds(200))
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
