import Glibc
import ScaleCore
import Testing

@testable import ScaleProviders

/// A folder of its own, removed with everything in it.
final class ScratchFolder: Sendable {
    let path: String

    init() {
        var template = Array("/tmp/scalebench-ledger-XXXXXX".utf8CString)
        path = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
    }

    deinit {
        for name in names {
            unlink(path + "/" + name)
            rmdir(path + "/" + name)
        }
        rmdir(path)
    }

    var names: [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var found: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { found.append(name) }
        }
        return found.sorted()
    }

    func text(of name: String) -> String {
        let file = open(path + "/" + name, O_RDONLY)
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        return String(decoding: bytes.prefix(max(0, read(file, &bytes, bytes.count))), as: UTF8.self)
    }

    @discardableResult
    func write(_ text: String, to name: String) -> String {
        let file = open(path + "/" + name, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        _ = Glibc.write(file, text, text.utf8.count)
        close(file)
        return path + "/" + name
    }
}

@Suite("What a process has made stands in its ledger") struct LedgerTests {
    let scratch = ScratchFolder()
    static let container = Resource(.container, "sb-0123456789ab-1", place: "/var/run/docker.sock")
    static let network = Resource(.network, "sb-0123456789ab-1-net", place: "/var/run/docker.sock")

    private func ledger(_ folder: String? = nil) -> Ledger {
        Ledger(folder: folder ?? scratch.path, owner: "boot 7 99", startedAt: WallTime(microseconds: 5))
    }

    private var read: [LedgerFile] { LedgerFile.all(in: scratch.path).files }

    @Test func nothingIsWrittenBeforeThereIsSomethingToWrite() {
        let ledger = ledger()
        _ = ledger.mark(run: "run-1")
        #expect(scratch.names.isEmpty && ledger.outstanding.isEmpty)
    }

    @Test func whatIsNotedIsOnDiskAndGoesWhenItIsCrossedOff() throws {
        let ledger = ledger()
        _ = ledger.mark(run: "run-1")
        try ledger.note(Self.network)
        try ledger.note(Self.container)
        try ledger.note(Self.container)
        let file = try #require(read.first)
        #expect(scratch.names == [ledger.invocation + ".jsonl"])
        #expect(file.owner == "boot 7 99" && file.startedAt.microseconds == 5 && file.isOfThisHost)
        #expect(file.entries.map(\.resource) == [Self.network, Self.container])
        #expect(file.entries.map(\.run) == ["run-1", "run-1"])
        ledger.crossOff(Self.network)
        #expect(read.first?.entries.map(\.resource) == [Self.container])
        // What was never noted, or is gone already, is no line.
        let before = scratch.text(of: scratch.names[0])
        ledger.crossOff(Self.network)
        #expect(scratch.text(of: scratch.names[0]) == before)
        ledger.crossOff(Self.container)
        #expect(scratch.names.isEmpty && ledger.outstanding.isEmpty)
        // The next thing begins the file anew.
        _ = ledger.mark(run: "run-2")
        try ledger.note(Self.container)
        #expect(read.first?.entries.map(\.run) == ["run-2"])
        ledger.crossOff(Self.container)
    }

    @Test func onlyTheUserMayLookIntoIt() throws {
        let ledger = ledger(scratch.path + "/deep")
        try ledger.note(Self.container)
        var (folder, file) = (stat(), stat())
        stat(scratch.path + "/deep", &folder)
        stat(scratch.path + "/deep/" + ledger.invocation + ".jsonl", &file)
        #expect(folder.st_mode & 0o777 == 0o700 && file.st_mode & 0o777 == 0o600)
        ledger.crossOff(Self.container)
        #expect(rmdir(scratch.path + "/deep") == 0)
    }

    /// A folder that is a file: nothing that cannot be noted may be made.
    @Test func whatCannotBeWrittenIsAnErrorAndNotNoted() {
        let ledger = ledger(scratch.write("", to: "file"))
        let error = #expect(throws: ScaleError.self) { try ledger.note(Self.container) }
        #expect(error?.code == .storage && error?.hint?.contains("XDG_STATE_HOME") == true)
        #expect(ledger.outstanding.isEmpty)
    }

    @Test func aFullDiskIsSaid() {
        let full = open("/dev/full", O_WRONLY)
        defer { close(full) }
        #expect(!LedgerLine(made: Self.container).append(to: full) && errno == ENOSPC)
    }

