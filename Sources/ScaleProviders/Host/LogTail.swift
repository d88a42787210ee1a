/// The last lines of a stream of bytes. Lines beyond a length are cut; bytes that are not UTF-8 are replaced.
struct LogTail: Sendable {
    static let capacity = 50
    static let longestLine = 2000

    private(set) var lines: [String] = []
    private var open: [UInt8] = []

    /// Takes what was read and answers the lines that it completed.
    @discardableResult
    mutating func append(_ bytes: some Sequence<UInt8>) -> [String] {
        var completed: [String] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                completed.append(finishLine())
            } else if open.count < Self.longestLine {
                open.append(byte)
            }
        }
        return completed
    }

    /// The stream ended: its last line may lack an end.
    mutating func finish() -> [String] { open.isEmpty ? [] : [finishLine()] }

    private mutating func finishLine() -> String {
        if open.last == UInt8(ascii: "\r") { open.removeLast() }
        let line = String(decoding: open, as: UTF8.self)
        open.removeAll(keepingCapacity: true)
        lines.append(line)
        if lines.count > Self.capacity { lines.removeFirst() }
        return line
    }
}
