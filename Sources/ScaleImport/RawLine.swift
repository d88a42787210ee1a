import ScaleCore
import ScaleWire

/// One line of `raw.jsonl`: a flat object with the result of one session. The views in it are valid as long as the line's
/// bytes are.
struct RawLine {
    var request = 0
    var mode = Mode.ws
    var timestamp = WallTime(microseconds: 0)
    var wait = Nanoseconds.zero
    var batch = 0
    var success = false
    /// Absent where the file has 0 or nothing: such a file has a number everywhere.
    var connect: Nanoseconds?
    var reset: Nanoseconds?
    var step: Nanoseconds?
    var total = Nanoseconds.zero
    var waited: Nanoseconds?
    var pid: Int32?
    var hash: SessionHash?
    var hardware: JSONValue?
    var host: JSONValue?
    var errorType: JSONValue?
    var errorMessage: JSONValue?

    /// The longest time that is taken, in seconds: a year.
    static let longest = 365.0 * 86_400
    /// The largest batch that is taken: more sessions than addresses and ports let one generator open.
    static let largestBatch = 100_000_000

    /// In the order in which the files have them, which saves looking for each.
    private enum Key: Int, CaseIterable {
        case request, mode, timestamp, wait, batch, hardware, connect, reset, step, total, waited, pid, hash, host, success,
            errorType, errorMessage

        var name: StaticString {
            switch self {
            case .request: "request_id"
            case .mode: "mode"
            case .timestamp: "timestamp"
            case .wait: "wait_requested"
            case .batch: "batch_size"
            case .hardware: "hardware"
            case .connect: "connect_latency"
            case .reset: "reset_latency"
            case .step: "step_latency"
            case .total: "total_latency"
            case .waited: "waited_seconds"
            case .pid: "pid"
            case .hash: "session_hash"
            case .host: "host_url"
            case .success: "success"
            case .errorType: "error_type"
            case .errorMessage: "error_message"
            }
        }

        static let required: [Key] = [.request, .mode, .timestamp, .wait, .batch, .total, .success]
    }

    init(_ line: UnsafeRawBufferPointer) throws(LineProblem) {
        guard var reader = JSONObjectReader(text: line) else { throw LineProblem("is not a JSON object") }
        var seen: UInt32 = 0
        var expected = 0
        var passed = 1
        while true {
            switch reader.next() {
            case .end:
                for key in Key.required where seen & (1 << UInt32(key.rawValue)) == 0 {
                    throw LineProblem("has no \"\(key.name)\"")
                }
                return
            case .malformed: throw LineProblem("is not valid JSON behind this column", column: passed)
            case .member(let name, let value):
                let column = Self.column(of: value, in: line)
                passed = column + value.bytes.count
                guard let key = Self.key(name, expected) else { continue }
                expected = key.rawValue + 1
                let bit: UInt32 = 1 << UInt32(key.rawValue)
                if seen & bit != 0 { throw LineProblem("has \"\(key.name)\" twice", column: column) }
                seen |= bit
                if let complaint = take(value, as: key) { throw LineProblem("has a \"\(key.name)\" that is " + complaint, column: column) }
            }
        }
    }

    private static func key(_ name: JSONValue, _ expected: Int) -> Key? {
        if let key = Key(rawValue: expected), name.equals(key.name) { return key }
        return Key.allCases.first { name.equals($0.name) }
    }

    private static func column(of value: JSONValue, in line: UnsafeRawBufferPointer) -> Int {
        guard let start = line.baseAddress, let at = value.bytes.baseAddress else { return 1 }
        return at - start + 1
    }

    /// - Returns: what the value is instead of one of its kind; nil when it was taken.
    private mutating func take(_ value: JSONValue, as key: Key) -> String? {
        switch key {
        case .request:
            guard let number = value.int(), number >= 0 else { return "no whole number from 0" }
            request = number
        case .mode:
            if value.equals("ws") { mode = .ws } else if value.equals("http") { mode = .http } else { return "neither \"ws\" nor \"http\"" }
        case .timestamp:
            guard let text = value.stringBytes, let time = Timestamp.read(text) else { return "no time like 2026-01-09T12:00:00.5Z" }
            timestamp = time
        case .wait: return span(value) { $0.wait = $1 }
        case .batch:
            guard let number = value.int(), (1...Self.largestBatch).contains(number) else { return "no whole number from 1" }
            batch = number
        case .connect: return span(value) { $0.connect = $1 == .zero ? nil : $1 }
        case .reset: return span(value) { $0.reset = $1 == .zero ? nil : $1 }
        case .step: return span(value) { $0.step = $1 == .zero ? nil : $1 }
        case .total: return span(value) { $0.total = $1 }
        case .waited: return span(value) { $0.waited = $1 == .zero ? nil : $1 }
        case .pid:
            if value.kind == .null { return nil }
            guard let number = value.int(), let small = Int32(exactly: number), small >= 0 else { return "no process number" }
            pid = small == 0 ? nil : small
        case .hash:
            guard let text = text(value) else { return "no text" }
            hash = text.flatMap { $0.stringBytes.flatMap { SessionHash($0) } }
        case .success:
            guard let flag = value.bool() else { return "neither true nor false" }
            success = flag
        case .hardware: return text(value, &hardware)
        case .host: return text(value, &host)
        case .errorType: return text(value, &errorType)
        case .errorMessage: return text(value, &errorMessage)
        }
        return nil
    }

    /// Seconds; null counts as 0, which stands for absent.
    private mutating func span(_ value: JSONValue, _ keep: (inout RawLine, Nanoseconds) -> Void) -> String? {
        if value.kind == .null {
            keep(&self, .zero)
            return nil
        }
        guard let seconds = value.double(), seconds >= 0, seconds <= Self.longest else { return "no number of seconds from 0 to a year" }
        keep(&self, .seconds(seconds))
        return nil
    }

    /// The outer nil is another kind; the inner one null or an empty text.
    private func text(_ value: JSONValue) -> JSONValue?? {
        switch value.kind {
        case .null: .some(nil)
        case .string: value.bytes.count == 2 ? .some(nil) : value
        default: nil
        }
    }

    private func text(_ value: JSONValue, _ place: inout JSONValue?) -> String? {
        guard let text = text(value) else { return "no text" }
        place = text
        return nil
    }
}
