/// The stream in which the engine sends what a container wrote: frames of both its outputs, in the order of their writing.
/// Each has a head of eight bytes: which output, three zeros, and the length of what follows, the most significant byte
/// first. A container with a terminal has no frames.
struct LogFrames: Sendable {
    var hasTerminal: Bool
    private var head: [UInt8] = []
    private var left = 0

    init(hasTerminal: Bool) { self.hasTerminal = hasTerminal }

    /// Takes a piece of the stream, cut anywhere, and answers what of it was written.
    mutating func append(_ piece: [UInt8]) -> [UInt8] {
        if hasTerminal { return piece }
        var written: [UInt8] = []
        var rest = piece[...]
        while !rest.isEmpty {
            if left > 0 {
                written += rest.prefix(left)
                let taken = min(left, rest.count)
                left -= taken
                rest = rest.dropFirst(taken)
                continue
            }
            let missing = Self.headSize - head.count
            head += rest.prefix(missing)
            rest = rest.dropFirst(missing)
            guard head.count == Self.headSize else { break }
            left = head[4...].reduce(0) { $0 << 8 | Int($1) }
            head = []
        }
        return written
    }

    private static let headSize = 8
}
