import ScaleCore
import ScaleWire

/// What the lines of one batch have in common. No line says which repetition it belongs to.
struct BatchKey: Hashable, Sendable {
    var mode: Mode
    var sessions: Int
    var wait: Nanoseconds
    var hardware: String
}

/// The sessions of one batch as its lines have them.
struct Batch: Sendable {
    var key: BatchKey
    /// From 1, in the file.
    var firstLine: Int
    var lastLine: Int
    /// The earliest start.
    var startedAt: WallTime
    /// Starts are since ``startedAt``, and so is everything else.
    var sessions: [SessionRecord]
    /// What ``SessionRecord/host`` points into.
    var hosts: [String]

    var succeeded: Int { sessions.count { $0.succeeded } }
}

/// Groups lines into batches. The harness appends a batch as a whole, its sessions numbered from 0 in ascending order:
/// so a batch ends with its last session, and a number that does not rise begins the next one.
struct BatchAssembly {
    private var key: BatchKey?
    private var hardware = Interned()
    private var host = Interned()
    private var hosts: [String] = []
    private var hostIndices: [String: Int32] = [:]
    private var starts: [WallTime] = []
    private var sessions: [SessionRecord] = []
    private var firstLine = 0
    private var lastLine = 0
    private var lastRequest = -1
    /// Of every step the sessions of these files make, which only the user knows.
    let steps: Int

    init(steps: Int) { self.steps = steps }

    /// A batch with fewer lines than sessions.
    struct Incomplete {
        var firstLine: Int
        var found: Int
        var wanted: Int

        var complaint: String { "begins a batch that has \(found) of its \(wanted) sessions" }
    }

    enum Ended {
        case whole(Batch)
        case incomplete(Incomplete)
    }

    /// Takes one line.
    /// - Parameter ended: called with the batch before this line, and with the one that it completes.
    mutating func add<E: Error>(_ line: RawLine, number: Int, ended: (Ended) throws(E) -> Void) throws(E) {
        let name = hardware.text(of: line.hardware)
        if let key,
            line.request <= lastRequest || key.mode != line.mode || key.sessions != line.batch || key.wait != line.wait
                || key.hardware != name
        {
            try end(ended)
        }
        if key == nil {
            key = BatchKey(mode: line.mode, sessions: line.batch, wait: line.wait, hardware: name)
            firstLine = number
        }
        lastRequest = line.request
        lastLine = number
        starts.append(line.timestamp)
        sessions.append(record(line))
        if sessions.count == line.batch { try end(ended) }
    }

    /// Ends the batch that is open, if one is.
    mutating func end<E: Error>(_ ended: (Ended) throws(E) -> Void) throws(E) {
        guard let key else { return }
        defer { reset() }
        guard sessions.count == key.sessions, lastRequest < key.sessions else {
            return try ended(.incomplete(Incomplete(firstLine: firstLine, found: sessions.count, wanted: key.sessions)))
        }
        let first = starts.min() ?? WallTime(microseconds: 0)
        for index in sessions.indices {
            let start = Nanoseconds.microseconds(starts[index].microseconds - first.microseconds)
            sessions[index].begin(at: start)
        }
        try ended(
            .whole(
                Batch(
                    key: key, firstLine: firstLine, lastLine: lastLine, startedAt: first, sessions: sessions, hosts: hosts)))
    }

    private mutating func reset() {
        key = nil
        lastRequest = -1
        starts.removeAll(keepingCapacity: true)
        sessions = []
        hosts = []
        hostIndices = [:]
    }

    /// With every time since the session's own start.
    private mutating func record(_ line: RawLine) -> SessionRecord {
        var session = SessionRecord(session: line.request, intendedStart: .zero)
        session.connect = line.connect
        session.reset = line.reset
        session.waited = line.waited
        session.pid = line.pid
        session.hash = line.hash
        if line.host != nil {
            let name = host.text(of: line.host)
            if let known = hostIndices[name] {
                session.host = known
            } else {
                session.host = Int32(hosts.count)
                hostIndices[name] = Int32(hosts.count)
                hosts.append(name)
            }
        }
        if let step = line.step {
            session.steps = step * steps
            session.stepsDone = Int32(clamping: steps)
            let toReset = (line.connect ?? .zero) + (line.reset ?? .zero)
            session.resetAt = toReset
            session.lastStepAt = steps == 1 ? toReset + step : line.total
        } else if line.reset != nil {
            session.resetAt = (line.connect ?? .zero) + (line.reset ?? .zero)
        }
        session.endedAt = line.total
        if line.success {
            session.total = line.total
        } else {
            session.failure = PublishedFailure.read(
                type: line.errorType?.string ?? "", message: line.errorMessage?.string ?? "")
        }
        return session
    }
}

extension SessionRecord {
    /// Moves every moment to where it lies in the cell. When the session was meant to start is not in these files, so
    /// its start stands for that too.
    fileprivate mutating func begin(at start: Nanoseconds) {
        intendedStart = start
        self.start = start
        resetAt = resetAt.map { $0 + start }
        lastStepAt = lastStepAt.map { $0 + start }
        endedAt = endedAt.map { $0 + start }
        failure?.at = endedAt ?? start
    }
}

/// A text that is mostly the same from line to line.
private struct Interned {
    private var bytes: [UInt8] = []
    private var text = ""

    mutating func text(of value: JSONValue?) -> String {
        guard let value else { return "" }
        let isSame = bytes.count == value.bytes.count && bytes.elementsEqual(value.bytes)
        if !isSame {
            bytes = Array(value.bytes)
            text = value.string ?? ""
        }
        return text
    }
}
