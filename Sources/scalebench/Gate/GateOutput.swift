import ArgumentParser
import Foundation
import ScaleAnalysis
import ScaleCore
import ScaleReport

/// Where a gate says what it found.
struct GateOutputOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Write the verdict as Markdown, for a comment on a pull request.", valueName: "file"), completion: .file())
    var summary: String?

    @Option(help: ArgumentHelp("Write a JUnit report: a test case per check.", valueName: "file"), completion: .file())
    var junit: String?

    @Flag(help: "Print GitHub annotations, and add the Markdown to the step's summary.")
    var github = false

    @Flag(help: "Print the verdict as one JSON object.")
    var json = false

    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp("Write summary.md, junit.xml, gate.json and plots/ there.", valueName: "dir"), completion: .directory)
    var outputDir: String?

    /// What cannot be written is found before anything is measured.
    func check() throws(ScaleError) {
        let takers = [
            json ? "--json" : nil, github ? "--github" : nil, summary.map(OutputPlace.isStandardOutput) == true ? "--summary -" : nil,
            junit.map(OutputPlace.isStandardOutput) == true ? "--junit -" : nil,
        ].compactMap(\.self)
        if takers.count > 1 {
            throw .usage(
                "\(takers[0]) and \(takers[1]) both write to standard output", hint: "use one of them, and files or -o DIR for the other")
        }
        for (flag, path) in [("--summary", summary), ("--junit", junit)] {
            guard let path, !OutputPlace.isStandardOutput(path) else { continue }
            if path.isEmpty { throw .usage("\(flag) '' names nothing", hint: "give a path, or -") }
            guard case .file(let place) = OutputPlace(URL(fileURLWithPath: path)) else { continue }
            if place.hasDirectoryPath { throw ScaleError(.storage, "\(flag) '\(path)' is a directory", hint: "name a file") }
            try Artifacts.check(place.deletingLastPathComponent(), flag: flag, typed: path)
        }
        if let outputDir { _ = try Artifacts(directory: outputDir, plots: nil) }
    }
}

/// Says what a gate found, everywhere it is asked to.
struct GateOutput {
    let result: GateResult
    let options: GateOutputOptions
    let strict: Bool
    var environment = ProcessInfo.processInfo.environment

    /// Says it and ends with the status of the verdict: nothing is thrown for a pass.
    /// - Throws: `ExitCode` for any other verdict, which has been told and is no error; ``ScaleError`` where it could not be told.
    /// - Parameter strict: evidence that does not decide is a failure.
    static func emit(_ result: GateResult, _ options: GateOutputOptions, strict: Bool) async throws {
        try await tell(result, options, strict: strict)
        let status = result.verdict.exitStatus(strict: strict)
        if status != 0 { throw ExitCode(status) }
    }

    /// Says it, whatever it is.
    static func tell(_ result: GateResult, _ options: GateOutputOptions, strict: Bool = false) async throws(ScaleError) {
        try await GateOutput(result: result, options: options, strict: strict).write()
        if let error = Console.outputError { throw error }
    }

    private func write() async throws(ScaleError) {
        let text = GateText.lines(result, strict: strict)
        let isTaken =
            options.json || options.summary.map(OutputPlace.isStandardOutput) == true
            || options.junit.map(OutputPlace.isStandardOutput) == true
        text.forEach(isTaken ? Console.error : Console.out)
        if options.json { Console.out(GateJSON.line(result, strict: strict)) }
        if options.github { try writeGitHub() }
        if let path = options.summary { try write(GateSummary.markdown(result, strict: strict), to: path) }
        if let path = options.junit { try write(GateJUnit.xml(result, strict: strict), to: path) }
        if let path = options.outputDir { try await writeFolder(path) }
    }

    private func write(_ text: String, to path: String) throws(ScaleError) {
        // The console ends the last line by itself.
        if OutputPlace.isStandardOutput(path) { return Console.out(String(text.dropLast())) }
        try Artifacts.write(text, to: URL(fileURLWithPath: path))
    }

    private func writeGitHub() throws(ScaleError) {
        GateAnnotations.lines(result, strict: strict).forEach(Console.out)
        guard let path = environment["GITHUB_STEP_SUMMARY"], !path.isEmpty else { return }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        if descriptor < 0 { throw Self.unwritable(path, errno) }
        defer { close(descriptor) }
        let code = OutputPlace.write(GateSummary.markdown(result, strict: strict).utf8, to: descriptor)
        if code != 0 { throw Self.unwritable(path, code) }
    }

    private static func unwritable(_ path: String, _ code: Int32) -> ScaleError {
        ScaleError(.storage, "$GITHUB_STEP_SUMMARY '\(path)' cannot be written", cause: String(cString: strerror(code)))
    }

    private func writeFolder(_ path: String) async throws(ScaleError) {
        let artifacts = try Artifacts(directory: path, plots: nil)
        let folder = ChartFolder(url: artifacts.plots)
        let (drawn, problem) = try await folder.write(GateCharts.make(result))
        if let problem { Console.error("warning: " + problem) }
        let pictures = drawn.map { (path: "plots/" + $0.svgName, title: $0.title) }
        let files = [
            ("summary.md", GateSummary.markdown(result, strict: strict, pictures: pictures)),
            ("junit.xml", GateJUnit.xml(result, strict: strict)), ("gate.json", GateJSON.line(result, strict: strict) + "\n"),
        ]
        for (name, text) in files { try Artifacts.write(text, to: artifacts.directory.appendingPathComponent(name)) }
    }
}
