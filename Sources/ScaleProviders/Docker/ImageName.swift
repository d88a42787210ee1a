import ScaleCore

/// The name of a container image: `REGISTRY/REPOSITORY:TAG`, of which only the repository must be there, or `…@DIGEST`.
struct ImageName: Hashable, Sendable, CustomStringConvertible {
    /// With its registry.
    var repository: String
    /// A tag or a digest.
    var version: String
    private var isDigest: Bool

    /// Nil for what no image can be called. Whether there is such an image is for the engine to say.
    init?(_ text: String) {
        let isPlain = text.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || "-._/:@".utf8.contains(byte)
        }
        guard isPlain, let first = text.first, first.isLetter || first.isNumber else { return nil }
        if let at = text.firstIndex(of: "@") {
            repository = String(text[..<at])
            version = String(text[text.index(after: at)...])
            isDigest = true
        } else {
            isDigest = false
            // A colon before the last slash is that of a registry's port.
            let slash = text.lastIndex(of: "/") ?? text.startIndex
            if let colon = text[slash...].lastIndex(of: ":") {
                repository = String(text[..<colon])
                version = String(text[text.index(after: colon)...])
            } else {
                repository = text
                version = "latest"
            }
        }
        if repository.isEmpty || version.isEmpty { return nil }
    }

    /// The last part of the repository: what reports call it.
    var short: String { String(repository.split(separator: "/").last ?? "image") }
    /// As the engine knows it.
    var description: String { repository + (isDigest ? "@" : ":") + version }
}
