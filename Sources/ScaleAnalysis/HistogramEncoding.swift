import Histogram
import ScaleCore

/// HdrHistogram's V2 encoding, uncompressed (cookie base 0x1c849303 of `AbstractHistogram.encodeIntoByteBuffer`), as
/// the HdrHistogram libraries of other languages read it.
///
/// All header fields are big-endian: cookie, payload length, normalizing index offset (0) and significant digits as
/// 32-bit integers, lowest discernible and highest trackable value as 64-bit integers, and the conversion ratio (1.0)
/// as a 64-bit float. The payload is the bucket counts from bucket 0 to the last one used, each a ZigZag LEB128
/// number of at most 9 bytes; a negative number −k stands for k empty buckets in a row.
extension LatencyHistogram {
    private static let cookie: UInt32 = 0x1c84_9303 | 0x10
    private static let headerLength = 40
    /// 2,048 sub-buckets, the power of two that holds three digits, of which each bucket above the first uses half.
    private static let subBucketHalfCount = 1024
    /// ⌊log2 100⌋: buckets count in units of 64 ns.
    private static let unitMagnitude = 6

    /// The counts alone: the exact least, greatest and mean value do not survive, percentiles do.
    public var encoded: [UInt8] {
        var payload: [UInt8] = []
        var next = 0
        for entry in buckets.recordedValues() {
            let index = Self.index(of: entry.value)
            // A single empty bucket is its count, 0; the run form says the same in as many bytes for two and more.
            if index - next == 1 { Self.appendVariable(0, to: &payload) }
            if index - next > 1 { Self.appendVariable(Int64(next - index), to: &payload) }
            Self.appendVariable(Int64(clamping: entry.count), to: &payload)
            next = index + 1
        }
        // Every implementation writes bucket 0 of an empty histogram.
        if isEmpty { Self.appendVariable(0, to: &payload) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.headerLength + payload.count)
        Self.appendFixed(Self.cookie, to: &bytes)
        Self.appendFixed(UInt32(payload.count), to: &bytes)
        Self.appendFixed(UInt32(0), to: &bytes)
        Self.appendFixed(UInt32(3), to: &bytes)
        Self.appendFixed(UInt64(Self.lowestDiscernible.rawValue), to: &bytes)
        Self.appendFixed(UInt64(Self.highestTrackable.rawValue), to: &bytes)
        Self.appendFixed((1.0).bitPattern, to: &bytes)
        return bytes + payload
    }

    /// Reads what ``encoded`` wrote. Least, greatest and mean value are at bucket precision afterwards.
    /// - Throws: ``ScaleError`` of code `storage` for anything but a whole V2 encoding of this type's own layout.
    public init(encoded bytes: [UInt8]) throws(ScaleError) {
        self.init()
        func damaged(_ cause: String) -> ScaleError {
            ScaleError(.storage, "a stored histogram cannot be read", cause: cause)
        }
        guard bytes.count >= Self.headerLength else {
            throw damaged("\(bytes.count) bytes are too few for the header of \(Self.headerLength)")
        }
        let cookie = UInt32(truncatingIfNeeded: Self.integer(in: bytes, at: 0, length: 4))
        guard cookie == Self.cookie else {
            throw damaged("its cookie 0x\(String(cookie, radix: 16)) is not that of the uncompressed V2 encoding")
        }
        guard Self.integer(in: bytes, at: 4, length: 4) == UInt64(bytes.count - Self.headerLength) else {
            throw damaged("its payload has not the length that its header states")
        }
        guard Self.integer(in: bytes, at: 8, length: 4) == 0, Self.integer(in: bytes, at: 12, length: 4) == 3,
            Self.integer(in: bytes, at: 16, length: 8) == UInt64(Self.lowestDiscernible.rawValue),
            Self.integer(in: bytes, at: 24, length: 8) == UInt64(Self.highestTrackable.rawValue),
            Self.integer(in: bytes, at: 32, length: 8) == (1.0).bitPattern
        else { throw damaged("its buckets are not 3 digits from 100 ns to 1 hour") }
        guard readCounts(bytes[Self.headerLength...]) else {
            throw damaged("its counts are cut off, out of range or not numbers")
        }
    }

    /// Bytes before the counts of ``exactlyEncoded``.
    private static let exactLength = 48

