import Foundation
import Testing

/// What the fuzzer of published files found worth keeping, checked the way the fuzzer checks it.
@Suite struct ImportCorpusTests {
    private static let corpus = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fuzz/Corpus")

    private static let checks: [(String, @Sendable ([UInt8]) -> String?)] = [
        ("import", ImportInvariants.raw), ("table", ImportInvariants.table),
    ]

    @Test(arguments: checks.indices) func everyFindHolds(_ index: Int) throws {
        let (target, check) = Self.checks[index]
        let folder = Self.corpus.appendingPathComponent(target)
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        #expect(files.count >= 3)
        for file in files {
            let problem = check([UInt8](try Data(contentsOf: file)))
            #expect(problem == nil, "\(file.lastPathComponent)")
        }
    }
}
