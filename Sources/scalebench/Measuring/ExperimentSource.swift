import Foundation
import ScaleConfig
import ScaleCore
import ScaleProviders
import ScaleRun

/// An experiment file with what its infrastructures name, or everything that is wrong with it.
struct ExperimentSource {
    var path: String
    var file: ExperimentFile
    var infrastructures: [Infrastructure]

    /// Reads a file. All that is wrong with it is shown at once, a line each, with its place.
    /// - Throws: `usage`.
    init(path: String) throws(ScaleError) {
        self.path = path
        let reading = ExperimentFile.read(try Self.text(of: path))
        file = reading.file
        var problems = reading.problems.map { ($0.place, "\(path):\($0)") }
        infrastructures = []
        for entry in file.infrastructures {
            do {
                infrastructures.append(try Self.infrastructure(entry, path))
            } catch {
                problems.append((entry.provider.place, error.description))
            }
        }
        if let action = file.plan.action {
            do {
                try RunRequest.checkAction(action)
            } catch {
                let sentence = error.description.replacing("--action", with: "'action'")
                problems.append((file.actionPlace, "\(path):\(file.actionPlace): \(sentence)"))
            }
        }
        guard let first = problems.first else { return }
        if problems.count == 1 { throw .usage(first.1) }
        let lines = problems.sorted { $0.0 < $1.0 }.map(\.1)
        throw .usage(
            "\(path) has \(lines.count) problems\n" + lines.joined(separator: "\n") + "\nnothing was measured",
            hint: "docs/experiments.md describes every key")
    }

    /// More is no experiment file, whatever it is: a device has no end.
    private static let mostBytes = 1 << 20

    private static func text(of path: String) throws(ScaleError) -> String {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw .usage("there is no experiment file '\(path)'", hint: "name one, like experiments/quick.yaml")
        }
        if isDirectory.boolValue { throw .usage("'\(path)' is a directory", hint: "name a file, like experiments/quick.yaml") }
        guard let handle = FileHandle(forReadingAtPath: path), let data = try? handle.read(upToCount: mostBytes) ?? Data() else {
            throw .usage("the experiment file '\(path)' cannot be read", hint: "check who may read it")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw .usage("\(path):1:1: the file is not UTF-8", hint: "save it as UTF-8")
        }
        return text
    }

    private static func infrastructure(
        _ entry: ExperimentFile.Infrastructure, _ path: String
    ) throws(ScaleError) -> Infrastructure {
        let flag = "\(path):\(entry.provider.place): provider"
        var spec = try ProviderSpec(entry.provider.value, flag: flag)
        var front: (name: String, flag: String)?
        for option in entry.options {
            // In the string of attached servers it only names what stands there.
            if spec.name == URLProvider.name, option.written == ProviderRegistry.balancerKey {
                front = (option.value.value, "\(path):\(option.value.place): balancer")
                continue
            }
            if spec.text(option.key) != nil {
                throw .usage(
                    "\(path):\(option.value.place): '\(option.written)' is given here and elsewhere in this infrastructure",
                    hint: "keep one of them")
            }
            spec.options.append(.init(option.key, option.value.value))
        }
        return Infrastructure(
            name: entry.name.value, provider: try ProviderRegistry.provider(for: spec, behind: front), flag: flag,
            startup: entry.startupTimeout, specification: LaunchSpecification(spec, behind: front?.name))
    }
}
