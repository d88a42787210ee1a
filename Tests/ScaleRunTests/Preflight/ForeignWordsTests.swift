import ScaleCore
import Testing

@testable import ScaleRun

@Suite("What servers say") struct ForeignWordsTests {
    @Test(arguments: [
        ("rate limit", "rate limit"), ("", nil), (" \r\n\t", nil), ("two\nlines\r\n", "two lines"),
        ("boom\n::error file=a.py::owned\n\u{1B}[31mRED\u{1B}[0m\u{7}", "boom ::error file=a.py::owned [31mRED [0m"),
        ("a\u{202E}b\u{200B}c\u{2028}d", "a b c d"), ("héllo 🎉 日本", "héllo 🎉 日本"), ("no\u{A0}break", "no break"),
        (String(repeating: "x", count: 201), String(repeating: "x", count: 200) + "…"),
    ])
    func standInOneCleanLine(text: String, clean: String?) {
        #expect(ForeignWords.cleaned(text) == clean)
    }

    static let secretive = Endpoint(secure: true, host: "h", port: 1, credentials: "me:s3cret", query: "token=abcdef")

    @Test func secretsThatComeBackAreNotShown() {
        #expect(
            ForeignWords.cleaned("no me:s3cret, no s3cret, no token=abcdef", hiding: Self.secretive)
                == "no \(Redaction.mark), no \(Redaction.mark), no \(Redaction.mark)")
    }

    @Test(arguments: [
        (#"{"detail": "Not authenticated"}"#, "Not authenticated"), (#"{"error": "x"}"#, #"{"error": "x"}"#),
        ("  <!doctype html><p>Sorry", "an HTML page"), ("plain", "plain"), ("", nil),
    ])
    func ofABodyWhatAPersonReads(body: String, words: String?) {
        #expect(ForeignWords.body(Array(body.utf8), hiding: Self.secretive) == words)
    }
}
