import FoundationEssentials
import ScaleCore
import Yams

/// What the openenv.yaml of an environment's project says about its server.
struct OpenEnvProject: Decodable, Equatable, Sendable {
    static let fileName = "openenv.yaml"

    /// As uvicorn takes it.
    var app: String?
    var port: Int?

    /// - Parameter flag: that names the project.
    /// - Returns: one that says nothing where the folder has no such file.
    /// - Throws: usage, where the file is not what OpenEnv makes.
    static func read(in folder: String, for flag: String) throws(ScaleError) -> OpenEnvProject {
        let path = folder + "/" + fileName
        guard FileManager.default.fileExists(atPath: path) else { return OpenEnvProject() }
        let hint = "correct it, or give app= and port= and move it away"
        let project: OpenEnvProject
        do {
            project = try YAMLDecoder().decode(OpenEnvProject.self, from: String(contentsOfFile: path, encoding: .utf8))
        } catch {
            throw ScaleError(.usage, "\(flag): '\(path)' cannot be read", cause: "\(error)", hint: hint)
        }
        if let app = project.app, app.isEmpty || app.hasPrefix("-") {
            throw .usage("\(flag): app is '\(app)' in '\(path)'", hint: hint)
        }
        if let port = project.port, !(0...65_535).contains(port) {
            throw .usage("\(flag): port is \(port) in '\(path)', not from 0 to 65535", hint: hint)
        }
        return project
    }
}
