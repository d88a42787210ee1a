import ScaleAnalysis
import ScaleCore
import ScaleWire

/// Recorded episodes, read before any clock runs: all their bytes in one buffer, nothing of them is parsed again.
///
/// Session i of a cell plays episode i mod ``count``.
public struct Trace: Sendable {
    private struct Episode {
        /// The index of its reset among ``cuts``; its actions follow.
        var piece: Int
        var steps: Int32
        var start: Nanoseconds
    }

    private var text: [UInt8] = []
    /// Where each piece of ``text`` ends: of every episode the data of its reset, empty for none, then its actions.
    private var cuts: [Int] = [0]
    /// When each piece is meant to be sent, since its episode's start; only where the timing is the original one.
    private var times: [Nanoseconds] = []
    private var episodes: [Episode] = []
    /// The most steps of an episode.
    public private(set) var longest = 0
    /// The most bytes of a reset or an action.
    private(set) var largestPiece = 2
    /// Of the file's bytes.
    public let fingerprint: String
    public var timing: TraceTiming
    private static let noReset = Array("{}".utf8)

    /// More than this is no file of recorded episodes, and would not leave memory for the sessions.
    public static let largestFile = 1 << 30

    private static func example(_ timing: TraceTiming) -> String {
        timing == .order
            ? #"{"steps": [{"action": {"message": "hi"}}]}"#
            : #"{"start": 0.5, "steps": [{"action": {"message": "hi"}, "at": 0.2}]}"#
    }

    /// Reads a file's bytes, one episode a line; blank lines count as lines and are passed over.
    /// - Parameter path: what sentences about it call it.
    /// - Throws: a usage error that names the line and what is wrong with it.
    public init(_ bytes: UnsafeRawBufferPointer, path: String, timing: TraceTiming) throws(ScaleError) {
        if bytes.count > Self.largestFile {
            throw .usage("--trace \(path) has more than 1 GiB", hint: "split it and measure the parts one after the other")
        }
        self.timing = timing
        var print = Fingerprint()
        print.add(bytes)
        fingerprint = print.description
        var number = 0
        var rest = bytes
        while !rest.isEmpty {
            number += 1
            let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
            let line = UnsafeRawBufferPointer(rebasing: rest[..<end])
            rest = UnsafeRawBufferPointer(rebasing: rest[min(end + 1, rest.endIndex)...])
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
            do {
                try add(try RecordedEpisode(line))
            } catch {
                throw .usage(
                    "--trace \(path): line \(number) \(error)",
                    hint: "write it like \(Self.example(timing)), one episode a line")
            }
        }
        if episodes.isEmpty {
            throw .usage("--trace \(path) has no episodes", hint: "write one a line, like \(Self.example(timing))")
        }
    }

    private mutating func add(_ episode: RecordedEpisode) throws(RecordedEpisode.Problem) {
        if timing == .original {
            if episode.start == nil { throw RecordedEpisode.Problem("has no \"start\", which --trace-timing original needs") }
            if let index = episode.steps.firstIndex(where: { $0.at == nil }) {
                throw RecordedEpisode.Problem("has no \"at\" in step \(index + 1), which --trace-timing original needs")
            }
        }
        let first = cuts.count
        put(episode.reset?.bytes, at: 0)
        for step in episode.steps { put(step.action.bytes, at: step.at ?? 0) }
        let steps = episode.steps.count
        longest = max(longest, steps)
        episodes.append(
            Episode(piece: first, steps: Int32(clamping: steps), start: timing == .original ? .seconds(episode.start ?? 0) : .zero))
    }

    private mutating func put(_ bytes: UnsafeRawBufferPointer?, at seconds: Double) {
        if let bytes {
            text.append(contentsOf: bytes)
            largestPiece = max(largestPiece, bytes.count)
        }
        cuts.append(text.count)
        if timing == .original { times.append(.seconds(seconds)) }
    }

    /// How many episodes there are, at least 1.
    public var count: Int { episodes.count }

    func steps(of session: Int) -> Int32 { episodes[session % count].steps }

    /// When a session's episode starts, since the trace began.
    func start(of session: Int) -> Nanoseconds { episodes[session % count].start }

    /// When step `step`, from 1, is meant to be sent, since the start of its episode.
    func time(session: Int, step: Int) -> Nanoseconds { times[episodes[session % count].piece - 1 + step] }

    /// Copies the data of a session's reset (`step` 0) or the action of a step from 1, and answers its size.
    func write(session: Int, step: Int, to destination: UnsafeMutableRawBufferPointer) -> Int {
        let piece = episodes[session % count].piece + step
        let (from, to) = (cuts[piece - 1], cuts[piece])
        if from == to {
            destination.copyBytes(from: Self.noReset)
            return Self.noReset.count
        }
        text.withUnsafeBytes { destination.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[from..<to])) }
        return to - from
    }

    /// The starts of a cell's sessions as they were recorded.
    func schedule(sessions: Int) -> StartSchedule { StartSchedule(starts: (0..<sessions).map { start(of: $0) }) }
}
