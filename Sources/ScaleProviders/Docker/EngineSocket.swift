import Glibc
import ScaleCore

/// The unix socket of this host at which a Docker engine listens.
struct EngineSocket: Hashable, Sendable {
    static let usual = "/var/run/docker.sock"
    static let variable = "DOCKER_HOST"
    /// What a `sockaddr_un` holds, without its end (unix(7)).
    private static let longestPath = 107

    var path: String

    init(path: String) { self.path = path }

    /// Reads what the user typed, or else the variable that Docker's own client reads.
    /// - Parameters:
    ///   - text: a path, or `unix://` and one; nil where nothing was typed.
    ///   - variable: the value of `DOCKER_HOST`.
    /// - Throws: usage, for a place that is no unix socket.
    init(_ text: String?, variable: String? = Self.environment, of provider: String, flag: String) throws(ScaleError) {
        let source = text == nil ? Self.variable : "\(flag) \(provider): socket"
        guard let text = text ?? (variable.flatMap { $0.isEmpty ? nil : $0 }) else {
            path = Self.usual
            return
        }
        path = text.hasPrefix("unix://") ? String(text.dropFirst("unix://".count)) : text
        if !path.hasPrefix("/") {
            throw .usage(
                "\(source) is '\(Redaction.url(text))', which is no path of a unix socket",
                hint: "an engine is reached at a socket of this host only: socket=\(Self.usual)")
        }
        if path.utf8.count > Self.longestPath {
            throw .usage("\(source) is longer than the \(Self.longestPath) bytes of a socket's path", hint: "make a link to it")
        }
    }

    static var environment: String? { getenv(variable).map { String(cString: $0) } }

    /// Why nobody can be asked there, as a sentence's end, and what to do about it; nil where somebody may answer.
    var obstacle: (reason: String, hint: String)? {
        var status = stat()
        let install = "install and start Docker, or name its socket: socket=PATH or \(Self.variable)=unix://PATH"
        guard stat(path, &status) == 0 else { return ("there is no Docker engine at \(path): \(Self.lastFault)", install) }
        guard status.st_mode & S_IFMT == S_IFSOCK else { return ("\(path) is no socket", install) }
        guard access(path, R_OK | W_OK) == 0 else {
            return ("the Docker engine at \(path) may not be used: \(Self.lastFault)", "join the group docker, or be root")
        }
        return nil
    }

    private static var lastFault: String { String(cString: strerror(errno)) }
}
