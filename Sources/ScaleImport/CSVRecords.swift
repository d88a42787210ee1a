/// The records of a table with commas (RFC 4180): a field may stand in quotes, with commas, doubled quotes and line ends
/// in it; lines may end in CR LF. Lines without any character are passed over.
struct CSVRecords {
    struct Field {
        /// From 1, in bytes, in the line where it begins.
        var column: Int
        var text: String
    }

    struct Record {
        /// Where it begins, from 1.
        var line: Int
        var fields: [Field]
        /// False where the last field has a quote that nothing closes.
        var isClosed: Bool
    }

    private let bytes: UnsafeRawBufferPointer
    private var at = 0
    private var line = 1
    private var lineStart = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        // What some editors put in front of UTF-8.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF] as [UInt8]) {
            at = 3
            lineStart = 3
        }
    }

    mutating func next() -> Record? {
        while at < bytes.count, bytes[at] == newline || isEndOfLine(at) { step() }
        guard at < bytes.count else { return nil }
        var record = Record(line: line, fields: [], isClosed: true)
        while true {
            let column = at - lineStart + 1
            let (text, isClosed) = field()
            record.fields.append(Field(column: column, text: text))
            record.isClosed = isClosed
            guard at < bytes.count, bytes[at] == comma else { break }
            at += 1
        }
        if at < bytes.count { step() }
        return record
    }

    private let newline = UInt8(ascii: "\n")
    private let comma = UInt8(ascii: ",")
    private let quote = UInt8(ascii: "\"")

    /// A CR right before a LF.
    private func isEndOfLine(_ index: Int) -> Bool {
        bytes[index] == UInt8(ascii: "\r") && index + 1 < bytes.count && bytes[index + 1] == newline
    }

    /// Passes one byte, or a whole line end.
    private mutating func step() {
        if isEndOfLine(at) { at += 1 }
        if bytes[at] == newline {
            line += 1
            lineStart = at + 1
        }
        at += 1
    }

    /// Ends before a comma, a line end or the end of the text.
    private mutating func field() -> (text: String, isClosed: Bool) {
        var text: [UInt8] = []
        var isQuoted = false
        while at < bytes.count {
            let byte = bytes[at]
            if byte == quote {
                if isQuoted, at + 1 < bytes.count, bytes[at + 1] == quote {
                    text.append(quote)
                    at += 1
                } else {
                    isQuoted.toggle()
                }
            } else if !isQuoted, byte == comma || byte == newline || isEndOfLine(at) {
                break
            } else {
                text.append(byte)
                if byte == newline {
                    line += 1
                    lineStart = at + 1
                }
            }
            at += 1
        }
        return (String(decoding: text, as: UTF8.self), !isQuoted)
    }
}
