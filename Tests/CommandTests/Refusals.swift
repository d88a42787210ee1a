import Testing

/// A command line that must be refused before anything is measured or stored.
struct Refusal: Sendable, CustomTestStringConvertible {
    var words: [String]
    var status: Int32
    /// What the sentence must name: the flag as it was typed, the value, and what to do about it.
    var naming: [String]
    var testDescription: String { words.joined(separator: " ") }

    init(_ words: [String], _ naming: String..., status: Int32 = 2) {
        self.words = words
        self.naming = naming
        self.status = status
    }

    /// Runs it and holds everything a refusal promises against what happened.
    func check(in place: Workplace, database: String = "made/run.sqlite", shell: String = ":") async throws {
        let storage = words.contains("--db") ? [] : ["--db", database]
        let ended = try await Program.run(words + ["--json"] + storage, in: place, shell: shell)
        #expect(ended.status == status, "\(ended.said)")
        #expect(ended.output == [])
        #expect(ended.errors.count == 1, "\(ended.said)")
        let sentence = try #require(ended.sentences.first, "\(ended.said)")
        for part in naming { #expect(sentence.contains(part), "'\(part)' is not in: \(sentence)") }
        #expect(sentence.contains("; ") || sentence.contains("(see "), "no remedy in: \(sentence)")
        #expect(!sentence.contains("Error Domain") && !sentence.contains("error 512"), "\(sentence)")
        #expect(try place.storedRuns(database).isEmpty)
        #expect(place.processes.isEmpty)
    }
}
