import ScaleCore

@testable import ScaleConfig

/// What holds for every experiment file, whatever somebody wrote.
enum ConfigInvariants {
    /// - Returns: what is wrong; nil when nothing is.
    static func experiment(_ data: [UInt8]) -> String? {
        let text = String(decoding: data, as: UTF8.self)
        let reading = ExperimentFile.read(text)
        let lines = text.unicodeScalars.count { "\n\r\u{85}\u{2028}\u{2029}".unicodeScalars.contains($0) } + 2
        for problem in reading.problems {
            if problem.sentence.isEmpty { return "a problem without a sentence" }
            if !(1...lines).contains(problem.place.line) || problem.place.column < 1 { return "\(problem) is not in the file" }
        }
        if reading.problems != reading.problems.sorted(by: { $0.place < $1.place }) { return "the problems have no order" }
        guard reading.problems.isEmpty else { return nil }
        // What is good for running can be run.
        let file = reading.file
        if file.name.isEmpty || file.name.contains("/") { return "the name '\(file.name)' is no folder's" }
        if file.infrastructures.isEmpty { return "nothing is measured" }
        if Set(file.infrastructures.map(\.name.value)).count != file.infrastructures.count { return "two infrastructures share a name" }
        return file.plan.problems().first
    }
}
