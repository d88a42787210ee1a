import Foundation
import ScaleTestKit
import Subprocess
import Testing

/// The HTML report as a reader meets it: a file, opened in a real browser that has no network.
@Suite(.patience(minutes: 2)) struct ReportInBrowserTests {
    private struct Missing: Error, CustomStringConvertible {
        var description: String { "there is no browser in .venv/browser: run these tests with `make engines`" }
    }

    /// What the browser finds wrong with a page.
    private func problems(of page: String) async throws -> [String] {
        let folder = Repository.path(".venv/browser")
        guard let browser = try? String(contentsOfFile: folder + "/browser", encoding: .utf8),
            FileManager.default.isExecutableFile(atPath: browser)
        else { throw Missing() }
        let ended = try await Subprocess.run(
            .name("env"),
            arguments: [folder + "/bin/python", Repository.path("scripts/engines/check_report.py"), browser, page],
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        try #require(ended.standardError == "", "\(ended.standardError)")
        return ended.standardOutput.split(separator: "\n").map(String.init)
    }

    private func scalebench(_ arguments: [String], in folder: URL) async throws -> [String] {
        let program = Scalebench.productFolder.appending(path: "scalebench").path
        let ended = try await Subprocess.run(
            .name("env"), arguments: Arguments(["-C", folder.path, "XDG_STATE_HOME=\(folder.path)/state", program] + arguments),
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        // 4: on a busy machine every cell may rightly be invalid, and the report is to show that as well.
        try #require([.exited(0), .exited(4)].contains(ended.terminationStatus), "\(ended.standardError)")
        return ended.standardOutput.split(separator: "\n").map(String.init)
    }

    private func place() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "scalebench-browser-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    @Test func reportsOpenOfflineAndShowEverything() async throws {
        let folder = try place()
        defer { try? FileManager.default.removeItem(at: folder) }
        let common = ["--wait-grid", "0.05,0.2", "--reps", "2", "--no-calibrate", "--db", "run.sqlite", "-o", "out"]
        for mode in ["ws", "http"] {
            _ = try await scalebench(
                ["run", "--mode", mode, "--workers", "2", "--max-concurrent-envs", "40", "--requests-grid", "64,256"] + common, in: folder)
        }
        #expect(try await problems(of: folder.path + "/out/report.html") == [])
        let said = try await scalebench(
            ["report", "--db", "run.sqlite", "--all", "--format", "html", "-o", "all"], in: folder)
        #expect(said == ["all/report.html"])
        #expect(try await problems(of: folder.path + "/all/report.html") == [])
        let page = try String(contentsOfFile: folder.path + "/all/report.html", encoding: .utf8)
        #expect(page.contains("ws") && page.contains("http") && page.contains("<svg"))
    }

    @Test func aPageThatIsNoSuchReportIsFoundOut() async throws {
        let folder = try place()
        defer { try? FileManager.default.removeItem(at: folder) }
        let bad = """
            <html><body><script>console.error('loud')</script><img src="http://localhost:9/x.png"><a href="#none">x</a>
            <div style="width:2000px">wide</div><table hidden><tr><td>1</td></tr></table>
            <figure><svg width="10" height="10"><title>tiny</title><g></g></svg></figure></body></html>
            """
        try Data(bad.utf8).write(to: folder.appending(path: "bad.html"))
        let found = try await problems(of: folder.path + "/bad.html").joined(separator: "\n")
        for words in [
            "asks for http://localhost:9/x.png", "console: loud", "wide on 400", "wide on 1280", "table 1 is not visible",
            "tiny is 10 by 10", "tiny has nothing in it", "#none leads nowhere",
        ] {
            #expect(found.contains(words), "\(words) is not in\n\(found)")
        }
    }
}
