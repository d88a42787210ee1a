/// Cuts a stream of bytes into lines, wherever its chunks end. A line that lies within one chunk is handed out in place;
/// one that does not is put together in a buffer of its own.
struct LineFeed {
    /// A longer line is no line of a table, and would not leave memory for the others.
    static let longestLine = 1 << 20

    private var carried: [UInt8] = []
    private var isTooLong = false
    /// How many lines were handed out.
    private(set) var lines = 0

    /// What one line is: its bytes without the line end, or too many of them.
    enum Line {
        case bytes(UnsafeRawBufferPointer)
        case tooLong
    }

    /// Takes the next bytes. Each line is valid during its call alone.
    mutating func feed<E: Error>(_ chunk: UnsafeRawBufferPointer, _ body: (Line, _ number: Int) throws(E) -> Void) throws(E) {
        var rest = chunk
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let piece = UnsafeRawBufferPointer(rebasing: rest[..<end])
            rest = UnsafeRawBufferPointer(rebasing: rest[(end + 1)...])
            if carried.isEmpty && !isTooLong {
                try hand(piece, body)
            } else {
                carry(piece)
                try handCarried(body)
            }
        }
        if !rest.isEmpty { carry(rest) }
    }

    /// Hands out what stands behind the last line end.
    mutating func finish<E: Error>(_ body: (Line, _ number: Int) throws(E) -> Void) throws(E) {
        if !carried.isEmpty || isTooLong { try handCarried(body) }
    }

    private mutating func carry(_ piece: UnsafeRawBufferPointer) {
        if isTooLong { return }
        if carried.count + piece.count > Self.longestLine {
            isTooLong = true
            carried.removeAll()
        } else {
            carried.append(contentsOf: piece)
        }
    }

    private mutating func handCarried<E: Error>(_ body: (Line, _ number: Int) throws(E) -> Void) throws(E) {
        var whole: [UInt8] = []
        swap(&whole, &carried)
        let wasTooLong = isTooLong
        isTooLong = false
        if wasTooLong {
            lines += 1
            try body(.tooLong, lines)
        } else {
            let result = whole.withUnsafeBytes { bytes in
                Result { () throws(E) in try hand(bytes, body) }
            }
            try result.get()
        }
    }

    private mutating func hand<E: Error>(
        _ piece: UnsafeRawBufferPointer, _ body: (Line, _ number: Int) throws(E) -> Void
    ) throws(E) {
        lines += 1
        if piece.count > Self.longestLine { return try body(.tooLong, lines) }
        try body(.bytes(piece.last == UInt8(ascii: "\r") ? UnsafeRawBufferPointer(rebasing: piece.dropLast()) : piece), lines)
    }
}
