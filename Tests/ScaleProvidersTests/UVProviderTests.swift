import ScaleCore
import Testing

@testable import ScaleProviders

@Suite struct UVProviderTests {
    private func provider(_ options: String) throws -> UVProvider { try UVProvider(spec: ProviderSpec("uv:" + options)) }

    @Test(arguments: [
        ("./env", "uv run --isolated --project ./env -- uvicorn server.app:app --host 127.0.0.1 --port 81 --workers 1"),
        (
            "env,app=a:b,workers=3,host=0.0.0.0,python=3.12,offline=true",
            "uv run --isolated --project env --python 3.12 --offline -- uvicorn a:b --host 0.0.0.0 --port 81 --workers 3"
        ),
        (
            "env,with=\"a>=1,b\"",
            "uv run --isolated --project env --with a>=1,b -- uvicorn server.app:app --host 127.0.0.1 --port 81 --workers 1"
        ),
    ])
    func theCommandIsThatOfOpenEnv(options: String, command: String) throws {
        #expect(try provider(options).command(uv: "uv", port: 81).joined(separator: " ") == command)
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
