/// What is wrong with one line of a file.
struct LineProblem: Error, Hashable, Sendable {
    /// From 1, in bytes.
    var column: Int
    /// The rest of a sentence about the line: `has no "mode"`.
    var complaint: String

    init(_ complaint: String, column: Int = 1) {
        self.column = column
        self.complaint = complaint
    }
}

/// The bad lines of one file.
struct Problems: Sendable {
    /// What sentences call the file.
    let file: String
    private(set) var count = 0
    private(set) var first: String?

    init(file: String) { self.file = file }

    mutating func add(_ problem: LineProblem, line: Int) {
        count += 1
        if first == nil { first = "\(file):\(line):\(problem.column) \(problem.complaint)" }
    }
}
