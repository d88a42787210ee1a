/// Where an environment server listens, read from a URL: `http://host:8000`, `wss://host/prefix`, `host:8000`.
public struct Endpoint: Hashable, Sendable {
    /// TLS, from `https` or `wss`.
    public var secure: Bool
    /// A name or a numeric address; IPv6 without brackets.
    public var host: String
    public var port: UInt16
    /// What stands before `/ws`, `/reset` and `/step`: empty, or `/prefix` without a slash at its end.
    public var prefix: String
    /// `user:password` of the URL, percent-decoded: a secret.
    public var credentials: String?
    /// The query of the URL without its question mark: it may carry a token, so it is a secret too.
    public var query: String?
    /// What every request carries beside the usual fields, as a gate in front of the server may ask for.
    public var headers: [SecretHeader]
    /// Who knows the address may use the server, as of a tunnel with a name by chance: nothing of it is shown.
    public var isCapability: Bool

    public init(
        secure: Bool, host: String, port: UInt16, prefix: String = "", credentials: String? = nil, query: String? = nil,
        headers: [SecretHeader] = [], isCapability: Bool = false
    ) {
        self.secure = secure
        self.host = host
        self.port = port
        self.prefix = prefix
        self.credentials = credentials
        self.query = query
        self.headers = headers
        self.isCapability = isCapability
    }

    /// Whether what is sent there would tell a listener something that it must not know.
    public var carriesSecrets: Bool { credentials != nil || query != nil || !headers.isEmpty || isCapability }

    /// Reads a URL.
    /// - Parameter flag: what the user typed it for; the error names it.
    public init(url: String, flag: String = "--url") throws(ScaleError) {
        func refuse(_ problem: String, _ hint: String) -> ScaleError {
            .usage("\(flag) '\(Redaction.url(url))' \(problem)", hint: hint)
        }
        let example = "write it like http://127.0.0.1:8000"
        var rest = Substring(url)
        var secure = false
        if let scheme = rest.range(ofFirst: "://") {
            switch rest[..<scheme.lowerBound].lowercased() {
            case "http", "ws": secure = false
            case "https", "wss": secure = true
            case let other:
                throw refuse("has the scheme '\(other)'", "use http, https, ws or wss")
            }
            rest = rest[scheme.upperBound...]
        } else if let scheme = Self.schemeWithoutSlashes(rest) {
            let behind = String(rest.dropFirst(scheme.count + 1).drop { $0 == "/" })
            let whole = behind.isEmpty ? "127.0.0.1:8000" : Redaction.url(behind)
            throw refuse("lacks the // behind '\(scheme):'", "write it like \(scheme)://\(whole)")
        }
        if let fragment = rest.firstIndex(of: "#") { rest = rest[..<fragment] }
        var query: String?
        if let mark = rest.firstIndex(of: "?") {
            query = String(rest[rest.index(after: mark)...])
            rest = rest[..<mark]
        }
        var prefix = ""
        if let slash = rest.firstIndex(of: "/") {
            prefix = String(rest[slash...])
            rest = rest[..<slash]
        }
        while prefix.hasSuffix("/") { prefix.removeLast() }
        if prefix == "/ws" || prefix.hasSuffix("/ws") { prefix.removeLast(3) }
        var credentials: String?
        if let at = rest.lastIndex(of: "@") {
            guard let decoded = Self.percentDecoded(rest[..<at]) else {
                throw refuse("has credentials that are not percent-encoded text", example)
            }
            credentials = decoded
            rest = rest[rest.index(after: at)...]
        }
        if !rest.allSatisfy(\.isASCII) {
            throw refuse(
                "has a host name with letters beyond ASCII",
                "write the name as the DNS has it, in Punycode: the part of such letters begins with xn--")
        }
        let (host, port) = try Self.authority(rest) { problem throws(ScaleError) in throw refuse(problem, example) }
        guard prefix.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), (query ?? "").utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { throw refuse("has a space, a control character or a letter beyond ASCII in its path or query", "percent-encode it") }
        self.init(
            secure: secure, host: host, port: port ?? (secure ? 443 : 80), prefix: prefix, credentials: credentials,
            query: query)
    }

    /// `http:host`: read as it stands, the scheme would be the host. A host of such a name has a port.
    private static func schemeWithoutSlashes(_ text: Substring) -> String? {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let name = text[..<colon]
        guard ["http", "https", "ws", "wss"].contains(name.lowercased()) else { return nil }
        let behind = text[text.index(after: colon)...].prefix { !"/?#".contains($0) }
        return UInt16(behind) == nil ? String(name) : nil
    }

    private static func authority(
        _ text: Substring, refuse: (String) throws(ScaleError) -> Never
    ) throws(ScaleError) -> (String, UInt16?) {
        var host = text
        var portText: Substring?
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { try refuse("has an opening [ without its ]") }
            host = text[text.index(after: text.startIndex)..<end]
            let after = text[text.index(after: end)...]
            if after.hasPrefix(":") { portText = after.dropFirst() } else if !after.isEmpty { try refuse("has text after its ]") }
        } else if let colon = text.lastIndex(of: ":") {
            host = text[..<colon]
            portText = text[text.index(after: colon)...]
        }
        if host.isEmpty { try refuse("names no host") }
        guard host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") }) else {
            try refuse("has a host name with a space or a control character")
        }
        guard let portText else { return (String(host), nil) }
        guard let port = UInt16(portText), port > 0 else { try refuse("has the port '\(portText)', which is not 1 to 65535") }
        return (String(host), port)
    }

    static func percentDecoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// What stands in a `Host` header and in output: `host`, `host:port` or `[v6]:port`.
    public var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (secure ? 443 : 80) ? name : "\(name):\(port)"
    }

    /// As an `http` URL, without credentials and query.
    public var plain: String { (secure ? "https" : "http") + "://" + authority + prefix }

    /// The same as it is safe to store and to print.
    public var redacted: String { isCapability ? (secure ? "https" : "http") + "://" + Redaction.mark : plain }

    /// Whether the address is one of this machine's loopback addresses, by its spelling.
    public var isLoopback: Bool {
        host == "localhost" || host == "::1"
            || (host.hasPrefix("127.") && host.utf8.allSatisfy { $0 == UInt8(ascii: ".") || ($0 >= 48 && $0 <= 57) })
    }
}

