import Glibc
import ScaleControl
import ScaleCore
import ScaleTestKit
import Testing

@testable import ScaleProviders

@Suite("Programs of this host", .patience(minutes: 1)) struct ToolTests {
    private let shell = Tool(name: "sh")

    @Test func itsStatusItsOutputAndItsErrorsAreTheAnswer() async throws {
        let answer = try await shell.run(["-c", "echo out; echo first >&2; echo last >&2; exit 3"])
        #expect(answer.status == 3 && !answer.isSuccess && answer.output == "out\n" && answer.lastLine == "last")
        #expect(try await shell.run(["-c", "kill -9 $$"]).status == -9)
        #expect(try await shell.run(["-c", "echo alone"]).lastLine == "alone")
    }

    /// No text of a user's is more than one argument.
    @Test(arguments: ["; touch x", "$(id)", "`id`", "a b", "--help", "'\"", "ü\n"]) func nothingIsReadByAShell(text: String) async throws {
        #expect(try await Tool(name: "printf").run(["%s", text]).output == text)
    }

    @Test func itReadsWhatItIsGivenAndKnowsItsVariables() async throws {
        #expect(try await Tool(name: "cat").run([], input: "hello").output == "hello")
        #expect(try await shell.run(["-c", "printf %s \"$ONE\""], variables: ["ONE": "1"]).output == "1")
    }

    @Test func oneThatIsNotHereIsSaid() async {
        #expect(
            Tool.find("no-such-tool-of-any-host") == nil && Tool.find("/etc/passwd") == nil && Tool.find("sh")?.hasSuffix("/sh") == true)
        let error = await #expect(throws: ScaleError.self) { _ = try await Tool(name: "no-such-tool-of-any-host").run([]) }
        #expect(error?.code == .infrastructure && error?.message == "'no-such-tool-of-any-host' is not on this host")
    }

    /// What does not answer is killed, with what it started.
    @Test func itsDeadlineIsKept() async throws {
        let error = await #expect(throws: ScaleError.self) {
            _ = try await shell.run(["-c", "sleep 1000"], within: .seconds(30), clock: ManualClock())
        }
        #expect(error?.message == "'sh' did not answer within 30.0 s")
    }

    @Test func aCancelledTaskEndsIt() async {
        let task = Task { try await shell.run(["-c", "sleep 1000"]) }
        task.cancel()
        let result = await task.result
        guard case .failure(let error as ScaleError) = result else {
            Issue.record("it answered: \(result)")
            return
        }
        #expect(error.code == .interrupted)
    }
}

@Suite("Processes and folders of a launch", .patience(minutes: 1)) struct HostSweeperTests {
    private let script = ScriptServer("trap '' TERM", "sleep 1000 &", "wait")

    @Test func processesAreFoundByTheirMarkAndEndedEvenWhereTheyIgnoreTheRequest() async throws {
        let request = script.request()
        let server = try ServerProcess(program: script.path, arguments: [], request)
        #expect(await eventually { MarkedProcesses.all(of: request.mark.name).count == 2 })
        let resource = request.processes
        #expect(request.ledger.outstanding == [resource])
        let found = try await ProcessSweeper().find(resource, request)
        #expect(found.count == 2 && found.contains { $0.hasSuffix("(sleep)") }, "\(found)")
        // Of another launch there is nothing.
        let other = Resource(.processes, request.next().mark.name)
        #expect(try await ProcessSweeper().find(other, request).isEmpty)
        try await ProcessSweeper().remove(other, request)
        #expect(MarkedProcesses.all(of: request.mark.name).count == 2)
        try await ProcessSweeper().remove(resource, request)
        #expect(MarkedProcesses.all(of: request.mark.name).isEmpty)
        // What is gone already is success.
        try await ProcessSweeper().remove(resource, request)
        try await server.end()
        #expect(request.ledger.outstanding.isEmpty)
    }

    @Test func aMarkThatOnlyBeginsTheSameIsAnotherOne() async throws {
        let request = script.request()
        let server = try ServerProcess(program: script.path, arguments: [], request)
        #expect(await eventually { !MarkedProcesses.all(of: request.mark.name).isEmpty })
        #expect(MarkedProcesses.all(of: String(request.mark.name.dropLast())).isEmpty)
        #expect(MarkedProcesses.all(of: request.mark.name + "0").isEmpty)
        try await server.end()
    }

    @Test func aFolderStandsInTheLedgerBeforeItIsThereAndGoesWithIt() async throws {
        let request = script.request()
        let folder = try LaunchFolder(request)
        let resource = Resource(.folder, folder.path)
        #expect(request.ledger.outstanding == [resource])
        #expect(try folder.write("text", to: "file") == folder.path + "/file")
        var status = stat()
        #expect(stat(folder.path, &status) == 0 && status.st_mode & 0o777 == 0o700)
        #expect(try await FolderSweeper().find(resource, request) == ["folder \(folder.path)"])
        // A second one of the same launch would be somebody else's.
        let error = #expect(throws: ScaleError.self) { _ = try LaunchFolder(request) }
        #expect(error?.code == .infrastructure)
        folder.remove(request.ledger)
        #expect(access(folder.path, F_OK) != 0 && request.ledger.outstanding.isEmpty)
        #expect(try await FolderSweeper().find(resource, request).isEmpty)
    }

    @Test func aFolderIsRemovedWithWhatIsInIt() async throws {
        let request = script.request()
        let folder = try LaunchFolder(request)
        _ = try folder.write("text", to: "file")
        try await FolderSweeper().remove(Resource(.folder, folder.path), request)
        #expect(access(folder.path, F_OK) != 0)
    }

    /// A ledger is a file, and files can say anything.
    @Test func whatNoLaunchMadeIsNotTouched() async throws {
        let scratch = ScratchFolder()
        let request = script.request()
        let mark = "sb-0123456789ab-1"
        scratch.write("text", to: mark)
        symlink(scratch.path, scratch.path + "/sb-0123456789ab-2")
        mkdir(scratch.path + "/mine", 0o700)
        for name in [mark, "sb-0123456789ab-2", "mine", "sb-0123456789ab-2/mine"] {
            let resource = Resource(.folder, scratch.path + "/" + name)
            #expect(try await FolderSweeper().find(resource, request).isEmpty, "\(name)")
            try await FolderSweeper().remove(resource, request)
        }
        #expect(scratch.names == ["mine", mark, "sb-0123456789ab-2"])
    }

    @Test func everyKindHasAtMostOneSweeper() {
        let kinds = Sweepers.all.map { $0.kind }
        #expect(Set(kinds).count == kinds.count)
        #expect(kinds.allSatisfy { Sweepers.sweeper(for: $0) != nil })
        // No engine is asked before a run.
        #expect(Sweepers.all.filter { $0.asksThisHostOnly }.map { $0.kind } == [.processes, .folder])
    }
}
