/// Cuts what a plug-in writes into lines, however the bytes come. It holds no more than one line of the greatest length.
struct PluginLines: Sendable {
    /// Bytes, without the line's end.
    static let longest = 1 << 20

    enum Line: Hashable, Sendable {
        case whole([UInt8])
        /// It has more bytes than ``longest``; its rest is passed over.
        case tooLong
    }

    private var open: [UInt8] = []
    private var isTooLong = false

    /// - Returns: the lines that the bytes completed.
    mutating func take(_ bytes: some Sequence<UInt8>) -> [Line] {
        var lines: [Line] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                lines.append(finish())
            } else if open.count < Self.longest {
                open.append(byte)
            } else {
                isTooLong = true
            }
        }
        return lines
    }

    private mutating func finish() -> Line {
        defer {
            open.removeAll(keepingCapacity: open.count < 65_536)
            isTooLong = false
        }
        if isTooLong { return .tooLong }
        if open.last == UInt8(ascii: "\r") { open.removeLast() }
        return .whole(open)
    }
}
