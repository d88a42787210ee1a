/// What HAProxy tells of its servers, as CSV (its management guide, section 9.1).
struct HAProxyStatistics: Hashable, Sendable {
    struct Server: Hashable, Sendable {
        /// As the configuration names it.
        var name: String
        /// `UP`, `DOWN`, `UP 1/3` for one that is going down, …
        var status: String
        /// Sessions so far.
        var sessions: Int

        var isUp: Bool { status.hasPrefix("UP") || status == "no check" }
    }

    var servers: [Server]

    /// The servers of a backend; nil for what is no such table.
    init?(csv: String, backend: String) {
        var lines = csv.split(whereSeparator: \.isNewline)[...]
        guard let head = lines.popFirst(), head.hasPrefix("# ") else { return nil }
        let columns = Self.fields(head.dropFirst(2))
        guard let proxy = columns.firstIndex(of: "pxname"), let name = columns.firstIndex(of: "svname"),
            let status = columns.firstIndex(of: "status"), let sessions = columns.firstIndex(of: "stot")
        else { return nil }
        servers = []
        for line in lines {
            let fields = Self.fields(line)
            guard fields.count > max(proxy, name, status, sessions), fields[proxy] == backend, fields[name] != "BACKEND" else { continue }
            servers.append(Server(name: fields[name], status: fields[status], sessions: Int(fields[sessions]) ?? 0))
        }
    }

    /// A field with a comma stands in quotes, in which `""` is one quote.
    private static func fields(_ line: Substring) -> [String] {
        var fields = [""]
        var isQuoted = false
        for character in line {
            switch character {
            case "\"": isQuoted.toggle()
            case "," where !isQuoted: fields.append("")
            default: fields[fields.count - 1].append(character)
            }
        }
        return fields
    }
}
