import Glibc

/// The working copy that these tests were built from.
enum Repository {
    struct Unreadable: Error {
        var path: String
    }

    static var root: String {
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    }

    static func manifest() throws -> Manifest { Manifest(text: try text("Package.swift")) }

    /// Every Swift file of the product and of its tests.
    static func sources() throws -> [SourceFile] {
        try (swiftFiles("Sources") + swiftFiles("Tests")).sorted().map { SourceFile(path: $0, text: try text($0)) }
    }

    private static func swiftFiles(_ folder: String) throws -> [String] {
        guard let directory = opendir(root + "/" + folder) else { throw Unreadable(path: folder) }
        defer { closedir(directory) }
        var found: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            let path = folder + "/" + name
            if name.hasPrefix(".") { continue }
            if entry.pointee.d_type == DT_DIR { found += try swiftFiles(path) }
            if name.hasSuffix(".swift") { found.append(path) }
        }
        return found
    }

    private static func text(_ path: String) throws -> String {
        guard let file = fopen(root + "/" + path, "r") else { throw Unreadable(path: path) }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
