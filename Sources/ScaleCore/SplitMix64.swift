/// Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators" (2014). Its numbers differ from draw to
/// draw and repeat from run to run with the same seed. They hide nothing and need not.
public struct SplitMix64: RandomNumberGenerator, Sendable {
    @usableFromInline var state: UInt64

    @inlinable public init(seed: UInt64) { state = seed }

    @inlinable public mutating func next() -> UInt64 {
        state &+= Self.gamma
        return Self.mixed(state)
    }

    /// What one draw adds to the state.
    @inlinable public static var gamma: UInt64 { 0x9E37_79B9_7F4A_7C15 }

    /// The finalizer: a bijection in which every bit of the result depends on every bit of the value.
    @inlinable public static func mixed(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z &>> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z &>> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z &>> 31)
    }
}