    @Test func marksAreOfOneInvocationAndNamesOfTheirForm() {
        let (one, other) = (ledger(), ledger())
        #expect(one.invocation != other.invocation)
        let marks = [one.mark(run: "r"), one.mark(run: "r")]
        #expect(marks.map(\.launch) == [1, 2] && Set(marks.map(\.name)).count == 2)
        #expect(marks.allSatisfy { LaunchMark.isName($0.name) && $0.name("sixteen-letters-").count <= 50 })
        for text in [
            "sb-0123456789ab", "sb-0123456789ab-0", "sb-0123456789AB-1", "sb-0123456789a-1", "sc-0123456789ab-1", "sb-0123456789ab-1-net",
        ] {
            #expect(!LaunchMark.isName(text), "\(text)")
        }
    }

    // MARK: The file

    static let head = #"{"head":{"owner":"boot 7 99","startedAt":5,"version":1}}"# + "\n"
    static let made = #"{"made":{"kind":"container","name":"a","place":""},"run":"r"}"# + "\n"

    static let gone = #"{"gone":{"kind":"container","name":"a","place":""}}"# + "\n"
    static let torn: [(text: String, count: Int)] = [
        ("", 0), (head, 0), (head + made, 1), (head + made + gone, 0), (head + made + #"{"made":{"kind":"conta"#, 1), (head + #"{"ma"#, 0),
        (#"{"head":{"ow"#, 0),
        // Of another kind of gone nothing is known.
        (head + made + gone.replacing("container", with: "network"), 1),
    ]

    @Test(arguments: torn)
    func aKilledWriterLeavesWholeLines(text: String, count: Int) throws {
        scratch.write(text, to: "0123456789ab.jsonl")
        let (files, unreadable) = LedgerFile.all(in: scratch.path)
        #expect(unreadable.isEmpty && files.flatMap(\.entries).count == count)
        #expect(files.count == (text.hasPrefix(Self.head) ? 1 : 0))
    }

    static let strange: [String] = [
        "hello\n", head + "hello\n", head.replacing("\"version\":1", with: "\"version\":2"),
        head + made.replacing("container", with: "moon"),
    ]

    @Test(arguments: strange)
    func whatIsNotUnderstoodIsAnErrorAndKeepsNoOtherFromBeingRead(text: String) {
        scratch.write(text, to: "a.jsonl")
        scratch.write(Self.head + Self.made, to: "b.jsonl")
        scratch.write("no ledger", to: "notes.txt")
        let (files, unreadable) = LedgerFile.all(in: scratch.path)
        #expect(files.map(\.entries.count) == [1])
        #expect(unreadable.map(\.code) == [.storage] && unreadable[0].message.contains("a.jsonl"))
    }

    @Test func aFolderThatIsNotThereHasNone() {
        let (files, unreadable) = LedgerFile.all(in: scratch.path + "/nowhere")
        #expect(files.isEmpty && unreadable.isEmpty)
        #expect(LedgerFile.all(in: scratch.write("", to: "file")).unreadable.map(\.code) == [.storage])
    }

    @Test func theOldestComesFirstAndAnotherHostsIsKnown() {
        for (name, started) in [("a", 30), ("b", 10), ("c", 20)] {
            scratch.write(Self.head.replacing("\"startedAt\":5", with: "\"startedAt\":\(started)"), to: name + ".jsonl")
        }
        scratch.write(Self.head.replacing("\"version\":1", with: "\"version\":1,\"host\":\"far\""), to: "d.jsonl")
        #expect(read.map(\.startedAt.microseconds) == [5, 10, 20, 30])
        #expect(read.map(\.isOfThisHost) == [false, true, true, true])
    }

    /// Whatever its last line was.
    @Test func crossingOffRewritesTheFileAndRemovesItInTheEnd() throws {
        let other = Self.made.replacing("\"name\":\"a\"", with: "\"name\":\"b\"")
        scratch.write(Self.head + Self.made + other + #"{"made":{"ki"#, to: "a.jsonl")
        var file = try #require(read.first)
        file.crossOff([Resource(.container, "a")])
        #expect(read.first?.entries.map(\.resource.name) == ["b"] && read.first?.owner == "boot 7 99")
        #expect(read.first?.entries.map(\.run) == ["r"])
        file.crossOff([Resource(.container, "b")])
        #expect(scratch.names.isEmpty)
    }

    @Test(arguments: Resource.Kind.allCases) func everyKindHasWords(kind: Resource.Kind) {
        #expect(kind.words(1).hasPrefix("1 ") && kind.words(2).hasPrefix("2 ") && kind.words(1).dropFirst() != kind.words(2).dropFirst())
    }
}
