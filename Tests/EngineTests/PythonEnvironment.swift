import Foundation

/// A virtual environment that `make engines` prepares.
enum PythonEnvironment: String {
    case openEnv = "openenv"
    case scipy

    struct Missing: Error, CustomStringConvertible {
        var path: String
        var description: String { "there is no Python environment at \(path): run these tests with `make engines`" }
    }

    var interpreter: String {
        get throws {
            let path = Repository.path(".venv/\(rawValue)/bin/python")
            guard FileManager.default.isExecutableFile(atPath: path) else { throw Missing(path: path) }
            return path
        }
    }
}

/// The working copy that these tests were built from.
enum Repository {
    /// Leaves symbolic links alone: a virtual environment is known by the path of its link to Python.
    static func path(_ relative: String) -> String {
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/") + "/" + relative
    }
}
