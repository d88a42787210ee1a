/// One line of a trace, a recorded episode:
/// `{"start": 1.25, "reset": {…}, "steps": [{"action": {…}, "at": 0.8}, …]}`. Only `steps` with at least one `action` must
/// be there, null counts as absent, and what else a recorder noted is passed over.
public struct RecordedEpisode {
    public struct Step {
        /// An object, as it is written.
        public let action: JSONValue
        /// Seconds since the episode's start.
        public let at: Double?
    }

    /// Seconds since the trace began.
    public let start: Double?
    /// The data of the reset, an object as it is written; nil for none.
    public let reset: JSONValue?
    public let steps: [Step]

    /// The longest time that is taken, in seconds: a year.
    public static let latest = 365.0 * 86_400

    /// What is wrong with a line, as the rest of a sentence about it: `has no "steps"`.
    public struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
        public let description: String

        public init(_ description: String) { self.description = description }
    }

    /// Reads a line without its end. The views in it are valid as long as the line's bytes are.
    public init(_ line: UnsafeRawBufferPointer) throws(Problem) {
        guard let text = JSONValue.parse(line) else { throw Problem("is not valid JSON") }
        var members = try Members(text, else: "is not a JSON object")
        var (start, reset, steps): (JSONValue?, JSONValue?, JSONValue?) = (nil, nil, nil)
        while let (key, value) = members.next() {
            if key.equals("start") {
                try Self.keep(value, in: &start, "has \"start\" twice")
            } else if key.equals("reset") {
                try Self.keep(value, in: &reset, "has \"reset\" twice")
            } else if key.equals("steps") {
                try Self.keep(value, in: &steps, "has \"steps\" twice")
            }
        }
        self.start = try start.map { value throws(Problem) in try Self.time(value, "has a \"start\" that") }
        if let reset, reset.kind != .object { throw Problem("has a \"reset\" that is not an object") }
        self.reset = reset
        guard let steps else { throw Problem("has no \"steps\"") }
        self.steps = try Self.steps(steps)
    }

    private static func steps(_ list: JSONValue) throws(Problem) -> [Step] {
        guard let values = list.elements(limit: .max) else { throw Problem("has \"steps\" that are not a list") }
        if values.isEmpty { throw Problem("has a list of \"steps\" with none in it") }
        var steps: [Step] = []
        steps.reserveCapacity(values.count)
        for (index, value) in values.enumerated() {
            let step = try step(value, number: index + 1)
            if let at = step.at, let before = steps.last?.at, at < before {
                throw Problem("has step \(index + 1) at \(at) s, before the step in front of it")
            }
            steps.append(step)
        }
        return steps
    }

    private static func step(_ value: JSONValue, number: Int) throws(Problem) -> Step {
        var members = try Members(value, else: "has a step \(number) that is not an object")
        var (action, at): (JSONValue?, JSONValue?) = (nil, nil)
        while let (key, value) = members.next() {
            if key.equals("action") {
                try keep(value, in: &action, "has \"action\" twice in step \(number)")
            } else if key.equals("at") {
                try keep(value, in: &at, "has \"at\" twice in step \(number)")
            }
        }
        guard let action else { throw Problem("has no \"action\" in step \(number)") }
        guard action.kind == .object else { throw Problem("has an \"action\" in step \(number) that is not an object") }
        return Step(action: action, at: try at.map { value throws(Problem) in try time(value, "has an \"at\" in step \(number) that") })
    }

    /// Null is absent.
    private static func keep(_ value: JSONValue, in place: inout JSONValue?, _ complaint: String) throws(Problem) {
        if value.kind == .null { return }
        if place != nil { throw Problem(complaint) }
        place = value
    }

    private static func time(_ value: JSONValue, _ complaint: String) throws(Problem) -> Double {
        guard let seconds = value.double(), seconds >= 0, seconds <= latest else {
            throw Problem(complaint + " is not a number of seconds from 0")
        }
        return seconds
    }

    /// The members of an object whose syntax has been checked.
    private struct Members {
        private var reader: JSONObjectReader

        init(_ value: JSONValue, else complaint: String) throws(Problem) {
            guard let reader = JSONObjectReader(value) else { throw Problem(complaint) }
            self.reader = reader
        }

        mutating func next() -> (key: JSONValue, value: JSONValue)? {
            guard case .member(let key, let value) = reader.next() else { return nil }
            return (key, value)
        }
    }
}
