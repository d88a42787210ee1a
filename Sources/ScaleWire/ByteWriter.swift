/// Writes forwards into memory of the caller's. Who makes one has checked that there is room for all of it.
struct ByteWriter {
    private let start: UnsafeMutableRawPointer
    private(set) var count = 0

    /// - Parameter size: how much may be written at most.
    init?(_ target: UnsafeMutableRawBufferPointer, size: Int) {
        precondition(target.count >= size, "target smaller than what is written")
        guard let start = target.baseAddress else { return nil }
        self.start = start
    }

    @inline(__always)
    mutating func write(_ text: StaticString) {
        (start + count).copyMemory(from: text.utf8Start, byteCount: text.utf8CodeUnitCount)
        count += text.utf8CodeUnitCount
    }

    @inline(__always)
    mutating func write(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress else { return }
        (start + count).copyMemory(from: base, byteCount: bytes.count)
        count += bytes.count
    }

    @inline(__always)
    mutating func write(_ byte: UInt8) {
        start.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count += 1
    }

    /// At most 20 bytes.
    mutating func write(_ number: Int) {
        if number < 0 { write(UInt8(ascii: "-")) }
        write(digits: UInt64(number.magnitude))
    }

    /// Decimal digits, with zeros in front up to `width`.
    private mutating func write(digits number: UInt64, width: Int = 1) {
        var length = 1
        var rest = number / 10
        while rest > 0 {
            length += 1
            rest /= 10
        }
        length = max(length, width)
        var value = number
        for index in stride(from: count + length - 1, through: count, by: -1) {
            let (quotient, digit) = value.quotientAndRemainder(dividingBy: 10)
            start.storeBytes(of: 0x30 + UInt8(truncatingIfNeeded: digit), toByteOffset: index, as: UInt8.self)
            value = quotient
        }
        count += length
    }

    /// The longest text of ``write(_:)-(Double)``: sign, 17 digits, point and exponent.
    static let doubleSize = 25

    /// The shortest text that reads back as the same number, always with a point or an exponent; `null` for what JSON
    /// has no number for. Allocates nothing for magnitudes below a million in whole billionths, such as nanoseconds
    /// that were made into seconds.
    mutating func write(_ number: Double) {
        guard number.isFinite else { return write("null") }
        let magnitude = number.magnitude
        let billionths = (magnitude * 1e9).rounded()
        // Fifteen digits stand for different Doubles whenever they differ, so this text, with its trailing zeros
        // off, is the only one so short.
        guard billionths < 1e15, billionths / 1e9 == magnitude else {
            let text = number.description
            for byte in text.utf8 { write(byte) }
            return
        }
        if number.sign == .minus { write(UInt8(ascii: "-")) }
        let (whole, remainder) = UInt64(billionths).quotientAndRemainder(dividingBy: 1_000_000_000)
        write(digits: whole)
        write(UInt8(ascii: "."))
        var (fraction, places) = (remainder, 9)
        while places > 1, fraction % 10 == 0 {
            fraction /= 10
            places -= 1
        }
        write(digits: fraction, width: places)
    }
}
