import ScaleControl
import ScaleCore
import Testing

@testable import ScaleProviders

@Suite("What the Engine API sends") struct EngineTextTests {
    // MARK: - Logs

    static func frame(_ output: UInt8, _ text: String) -> [UInt8] {
        let count = text.utf8.count
        return [output, 0, 0, 0, UInt8(count >> 24), UInt8(count >> 16 & 255), UInt8(count >> 8 & 255), UInt8(count & 255)]
            + Array(text.utf8)
    }

    /// Both outputs, an empty frame, a line in two frames, and one longer than 255 bytes.
    static let frames =
        frame(1, "one\n") + frame(2, "two\n") + frame(1, "") + frame(1, "thr") + frame(1, "ee\n")
        + frame(2, String(repeating: "x", count: 300) + "\n")
    static let written = "one\ntwo\nthree\n" + String(repeating: "x", count: 300) + "\n"

    @Test func framesAreReadWhereverTheyAreCut() {
        for first in 0...Self.frames.count {
            for second in stride(from: first, through: Self.frames.count, by: 7) {
                var log = LogFrames(hasTerminal: false)
                let pieces = [Self.frames[..<first], Self.frames[first..<second], Self.frames[second...]]
                let read = pieces.flatMap { log.append(Array($0)) }
                #expect(String(decoding: read, as: UTF8.self) == Self.written, "cut at \(first) and \(second)")
            }
        }
    }

    @Test func aTerminalHasNoFrames() {
        var log = LogFrames(hasTerminal: true)
        #expect(log.append(Array("\u{1}\0\0\0\0\0\0\u{3}abc".utf8)) == Array("\u{1}\0\0\0\0\0\0\u{3}abc".utf8))
    }

    @Test(arguments: [
        ("2026-01-02T03:04:05.000000000Z all is well", "2026-01-02T03:04:05.000000000Z", "all is well"),
        ("2026-01-02T03:04:05.000000000Z ", "2026-01-02T03:04:05.000000000Z", ""), ("x", "x", ""),
    ])
    func aLineIsItsTimeAndItsText(line: String, time: String, text: String) {
        let read = Engine.LogLine(line)
        #expect(read.time == time && read.text == text)
    }

    // MARK: - Pulls

    static let pull = """
        {"status":"Pulling from x","id":"latest"}
        {"status":"Pulling fs layer","progressDetail":{},"id":"a"}
        {"status":"Pulling fs layer","progressDetail":{},"id":"b"}
        {"status":"Already exists","progressDetail":{},"id":"c"}
        {"status":"Downloading","progressDetail":{"current":12340000,"total":20000000},"progress":"[=>]","id":"a"}
        {"status":"Download complete","progressDetail":{},"id":"a"}
        {"status":"Extracting","progressDetail":{"current":5,"total":20000000},"id":"a"}
        {"status":"Downloading","progressDetail":{"current":1000,"total":0},"id":"b"}
        {"status":"Pull complete","progressDetail":{},"id":"a"}
        no JSON at all
        {"status":"Digest: sha256:1"}

        """

