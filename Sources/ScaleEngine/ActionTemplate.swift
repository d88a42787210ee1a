import ScaleCore
import ScaleWire

/// The JSON of a step's action, cut once at its placeholders so that a step is put together by copying bytes.
///
/// `{{wait}}` stands for the wait in seconds, `{{step}}` for the step's number from 1, `{{session}}` for the session's
/// number from 0.
public struct ActionTemplate: Sendable, Hashable {
    enum Piece: Sendable, Hashable {
        case text([UInt8])
        case step
        case session
        /// The step's own wait, where it is drawn.
        case wait
    }

    let pieces: [Piece]
    /// The benchmark environment's own action: its answers can be held against what was asked.
    public let isBenchmark: Bool

    /// `{"wait_seconds": wait}`.
    /// - Parameter wait: nil where every step has its own.
    public static func benchmark(wait: Nanoseconds?) -> ActionTemplate {
        guard let wait else {
            return ActionTemplate(
                pieces: [.text(Array("{\"wait_seconds\": ".utf8)), .wait, .text([UInt8(ascii: "}")])], isBenchmark: true)
        }
        return ActionTemplate(pieces: [.text(Array("{\"wait_seconds\": \(number(wait.seconds))}".utf8))], isBenchmark: true)
    }

    private init(pieces: [Piece], isBenchmark: Bool) {
        self.pieces = pieces
        self.isBenchmark = isBenchmark
    }

    /// Reads a user's template; the wait is known per cell and put in at once.
    /// - Parameter wait: nil where every step has its own.
    /// - Throws: a usage error that names the unknown placeholder, or says that the text is no JSON object.
    public init(_ text: String, wait: Nanoseconds?) throws(ScaleError) {
        var pieces: [Piece] = []
        var literal: [UInt8] = []
        for part in ActionText.parts(text) {
            let piece: Piece
            switch (part, wait) {
            case (.text(let bytes), _):
                literal += bytes
                continue
            case (.placeholder("wait"), let wait?):
                literal += Array(Self.number(wait.seconds).utf8)
                continue
            case (.placeholder("wait"), nil): piece = .wait
            case (.placeholder("step"), _): piece = .step
            case (.placeholder("session"), _): piece = .session
            case (.placeholder(let name), _):
                throw .usage("--action has the unknown placeholder {{\(name)}}", hint: "use {{wait}}, {{step}} or {{session}}")
            }
            if !literal.isEmpty { pieces.append(.text(literal)) }
            literal = []
            pieces.append(piece)
        }
        if !literal.isEmpty { pieces.append(.text(literal)) }
        self.init(pieces: pieces, isBenchmark: false)
        let sample = Array(self.text(step: 1, session: 0).utf8)
        guard sample.withUnsafeBytes({ JSONValue.parse($0)?.kind == .object }) else {
            throw .usage("--action '\(text)' is not a JSON object", hint: "write it like {\"message\": \"hi\"}")
        }
    }

    /// A JSON number without a trailing `.0`.
    static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) + ".0" : "\(value)"
    }

    /// Whether every step of every session is the same bytes.
    var isConstant: Bool {
        pieces.allSatisfy { if case .text = $0 { true } else { false } }
    }

    /// The most bytes one action takes.
    var maximumSize: Int {
        pieces.reduce(0) { total, piece in
            if case .text(let bytes) = piece { total + bytes.count } else { total + 30 }
        }
    }

    /// Writes one action and answers its size; nothing is allocated.
    func write(
        step: Int, session: Int, wait: Nanoseconds = .zero, to destination: UnsafeMutableRawBufferPointer
    ) -> Int {
        var at = 0
        for piece in pieces {
            switch piece {
            case .text(let bytes):
                UnsafeMutableRawBufferPointer(rebasing: destination[at...]).copyBytes(from: bytes)
                at += bytes.count
            case .step: at += Digits.write(step, to: UnsafeMutableRawBufferPointer(rebasing: destination[at...]))
            case .session: at += Digits.write(session, to: UnsafeMutableRawBufferPointer(rebasing: destination[at...]))
            case .wait: at += Digits.write(seconds: wait, to: UnsafeMutableRawBufferPointer(rebasing: destination[at...]))
            }
        }
        return at
    }

    /// For tests and messages.
    func text(step: Int, session: Int, wait: Nanoseconds = .zero) -> String {
        let size = maximumSize
        return String(unsafeUninitializedCapacity: size) { buffer in
            write(step: step, session: session, wait: wait, to: UnsafeMutableRawBufferPointer(buffer))
        }
    }
}

/// Decimal digits without allocation.
enum Digits {
    static func write(_ value: Int, to destination: UnsafeMutableRawBufferPointer) -> Int {
        var count = 1
        var scale = 1
        while scale <= value / 10 {
            scale *= 10
            count += 1
        }
        var rest = value
        for index in 0..<count {
            destination[index] = UInt8(48 + rest / scale)
            rest %= scale
            scale /= 10
        }
        return count
    }

    /// Seconds from 0 with all nine decimals.
    static func write(seconds span: Nanoseconds, to destination: UnsafeMutableRawBufferPointer) -> Int {
        let (whole, part) = span.rawValue.quotientAndRemainder(dividingBy: 1_000_000_000)
        let count = write(Int(whole), to: destination)
        destination[count] = UInt8(ascii: ".")
        var rest = part
        for index in (1...9).reversed() {
            destination[count + index] = UInt8(48 + rest % 10)
            rest /= 10
        }
        return count + 10
    }
}