extension StringProtocol {
    /// The first place where `text` stands.
    fileprivate func range(ofFirst text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}

/// A header field whose value is a secret.
public struct SecretHeader: Hashable, Sendable, Codable, CustomStringConvertible {
    public var name: String
    /// For the wire only.
    public var value: String

    /// Nil for what cannot stand in a request: a name that is no token (RFC 9110 section 5.6.2), or a line break.
    public init?(name: String, value: String) {
        let isToken = name.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
        guard !name.isEmpty, isToken, value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else { return nil }
        self.name = name
        self.value = value
    }

    public var description: String { name + ": " + Redaction.mark }
}

/// Takes secrets out of text before it is stored or shown.
public enum Redaction {
    public static let mark = "***"
    /// Behind these stands the string of a provider: the two sides of a duel are such.
    private static let providerFlags = ["--provider", "--a", "--b"]
    /// What a URL without a scheme may follow.
    private static let urlFlags = ["-u", "--url", "--urls"] + providerFlags

    /// A URL without its user, password and query values.
    public static func url(_ text: String) -> String {
        var result = text
        if let slashes = result.range(ofFirst: "://") {
            let end = result[slashes.upperBound...].firstIndex(where: { "/?#".contains($0) }) ?? result.endIndex
            if let at = result[slashes.upperBound..<end].lastIndex(of: "@") {
                result.replaceSubrange(slashes.upperBound..<at, with: mark)
            }
        } else {
            let end = result.firstIndex(where: { "/?#".contains($0) }) ?? result.endIndex
            if let at = result[..<end].lastIndex(of: "@") { result.replaceSubrange(result.startIndex..<at, with: mark) }
        }
        if let question = result.firstIndex(of: "?") { result = String(result[..<question]) + "?" + mark }
        return result
    }

    /// A command line for the record: URLs and commands of processes lose their
    /// secrets, and so do the values of flags that carry one.
    public static func command(_ words: [String]) -> String {
        var shown: [String] = []
        var hideNext = false
        var flag = ""
        for typed in words {
            defer { flag = typed }
            let word = provider(typed, behind: flag)
            if hideNext {
                shown.append(mark)
                hideNext = false
            } else if word == "--header" || word == "--token" || word == "--env" {
                shown.append(word)
                hideNext = true
            } else if let secret = ["--header=", "--token=", "--env="].first(where: word.hasPrefix) {
                shown.append(secret + mark)
            } else if word.contains("://") || (urlFlags.contains { flag == $0 || word.hasPrefix($0 + "=") }) {
                // A comma parts URLs only where a list of them may stand; elsewhere it may be part of a secret.
                let isList = (["--urls"] + providerFlags).contains { flag == $0 || word.hasPrefix($0 + "=") }
                let parts = isList ? word.split(separator: ",", omittingEmptySubsequences: false) : [word[...]]
                shown.append(quoted(parts.map { url(String($0)) }.joined(separator: ",")))
            } else {
                shown.append(quoted(word))
            }
        }
        return shown.joined(separator: " ")
    }

    /// The string of a provider and its options lose what only their syntax shows to be a secret.
    private static func provider(_ word: String, behind flag: String) -> String {
        if providerFlags.contains(where: { flag == $0 || word.hasPrefix($0 + "=") }) { return process(word, isOption: true) }
        let option = "--provider-option"
        if flag == option { return self.option(word) }
        return word.hasPrefix(option + "=") ? option + "=" + self.option(String(word.dropFirst(option.count + 1))) : word
    }

    /// As a POSIX shell would need it.
    private static func quoted(_ word: String) -> String {
        let plain = word.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || "-_=./:,+@%*".utf8.contains(byte)
        }
        if plain && !word.isEmpty { return word }
        return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
