import ScaleCore

/// Comma-separated grids as they are typed. Each error names the flag, the entry and what to write instead.
enum GridText {
    static func counts(_ text: String, flag: String) throws(ScaleError) -> [Int] {
        try entries(text, flag: flag, like: "1,8,64") { Int($0).flatMap { $0 <= Quantity.most ? $0 : nil } }
    }

    /// Seconds.
    static func waits(_ text: String, flag: String) throws(ScaleError) -> [Nanoseconds] {
        try entries(text, flag: flag, like: "0.1,1,500ms") { Quantity.seconds($0).map { .seconds($0) } }
    }

    private static func entries<Value>(
        _ text: String, flag: String, like example: String, _ read: (String) -> Value?
    ) throws(ScaleError) -> [Value] {
        var values: [Value] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let entry = part.filter { $0 != " " }
            if entry.isEmpty {
                throw .usage("\(flag) '\(text)' has an empty entry", hint: "write numbers with one comma between them, like \(example)")
            }
            guard let value = read(entry) else {
                throw .usage("\(flag) entry '\(entry)' is not a number", hint: "write it like \(example)")
            }
            values.append(value)
        }
        return values
    }
}
