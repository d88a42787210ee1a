import Foundation
import Testing

/// What the fuzzer of action templates found worth keeping, checked the way the fuzzer checks it.
@Suite struct ActionCorpusTests {
    private static let corpus = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fuzz/Corpus/action")

    @Test func everyFindHolds() throws {
        let files = try FileManager.default.contentsOfDirectory(at: Self.corpus, includingPropertiesForKeys: nil)
        #expect(files.count >= 5)
        for file in files {
            let problem = ActionInvariants.action([UInt8](try Data(contentsOf: file)))
            #expect(problem == nil, "\(file.lastPathComponent)")
        }
    }
}
