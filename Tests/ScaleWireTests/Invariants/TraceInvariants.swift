import ScaleWire

extension Invariants {
    /// The data is a line of a trace.
    static func trace(_ data: [UInt8]) -> String? {
        withExactBytes(data) { line -> String? in
            let value = JSONValue.parse(line)
            do throws(RecordedEpisode.Problem) {
                return judge(try RecordedEpisode(line), line: line, value)
            } catch {
                return (value == nil) == (error.description == "is not valid JSON") ? nil : "valid: \(value != nil), but it \(error)"
            }
        }
    }

    private static func judge(_ episode: RecordedEpisode, line: UnsafeRawBufferPointer, _ value: JSONValue?) -> String? {
        if value?.kind != .object { return "an episode of what is no object" }
        if episode.steps.isEmpty { return "an episode without steps" }
        let pieces = episode.steps.map(\.action) + (episode.reset.map { [$0] } ?? [])
        for piece in pieces {
            if piece.kind != .object || JSONValue.parse(piece.bytes)?.kind != .object { return "a piece that is no object" }
            guard let from = piece.bytes.baseAddress, let start = line.baseAddress, from > start,
                from + piece.bytes.count < start + line.count
            else { return "a piece outside of its line" }
        }
        let times = episode.steps.compactMap(\.at)
        for time in times + (episode.start.map { [$0] } ?? []) where !(time >= 0 && time <= RecordedEpisode.latest) {
            return "a time of \(time)"
        }
        return zip(episode.steps, episode.steps.dropFirst()).contains { ($1.at ?? .infinity) < ($0.at ?? 0) } ? "time runs backwards" : nil
    }
}
