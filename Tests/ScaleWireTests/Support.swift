import ScaleWire
import Testing

/// Bytes written in hexadecimal, blanks between them as one likes.
func hex(_ text: String) -> [UInt8] {
    let digits = text.utf8.filter { $0 != UInt8(ascii: " ") }
    return stride(from: 0, to: digits.count, by: 2).compactMap { start in
        UInt8(String(decoding: digits[start..<min(start + 2, digits.count)], as: UTF8.self), radix: 16)
    }
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

/// Every way to hand over a stream: whole, byte by byte, and in two parts cut at each place.
func everyCut(_ stream: [UInt8]) -> [Cuts] {
    [.every(1), .every(3), .random(7), .random(8)] + (0...stream.count).map { .once($0) }
}

/// A generator whose numbers are the same in every run (Knuth's MMIX constants).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        // The low bits of such a generator have short periods.
        return state ^ state >> 29
    }
}

/// One line of a table: what it shows, what goes in and what must come out.
struct Example<Input: Sendable, Output: Sendable>: Sendable, CustomTestStringConvertible {
    let name: String
    let input: Input
    let output: Output

    init(_ name: String, _ input: Input, _ output: Output) {
        self.name = name
        self.input = input
        self.output = output
    }

    var testDescription: String { name }
}