    @Test func aPullTellsHowFarItIs() {
        var progress = PullProgress()
        var words: [String] = []
        for line in Self.pull.split(separator: "\n") {
            progress.append(Array((line + "\n").utf8))
            words.append(progress.words)
        }
        #expect(
            words == [
                "", "0 of 1 layer", "0 of 2 layers", "1 of 3 layers", "1 of 3 layers, 12.3 of 20.0 MB", "1 of 3 layers, 20.0 of 20.0 MB",
                "1 of 3 layers, 20.0 of 20.0 MB", "1 of 3 layers, 20.0 of 20.0 MB", "2 of 3 layers, 20.0 of 20.0 MB",
                "2 of 3 layers, 20.0 of 20.0 MB", "2 of 3 layers, 20.0 of 20.0 MB",
            ])
        #expect(progress.failure == nil)
    }

    @Test func aPullIsReadWhereverItIsCut() {
        let bytes = Array(Self.pull.utf8)
        for cut in 0...bytes.count {
            var progress = PullProgress()
            progress.append(Array(bytes[..<cut]))
            progress.append(Array(bytes[cut...]))
            #expect(progress.words == "2 of 3 layers, 20.0 of 20.0 MB", "cut at \(cut)")
        }
    }

    @Test(arguments: [
        (#"{"errorDetail":{"message":"no space left"},"error":"something"}"#, "no space left"), (#"{"error":"denied"}"#, "denied"),
        (#"{"errorDetail":{"code":5},"error":"denied"}"#, "denied"), (#"{"status":"Pulling"}"#, nil),
    ])
    func aPullThatFailsSaysSo(line: String, failure: String?) {
        var progress = PullProgress()
        progress.append(Array(line.utf8))
        progress.finish()
        #expect(progress.failure == failure)
    }

    // MARK: - Names and places

    @Test(arguments: [
        ("env", "env", "latest", "env", "env:latest"), ("env:1", "env", "1", "env", "env:1"),
        ("127.0.0.1:5000/a/env", "127.0.0.1:5000/a/env", "latest", "env", "127.0.0.1:5000/a/env:latest"),
        ("127.0.0.1:5000/env:v2", "127.0.0.1:5000/env", "v2", "env", "127.0.0.1:5000/env:v2"),
        ("r/env@sha256:ab", "r/env", "sha256:ab", "env", "r/env@sha256:ab"),
    ])
    func imagesAreNamed(text: String, repository: String, version: String, short: String, whole: String) throws {
        let image = try #require(ImageName(text))
        #expect(image.repository == repository && image.version == version && image.short == short && image.description == whole)
    }

    @Test(arguments: ["", "a b", "a?b", ":1", "env:", "/env", "-env", "env@", "ümlaut", "a\nb", "a;b"])
    func whatNoImageIsCalled(text: String) { #expect(ImageName(text) == nil) }

    @Test(
        arguments: [
            (nil, nil, "/var/run/docker.sock"), (nil, "", "/var/run/docker.sock"), (nil, "unix:///run/d.sock", "/run/d.sock"),
            ("/a", "unix:///b", "/a"), ("unix:///a", nil, "/a"),
        ] as [(String?, String?, String)])
    func aSocketIsFound(text: String?, variable: String?, path: String) throws {
        #expect(try EngineSocket(text, variable: variable, of: "docker", flag: "--provider").path == path)
    }

    @Test(
        arguments: [
            ("tcp://h:1", nil, "--provider docker: socket is 'tcp://h:1', which is no path of a unix socket"),
            (nil, "tcp://me:secret@h:1", "DOCKER_HOST is 'tcp://***@h:1', which is no path of a unix socket"),
            ("run/docker.sock", nil, "--provider docker: socket is 'run/docker.sock', which is no path of a unix socket"),
            ("/" + String(repeating: "x", count: 107), nil, "--provider docker: socket is longer than the 107 bytes of a socket's path"),
        ] as [(String?, String?, String)])
    func whatIsNoSocketIsRefused(text: String?, variable: String?, sentence: String) {
        let error = #expect(throws: ScaleError.self) {
            try EngineSocket(text, variable: variable, of: "docker", flag: "--provider")
        }
        #expect(error?.code == .usage && error?.message == sentence && error?.hint != nil)
    }

    @Test(arguments: [("1.41", EngineVersion(major: 1, minor: 41)), ("1", nil), ("1.x", nil), ("", nil), ("1.2.3", nil)])
    func versions(text: String, version: EngineVersion?) { #expect(EngineVersion(text) == version) }

    // MARK: - The host

    @Test func theLimitOfAProcessIsRead() {
        let text = """
            Limit                     Soft Limit           Hard Limit           Units
            Max processes             96365                96365                processes
            Max open files            1024                 524288               files
            """
        #expect(EngineHost.hardLimit(in: text) == 524_288)
        #expect(EngineHost.hardLimit(in: "Max open files  unlimited  unlimited  files") == .max)
        #expect(EngineHost.hardLimit(in: "Max processes 1 1 processes") == nil)
    }

    @Test(arguments: [
        ("kernel/net/netfilter/ipvs/ip_vs.ko: kernel/net/netfilter/nf_conntrack.ko\n", true), ("kernel/a/ip_vs.ko.zst:\n", true),
        ("kernel/net/netfilter/ipvs/ip_vs_rr.ko: kernel/net/netfilter/ipvs/ip_vs.ko\n", false), ("", false),
    ])
    func modulesAreKnownByTheirNames(list: String, hasIPVS: Bool) { #expect(EngineHost.namesIPVS(list) == hasIPVS) }

    @Test func aProcessOfThisHostIsInNoContainer() {
        #expect(!EngineHost.runs(1, in: "c0ffee") && !EngineHost.runs(0, in: "") && EngineHost.proxies(of: [1]).isEmpty)
    }
}
