import ScaleWire
import Testing

@Suite struct WebSocketFrameTests {
    @Test(arguments: [
        (0, 2), (125, 127), (126, 130), (65_535, 65_539), (65_536, 65_546),
    ]) func sizes(_ payload: Int, _ size: Int) {
        #expect(WebSocketFrame.size(payload: payload, masked: false) == size)
        #expect(WebSocketFrame.size(payload: payload, masked: true) == size + 4)
        #expect(WebSocketFrame.headerSize(payload: payload, masked: false) == size - payload)
    }

    @Test func writesTheExamplesOfTheStandard() {
        #expect(Invariants.frame(.text, bytes("Hello")) == hex("81 05 48 65 6c 6c 6f"))
        let masked = Invariants.frame(.text, bytes("Hello"), mask: 0x3D21_FA37)
        #expect(masked == hex("81 85 37 fa 21 3d 7f 9f 4d 51 58"))
        #expect(Invariants.frame(.text, final: false, bytes("Hel")) == hex("01 03 48 65 6c"))
        #expect(Invariants.frame(.continuation, bytes("lo")) == hex("80 02 6c 6f"))
        #expect(Array(Invariants.frame(.binary, [UInt8](repeating: 0, count: 256)).prefix(4)) == hex("82 7e 01 00"))
        let long = Invariants.frame(.binary, [UInt8](repeating: 0, count: 65_536))
        #expect(Array(long.prefix(10)) == hex("82 7f 00 00 00 00 00 01 00 00"))
    }

    @Test func writesCloseFrames() {
        let plain = Invariants.written(WebSocketFrame.closeSize) { WebSocketFrame.writeClose(code: 1000, mask: nil, to: $0) }
        #expect(plain == hex("88 02 03 e8"))
        let masked = Invariants.written(WebSocketFrame.closeSize) { WebSocketFrame.writeClose(code: 1000, mask: 1, to: $0) }
        #expect(masked == hex("88 82 01 00 00 00 02 e8"))
    }

    @Test func aHeaderAloneIsTheFrontOfTheFrame() {
        for length in [0, 125, 126, 65_536] {
            for mask in [nil, UInt32(0x0102_0304)] {
                let size = WebSocketFrame.headerSize(payload: length, masked: mask != nil)
                let header = Invariants.written(size) { WebSocketFrame.writeHeader(.text, payload: length, mask: mask, to: $0) }
                let whole = Invariants.frame(.text, [UInt8](repeating: 0x61, count: length), mask: mask)
                #expect(header == Array(whole.prefix(size)))
            }
        }
    }

    /// Against one byte after the other, for every length that mixes words and bytes, at every offset and alignment.
    @Test func masksLikeTheNaiveWay() {
        let key: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]
        let word = UInt32(0x3D21_FA37)
        for length in 0...70 {
            let plain = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ 3) }
            for offset in 0...9 {
                let naive = plain.enumerated().map { $1 ^ key[($0 + offset) % 4] }
                for alignment in 0..<3 {
                    var memory = [UInt8](repeating: 0xEE, count: alignment) + plain + [0xEE]
                    memory.withUnsafeMutableBytes { buffer in
                        let part = UnsafeMutableRawBufferPointer(rebasing: buffer[alignment..<alignment + length])
                        WebSocketFrame.mask(part, key: word, offset: offset)
                    }
                    #expect(memory == [UInt8](repeating: 0xEE, count: alignment) + naive + [0xEE])
                }
            }
            #expect(Array(Invariants.frame(.binary, plain, mask: word).dropFirst(6)) == plain.enumerated().map { $1 ^ key[$0 % 4] })
        }
    }

    @Test func maskingTwiceIsNothing() {
        var memory = (0..<1000).map { UInt8(truncatingIfNeeded: $0) }
        let before = memory
        for _ in 0..<2 { memory.withUnsafeMutableBytes { WebSocketFrame.mask($0, key: 0xDEAD_BEEF, offset: 3) } }
        #expect(memory == before)
    }
}
