/// How many sessions one worker admits, and what it calls them.
struct Admission {
    let limit: Int?
    private(set) var active = 0
    private let first: UInt64
    private var issued: UInt64

    /// - Parameter seed: differs from worker to worker, so that their sessions do.
    init(limit: Int?, seed: UInt64) {
        self.limit = limit
        first = seed
        issued = seed
    }

    /// Takes a slot; false when all are taken.
    mutating func admit() -> Bool {
        if let limit, active >= limit { return false }
        active += 1
        return true
    }

    mutating func release() { active -= 1 }

    /// The number of the environment made last, 1 for the first.
    var ordinal: UInt64 { issued &- first }

    /// A fresh environment, whether or not it has a slot.
    mutating func makeEnvironment() -> SimulatedEnvironment {
        issued &+= 1
        return SimulatedEnvironment(session: SessionID(ordinal: issued))
    }
}

/// A session's name in observations: twelve hexadecimal digits, kept as they are written.
public struct SessionID: Hashable, Sendable {
    private var first: UInt64 = 0
    private var last: UInt32 = 0

    /// Different for 2^48 successive ordinals, and unlike for neighbours: each step of the scattering (an odd multiplier,
    /// a shifted xor) can be undone. The multiplier is one of SplitMix64's (Steele, Lea and Flood, 2014), cut to 48 bits.
    public init(ordinal: UInt64) {
        let mask: UInt64 = (1 << 48) - 1
        var x = ordinal & mask
        x = (x ^ x >> 25) &* 0x476D_1CE4_E5B9 & mask
        x = (x ^ x >> 23) &* 0x476D_1CE4_E5B9 & mask
        x ^= x >> 25
        withUnsafeMutableBytes(of: &self) { bytes in
            for index in 0..<12 {
                let digit = UInt8(truncatingIfNeeded: x >> UInt64(44 - 4 * index) & 15)
                bytes[index] = digit < 10 ? digit + 48 : digit + 87
            }
        }
    }

    /// The twelve characters.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withUnsafeBytes(of: self) { body(UnsafeRawBufferPointer(rebasing: $0[..<12])) }
    }

    public var text: String { withBytes { String(decoding: $0, as: UTF8.self) } }
}
