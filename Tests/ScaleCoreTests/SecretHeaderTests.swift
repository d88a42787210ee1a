import ScaleCore
import Testing

@Suite("Headers whose values are secrets") struct SecretHeaderTests {
    @Test(arguments: [("Authorization", "Bearer abc"), ("x-api-key", ""), ("X_1!#$%&'*+-.^`|~", "tab\tand ü")])
    func whatCanStandInARequest(name: String, value: String) throws {
        let header = try #require(SecretHeader(name: name, value: value))
        #expect(header.name == name && header.value == value)
    }

    /// A line break would begin a header of somebody else's.
    static let bad: [(String, String)] = [
        ("", "x"), ("a b", "x"), ("a:", "x"), ("ü", "x"), ("a\r\nHost", "x"), ("a", "x\r\nHost: y"), ("a", "x\n"), ("a", "\u{0}"),
        ("a", "\u{7F}"),
    ]

    @Test(arguments: bad)
    func whatCannot(name: String, value: String) { #expect(SecretHeader(name: name, value: value) == nil) }

    @Test func itsValueIsNotPrinted() throws {
        let header = try #require(SecretHeader(name: "Authorization", value: "Bearer abc"))
        #expect("\(header)" == "Authorization: ***" && String(describing: [header]) == "[Authorization: ***]")
        let endpoint = Endpoint(secure: true, host: "h", port: 443, headers: [header])
        #expect(endpoint.carriesSecrets && endpoint.redacted == "https://h")
        #expect(!"\(endpoint)".contains("abc"))
    }
}