    /// ``encoded`` behind what it leaves out: least, greatest and sum of the values (64, 64 and 128 bits) and how many
    /// lay above and below the buckets (64 bits each), big-endian. For another process of this program, which merges as
    /// if it had recorded the values itself.
    public var exactlyEncoded: [UInt8] {
        var bytes: [UInt8] = []
        Self.appendFixed(least, to: &bytes)
        Self.appendFixed(greatest, to: &bytes)
        Self.appendFixed(sum, to: &bytes)
        Self.appendFixed(Int64(overflowed), to: &bytes)
        Self.appendFixed(Int64(underflowed), to: &bytes)
        return bytes + encoded
    }

    /// Reads what ``exactlyEncoded`` wrote: equal to what it was written from.
    /// - Throws: as ``init(encoded:)``.
    public init(exactlyEncoded bytes: [UInt8]) throws(ScaleError) {
        guard bytes.count > Self.exactLength else {
            throw ScaleError(.storage, "a stored histogram cannot be read", cause: "\(bytes.count) bytes are too few")
        }
        func number(_ offset: Int) -> Int64 { Int64(bitPattern: Self.integer(in: bytes, at: offset, length: 8)) }
        try self.init(encoded: Array(bytes[Self.exactLength...]))
        least = number(0)
        greatest = number(8)
        sum = Int128(number(16)) << 64 | Int128(UInt64(bitPattern: number(24)))
        overflowed = Int(number(32))
        underflowed = Int(number(40))
    }

    private mutating func readCounts(_ payload: ArraySlice<UInt8>) -> Bool {
        var rest = payload
        var index = 0
        let end = Self.index(of: UInt64(Self.highestTrackable.rawValue)) + 1
        var total: UInt64 = 0
        while !rest.isEmpty {
            guard let number = Self.readVariable(from: &rest) else { return false }
            if number <= 0 {
                guard number >= Int64(-end) else { return false }
                index += number == 0 ? 1 : Int(-number)
                continue
            }
            guard index < end else { return false }
            let value = Self.value(ofIndex: index)
            let highest = Int64(clamping: buckets.highestEquivalentForValue(value))
            // The library's walks add count × value up in 64 bits and trap on overflow.
            let (weight, tooMuch) = UInt64(number).multipliedReportingOverflow(by: UInt64(highest))
            let (sumOfWeights, overflowed) = total.addingReportingOverflow(weight)
            guard !tooMuch, !overflowed, buckets.record(value, count: UInt64(number)) else { return false }
            total = sumOfWeights
            least = Swift.min(least, Int64(value))
            greatest = Swift.max(greatest, highest)
            sum += Int128(number) * (Int128(value) + Int128(highest)) / 2
            index += 1
        }
        return index <= end
    }

    /// The position of a value's bucket in the counts array, as every HdrHistogram lays it out.
    static func index(of value: UInt64) -> Int {
        let units = Int(value >> UInt64(unitMagnitude))
        let bits = Int.bitWidth - units.leadingZeroBitCount
        let bucket = Swift.max(0, bits - 11)
        return bucket * subBucketHalfCount + (units >> bucket)
    }

    /// The lowest value of a bucket: the inverse of ``index(of:)``.
    static func value(ofIndex index: Int) -> UInt64 {
        let bucket = Swift.max(0, index / subBucketHalfCount - 1)
        return UInt64(index - bucket * subBucketHalfCount) << UInt64(bucket + unitMagnitude)
    }
}

/// Numbers as bytes: of fixed length in the header, of variable length in the payload.
extension LatencyHistogram {
    private static func appendFixed(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    private static func integer(in bytes: [UInt8], at offset: Int, length: Int) -> UInt64 {
        bytes[offset..<offset + length].reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// ZigZag, then seven bits a byte from the low end; a ninth byte carries eight bits and no continuation mark.
    private static func appendVariable(_ value: Int64, to bytes: inout [UInt8]) {
        var rest = UInt64(bitPattern: (value << 1) ^ (value >> 63))
        for _ in 0..<8 {
            if rest < 0x80 {
                bytes.append(UInt8(rest))
                return
            }
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Nil when the bytes end within the number.
    private static func readVariable(from bytes: inout ArraySlice<UInt8>) -> Int64? {
        var value: UInt64 = 0
        for position in 0..<9 {
            guard let byte = bytes.popFirst() else { return nil }
            let bits = position == 8 ? UInt64(byte) : UInt64(byte & 0x7F)
            value |= bits << UInt64(7 * position)
            if byte & 0x80 == 0 { break }
        }
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }
}
