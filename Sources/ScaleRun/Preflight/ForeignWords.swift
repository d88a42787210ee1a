import ScaleCore

/// What a server said, made fit to stand in a sentence of ours.
enum ForeignWords {
    /// Characters that a sentence has room for.
    static let longest = 200

    /// Without control characters and line breaks, in one line, cut, and without the secrets that were sent to it.
    /// - Returns: nil where nothing is left.
    static func cleaned(_ text: String, hiding endpoint: Endpoint? = nil, longest: Int = longest) -> String? {
        var text = text
        for secret in endpoint?.secrets ?? [] where secret.count >= 4 { text = text.replacing(secret, with: Redaction.mark) }
        var clean = ""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            // Formats turn the direction of what follows, or hide it.
            case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator, .surrogate, .privateUse, .unassigned:
                if !clean.isEmpty, !clean.hasSuffix(" ") { clean.append(" ") }
            default: clean.unicodeScalars.append(scalar)
            }
        }
        while clean.hasSuffix(" ") { clean.removeLast() }
        if clean.isEmpty { return nil }
        return clean.count > longest ? clean.prefix(longest) + "…" : clean
    }

    /// What a person may want to read of what came with a refusal: not a page.
    static func gist(_ text: String, hiding endpoint: Endpoint) -> String? {
        text.drop(while: \.isWhitespace).hasPrefix("<") ? "an HTML page" : cleaned(text, hiding: endpoint)
    }

    /// Of an HTTP body; of JSON that FastAPI makes the detail.
    static func body(_ response: [UInt8], hiding endpoint: Endpoint) -> String? {
        gist(JSONNode(response)?["detail"]?.text ?? String(decoding: response.prefix(4096), as: UTF8.self), hiding: endpoint)
    }
}

extension Endpoint {
    fileprivate var secrets: [String] {
        let parts = credentials.map { [$0] + $0.split(separator: ":", maxSplits: 1).dropFirst().map(String.init) } ?? []
        return parts + [query].compactMap(\.self) + headers.map(\.value) + (isCapability ? [host] : [])
    }
}
