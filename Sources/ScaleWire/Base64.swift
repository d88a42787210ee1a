/// Base64 with padding, RFC 4648 section 4.
public enum Base64 {
    /// The bytes of the text for `count` bytes.
    public static func size(_ count: Int) -> Int { (count + 2) / 3 * 4 }

    /// Writes the text and returns its length, ``size(_:)``, for which `target` must have room.
    @discardableResult
    public static func encode(_ bytes: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer) -> Int {
        let count = bytes.count
        precondition(target.count >= size(count), "target smaller than the text")
        guard let source = bytes.baseAddress, let out = target.baseAddress else { return 0 }
        var (at, written) = (0, 0)
        while at < count {
            let left = count - at
            let group =
                UInt32(source.byte(at)) << 16 | (left > 1 ? UInt32(source.byte(at + 1)) << 8 : 0)
                | (left > 2 ? UInt32(source.byte(at + 2)) : 0)
            let text =
                UInt32(letter(group >> 18)) | UInt32(letter(group >> 12 & 63)) << 8
                | UInt32(left > 1 ? letter(group >> 6 & 63) : UInt8(ascii: "=")) << 16
                | UInt32(left > 2 ? letter(group & 63) : UInt8(ascii: "=")) << 24
            out.storeBytes(of: text.littleEndian, toByteOffset: written, as: UInt32.self)
            at += 3
            written += 4
        }
        return written
    }

    /// The text of bytes that are already in an array; for what is written once.
    public static func encode(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: size(bytes.count)) { target, count in
            count = bytes.withUnsafeBytes { encode($0, to: UnsafeMutableRawBufferPointer(target)) }
        }
    }

    @inline(__always)
    private static func letter(_ value: UInt32) -> UInt8 {
        let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        return alphabet.utf8Start[Int(value)]
    }

    /// The value of a letter, or 64.
    @inline(__always)
    static func value(_ letter: UInt8) -> UInt8 {
        switch letter {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): letter - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): letter - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): letter - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: 64
        }
    }
}
