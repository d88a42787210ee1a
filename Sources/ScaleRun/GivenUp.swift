import ScaleCore

/// What an experiment went on without.
struct GivenUp {
    /// A cell, and not what was left of a block.
    var isCell: Bool
    /// Which it was, and why.
    var sentence: String

    /// Nil for none.
    static func error(_ all: [GivenUp]) -> ScaleError? {
        guard let first = all.first else { return nil }
        let cells = all.count(where: \.isCell)
        let counts = [(all.count - cells, "block"), (cells, "cell")].filter { $0.0 > 0 }
        let words = counts.map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }.joined(separator: " and ")
        return ScaleError(
            .infrastructure, "\(words) \(all.count == 1 ? "was" : "were") given up: \(first.sentence)",
            cause: all.count > 1 ? all.dropFirst().map(\.sentence).joined(separator: "; ") : nil,
            hint: "finished cells are kept; the same command measures the others")
    }
}
