import Foundation
import ScaleCore

/// What stands where an output file is to be.
enum OutputPlace {
    /// Nothing, or a regular file: a whole new file takes its name. A symbolic link stays, and what it leads to is meant.
    case file(URL)
    /// A device, a pipe or a socket: it is written to and stays what it is.
    case stream(URL)

    /// Other names of `-`. Opened anew, a file behind one of them would be written from its beginning.
    private static let standardOutput: Set<String> = ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"]
    /// As many as the kernel follows.
    private static let mostLinks = 40

    static func isStandardOutput(_ path: String) -> Bool { path == "-" || standardOutput.contains(path) }

    init(_ url: URL) {
        var facts = stat()
        if stat(url.path, &facts) == 0, ![S_IFREG, S_IFDIR].contains(facts.st_mode & S_IFMT) {
            self = .stream(url)
        } else {
            self = .file(Self.end(of: url))
        }
    }

    /// What a chain of links leads to, whether or not it is there.
    private static func end(of url: URL) -> URL {
        var place = url
        for _ in 0..<mostLinks {
            guard let next = try? FileManager.default.destinationOfSymbolicLink(atPath: place.path) else { return place }
            place = URL(fileURLWithPath: next, relativeTo: place.deletingLastPathComponent())
        }
        return url
    }
}

extension OutputPlace {
    /// - Returns: an error number; 0 when all was written.
    static func write(_ bytes: some Sequence<UInt8>, to descriptor: Int32) -> Int32 {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                return errno
            }
        }
        return 0
    }
}
