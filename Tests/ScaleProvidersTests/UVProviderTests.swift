import Foundation
import ScaleCore
import Testing

@testable import ScaleProviders

@Suite struct UVProviderTests {
    private func provider(_ options: String) throws -> UVProvider { try UVProvider(spec: ProviderSpec("uv:" + options)) }

    @Test(arguments: [
        ("./env", "uv run --isolated --directory ./env -- uvicorn server.app:app --host 127.0.0.1 --port 81 --workers 1"),
        (
            "env,app=a:b,workers=3,host=0.0.0.0,python=3.12,offline=true",
            "uv run --isolated --directory env --python 3.12 --offline -- uvicorn a:b --host 0.0.0.0 --port 81 --workers 3"
        ),
        (
            "env,with=\"a>=1,b\"",
            "uv run --isolated --directory env --with a>=1,b -- uvicorn server.app:app --host 127.0.0.1 --port 81 --workers 1"
        ),
    ])
    func theCommandIsThatOfOpenEnv(options: String, command: String) throws {
        #expect(try provider(options).command(uv: "uv", port: 81).joined(separator: " ") == command)
    }

    private static func folder(_ files: [(name: String, text: String)], _ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "scalebench-uv-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for file in files { try Data(file.text.utf8).write(to: folder.appending(path: file.name)) }
        try body(folder.path)
    }

    struct Project: Sendable, CustomTestStringConvertible {
        /// Of openenv.yaml; nil where there is none.
        var yaml: String?
        var options = ""
        var app = "server.app:app"
        var port = 0
        /// What is said of a file that is wrong.
        var refusal: String?
        var testDescription: String { "\(yaml ?? "no file"), \(options)" }
    }

    static let official =
        "spec_version: 1\nname: my_env\ntype: space\nruntime: fastapi\napp: my.app:app\nport: 8123\nvalidation:\n  x: 1.0\n"

    @Test(arguments: [
        Project(), Project(yaml: official, app: "my.app:app", port: 8123), Project(yaml: "name: x\n"),
        Project(yaml: official, options: ",app=a:b", app: "a:b", port: 8123),
        Project(yaml: official, options: ",port=0", app: "my.app:app"),
        Project(yaml: official, options: ",port=81,app=a:b", app: "a:b", port: 81),
        Project(yaml: "app: [", refusal: "openenv.yaml' cannot be read"),
        Project(yaml: "port: soon", refusal: "openenv.yaml' cannot be read"),
        Project(yaml: "- 1", refusal: "openenv.yaml' cannot be read"),
        Project(yaml: "port: 70000", refusal: "port is 70000 in '"), Project(yaml: "app: --reload", refusal: "app is '--reload' in '"),
    ])
    func whatTheProjectSaysOfItselfIsTaken(_ each: Project) throws {
        try Self.folder(each.yaml.map { [("openenv.yaml", $0)] } ?? []) { folder in
            let given = try provider(folder + each.options)
            if let refusal = each.refusal {
                let error = #expect(throws: ScaleError.self) { try given.completed() }
                #expect(
                    error?.code == .usage && error?.hint != nil && error?.message.contains(refusal) == true, "\(String(describing: error))")
                return
            }
            let whole = try given.completed()
            #expect(whole.app == each.app && whole.server.port == each.port)
            #expect(whole.server.refusal == "uvicorn cannot load \(each.app)")
        }
    }

    @Test func theCapIsAVariable() throws {
        let server = try provider("env,max-concurrent-envs=40,env.A=b").server
        #expect(server.environment == ["MAX_CONCURRENT_ENVS": "40", "A": "b"] && server.maxConcurrentEnvs == 40 && server.workers == 1)
    }

    @Test(arguments: [
        ("workers=2", "names no project"), ("git+https://u:secret@example/x", "is 'git+https://***@example/x', which is no folder"),
        ("env,app=", "app is ''"), ("env,python=--x", "python is '--x'"), ("env,offline=maybe", "neither true nor false"),
        ("env,max-concurrent-envs=1,env.MAX_CONCURRENT_ENVS=2", "are both given"),
    ])
    func badOptionsAreRefused(options: String, part: String) {
        let error = #expect(throws: ScaleError.self) { try provider(options) }
        #expect(error?.code == .usage && error?.message.contains(part) == true && error?.hint != nil, "\(String(describing: error))")
    }

    static let logs: [([String], String?)] = [
        ([], nil), (["INFO:     Started parent process [1]", "INFO:     Waiting for child process [2]"], nil),
        (
            ["INFO:     Started server", "ERROR:    Error loading ASGI app. Could not import module \"x\"."],
            "ERROR:    Error loading ASGI app. Could not import module \"x\"."
        ),
        (
            [
                "Traceback (most recent call last):", "  File \"/a.py\", line 1, in <module>", "    import y",
                "pydantic_core._pydantic_core.ValidationError: 1 problem", "INFO:     Child process [7] died",
            ], "pydantic_core._pydantic_core.ValidationError: 1 problem"
        ),
        (
            ["  File \"/a.py\", line 1, in f", "    raise E", "ValueError: x", "INFO:     127.0.0.1:5 - \"GET /health HTTP/1.1\" 200 OK"],
            nil
        ),
    ]

    @Test(arguments: logs) func whatItsLogTells(lines: [String], why: String?) { #expect(UvicornLog.whyNot(lines) == why) }
}
