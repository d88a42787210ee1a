import ArgumentParser
import ScaleCore
import ScaleTLS

/// Whose certificates are believed.
struct TrustOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Authorities that https and wss certificates are checked against.", valueName: "file"), completion: .file())
    var caFile: String?

    @Flag(help: "Accept any certificate.")
    var insecure = false

    /// - Throws: where a file of authorities cannot be read, so that this is found before anything is launched.
    func trust() throws(ScaleError) -> TLSTrust {
        let trust: TLSTrust = insecure ? .insecure : caFile.map { .file($0) } ?? .system
        if caFile != nil { _ = try TLSContext(trust: trust) }
        return trust
    }
}
