import Glibc
import ScaleCore
import ScaleReactor
import Testing

@Suite struct SharedMemoryTests {
    /// A shell that writes into what it inherited, and says something.
    @Test func aChildWritesIntoWhatItInherits() throws {
        let memory = try SharedMemory(size: 8)
        let said = try MemoryFile()
        #expect(memory.base.load(as: UInt64.self) == 0)
        var child = try ChildProcess(
            path: "/bin/sh", arguments: ["-c", "printf 'ABCDEFGH' >&3; echo out; echo err >&2; echo 5 >&4"],
            outputs: said.descriptor, inheriting: memory.descriptor)
        try ChildProcessTests.waitForEnd(of: &child)
        #expect(memory.base.load(as: UInt64.self).littleEndian == 0x4847_4645_4443_4241)
        let text = String(decoding: said.tail(1000), as: UTF8.self)
        #expect(text.hasPrefix("out\nerr\n"), "\(text)")
        #expect(text.contains("4"), "descriptor 4 was open in the child: \(text)")
        #expect(said.tail(2).count == 2 && said.size == text.utf8.count)
    }

    @Test func memoryOfAnotherSizeIsRefused() throws {
        let memory = try SharedMemory(size: 64)
        let copy = dup(memory.descriptor)
        #expect(throws: SystemFault.self) { _ = try SharedMemory(inherited: copy, size: 65).descriptor }
        #expect(throws: SystemFault.self) { _ = try SharedMemory(inherited: -1, size: 64).descriptor }
    }

    @Test func twoMappingsAreOneMemory() throws {
        let first = try SharedMemory(size: 16)
        let second = try SharedMemory(inherited: dup(first.descriptor), size: 16)
        first.base.storeBytes(of: 7, toByteOffset: 8, as: UInt64.self)
        #expect(second.base.load(fromByteOffset: 8, as: UInt64.self) == 7)
    }

    /// The kernel gives both the port only when it connects them, so they may share one.
    @Test func aConnectionGoesOutFromItsSource() throws {
        let address = try #require(try SocketAddress.resolve(host: "127.0.0.1", port: 0).first)
        let listener = try Socket.bound(to: address, shared: false)
        defer { listener.close() }
        try listener.listen()
        let end = try listener.localAddress()
        for source in ["127.0.0.2", "127.0.1.7"] {
            let socket = Socket(descriptor: Socket.open(for: end))
            defer { socket.close() }
            #expect(socket.setSource(try #require(try SocketAddress.resolve(host: source, port: 0).first)) == 0)
            #expect(socket.localPort == 0, "the port was chosen before the connect")
            #expect([0, -Errno.inProgress].contains(socket.connect(to: end)))
            #expect(try socket.localAddress().text == source && socket.localPort > 0)
        }
        let socket = Socket(descriptor: Socket.open(for: end))
        defer { socket.close() }
        let foreign = try #require(try SocketAddress.resolve(host: "192.0.2.1", port: 0).first)
        #expect(socket.setSource(foreign) == -Errno.addressNotAvailable)
    }
}
