import Foundation
import ScaleCore
import ScaleEngine
import ScaleReactor

/// The child's side of a ``GeneratorGroup``: runs one process's part of one cell.
///
/// Its standard input is a socket pair's end: the order comes in there, the share goes out. Descriptor
/// ``ChildProcess/inherited`` is the board.
public enum GeneratorProcess {
    /// - Throws: `usage` when it was not started by a run.
    public static func run() async throws(ScaleError) {
        let channel = Socket(descriptor: StandardStream.input.rawValue)
        let spec = try order(channel).spec()
        watchLifeline(channel)
        let board: ProgressBoard
        do {
            board = try ProgressBoard(inherited: ChildProcess.inherited, sharedBy: spec.threads)
        } catch {
            throw ScaleError(.infrastructure, "the board of the parent cannot be mapped", cause: error.description)
        }
        try send(Framed.message(try await LoadEngine.share(spec, board: board).encoded), to: channel)
    }

    private static func order(_ channel: Socket) throws(ScaleError) -> CellOrder {
        guard let head = receive(Framed.head, from: channel), let length = Framed.length(head),
            let bytes = receive(length, from: channel),
            let order = try? JSONDecoder().decode(CellOrder.self, from: Data(bytes))
        else {
            throw .usage("generate has no order from a run", hint: "it is started by scalebench run --processes P")
        }
        return order
    }

    /// Nil when the peer ends before; the socket blocks.
    private static func receive(_ count: Int, from channel: Socket) -> [UInt8]? {
        var bytes: [UInt8] = []
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { buffer.deallocate() }
        while bytes.count < count {
            let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, count - bytes.count)])
            let got = channel.receive(into: part)
            if got == -Int(Errno.interrupted) { continue }
            guard got > 0 else { return nil }
            bytes += part[..<got]
        }
        return bytes
    }

    private static func send(_ bytes: [UInt8], to channel: Socket) throws(ScaleError) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { channel.send(UnsafeRawBufferPointer(rebasing: $0[sent...])) }
            if count == -Int(Errno.interrupted) { continue }
            guard count > 0 else {
                throw ScaleError(.infrastructure, "the run is gone", cause: SystemFault.message(Int32(-count)))
            }
            sent += count
        }
    }

    /// The parent ends the input when it wants nothing more, and the kernel does however the parent goes. Nothing here
    /// is worth finishing then.
    private static func watchLifeline(_ channel: Socket) {
        Task.detached {
            await ReactorThread.run {
                while receive(1, from: channel) != nil {}
                _exit(0)
            }
        }
    }
}
