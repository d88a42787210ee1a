import Foundation
import Testing

/// What the fuzzer of experiment files found worth keeping, and the files that are shipped, checked the way the fuzzer
/// checks them.
@Suite struct ConfigCorpusTests {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    @Test(arguments: ["Fuzz/Corpus/config", "experiments"]) func everyFileHolds(folder: String) throws {
        let folder = Self.root.appendingPathComponent(folder)
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        #expect(files.count >= 4)
        for file in files {
            let problem = ConfigInvariants.experiment([UInt8](try Data(contentsOf: file)))
            #expect(problem == nil, "\(file.lastPathComponent)")
        }
    }
}
