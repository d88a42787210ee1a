/// A place in a file.
public struct ConfigPlace: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// From 1.
    public var line: Int
    /// From 1, in Unicode scalars.
    public var column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    public static let start = ConfigPlace(line: 1, column: 1)

    public static func < (a: ConfigPlace, b: ConfigPlace) -> Bool { (a.line, a.column) < (b.line, b.column) }

    public var description: String { "\(line):\(column)" }
}

/// One thing that is wrong with a file: where, and what to do about it.
public struct ConfigProblem: Error, Hashable, Sendable, CustomStringConvertible {
    public var place: ConfigPlace
    public var sentence: String

    public init(_ place: ConfigPlace, _ sentence: String) {
        self.place = place
        self.sentence = sentence
    }

    /// `12:5: sentence`; the name of the file stands before it.
    public var description: String { "\(place): \(sentence)" }
}
