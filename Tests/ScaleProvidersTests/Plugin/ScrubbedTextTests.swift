import ScaleCore
import Testing

@testable import ScaleProviders

@Suite struct ScrubbedTextTests {
    @Test func secretsAreTakenOutWhereverTheyStand() {
        var text = ScrubbedText(
            environment: ["A": "hunter22", "B": "hunter22-long", "C": "1", "D": ""], options: ["api-key": "abcdef", "zone": "north"])
        text.add([
            Endpoint(
                secure: true, host: "box-17.example", port: 443, query: "sig=xyz9",
                headers: [SecretHeader(name: "X", value: "bearer")].compactMap(\.self), isCapability: true),
            Endpoint(secure: false, host: "plain.example", port: 80),
        ])
        #expect(
            text("docker run -e A=hunter22 -e B=hunter22-long -e C=1 abcdef north box-17.example sig=xyz9 bearer plain.example")
                == "docker run -e A=*** -e B=*** -e C=1 *** north *** *** *** plain.example")
    }

    @Test func nothingToHideChangesNothing() { #expect(ScrubbedText()("a 1 \n b") == "a 1 \n b") }
}
