import ScaleCore
import Testing

@testable import ScaleProviders

@Suite struct ProcessProviderTests {
    @Test(arguments: [
        ("a b  c", ["a", "b", "c"]), ("", []), ("  ", []), ("'a b' c", ["a b", "c"]), ("\"a b\"c", ["a bc"]), ("a\\ b", ["a b"]),
        ("'a\\b'", ["a\\b"]), ("\"a\\\"b\"", ["a\"b"]), ("\"a\\nb\"", ["a\\nb"]), ("'' \"\"", ["", ""]), ("a'b'\"c\"", ["abc"]),
        ("$HOME *.py; rm | x", ["$HOME", "*.py;", "rm", "|", "x"]), ("a\n\tb", ["a", "b"]),
    ])
    func words(text: String, words: [String]) { #expect(CommandWords.split(text) == words) }

    @Test(arguments: ["'a", "\"a", "a\\", "\"a\\"]) func whatDoesNotEndIsNoCommand(text: String) {
        #expect(CommandWords.split(text) == nil)
    }

    private func provider(_ options: String) throws -> ProcessProvider {
        try ProcessProvider(spec: ProviderSpec("process:" + options))
    }

    @Test func placeholdersAreFilledInWhereverTheyStand() throws {
        let provider = try provider("command=\"serve --bind={host}:{port} {port} {other}\",host=127.0.0.2")
        #expect(provider.command(port: 81) == ["serve", "--bind=127.0.0.2:81", "81", "{other}"])
    }

    @Test func itsNameTellsItApart() throws {
        #expect(try provider("command=/usr/bin/uvicorn --port {port},workers=2,max-concurrent-envs=40").infra == "process-uvicorn-w2-c40")
    }

    @Test(arguments: [
        "workers=2", "command=", "command=serve", "command=\"'a {port}\"", "command=a {port},port=x", "command=a {port},workers=0",
    ])
    func badOptionsAreRefused(options: String) {
        let error = #expect(throws: ScaleError.self) { try provider(options) }
        #expect(error?.code == .usage && error?.hint != nil)
    }

    @Test func aFixedPortNeedsNoPlaceholder() throws { #expect(try provider("command=serve,port=8000").server.port == 8000) }
}
