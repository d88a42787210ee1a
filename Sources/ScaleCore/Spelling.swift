/// What somebody who mistyped a word may have meant.
public enum Spelling {
    /// The known word that is nearest, the first of several; nil where none is near enough to be meant: of three letters one may
    /// be wrong.
    public static func nearest(to word: String, among known: [String]) -> String? {
        // A word far longer than every other is none of them mistyped.
        guard word.utf8.count <= 40 else { return nil }
        let ranked = known.map { ($0, distance(word, $0)) }.min { $0.1 < $1.1 }
        guard let ranked, ranked.1 <= max(1, min(word.count, ranked.0.count) / 3) else { return nil }
        return ranked.0
    }

    /// Insertions, deletions and replacements that make one of the other (V. I. Levenshtein, 1966).
    public static func distance(_ one: String, _ other: String) -> Int {
        let (a, b) = (Array(one.unicodeScalars), Array(other.unicodeScalars))
        var row = Array(0...b.count)
        for i in a.indices {
            var diagonal = row[0]
            row[0] = i + 1
            for j in b.indices {
                let change = diagonal + (a[i] == b[j] ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(change, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[b.count]
    }
}
