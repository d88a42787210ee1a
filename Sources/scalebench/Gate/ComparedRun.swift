import Foundation
import ScaleAnalysis
import ScaleCore
import ScaleStore

/// One infrastructure of a stored run as it is typed: `latest`, the beginning of a run's id, the name of an infrastructure,
/// `RUN/INFRA`, or a database as `FILE`, `FILE#RUN`, `FILE/INFRA` or `FILE#RUN/INFRA`.
struct ComparedRun {
    let text: String
    /// Where runs are looked for that name no file.
    let database: String

    func side() throws(ScaleError) -> RunComparison.Side {
        if text.isEmpty { throw .usage("'' names nothing to compare", hint: "give a run, an infrastructure or a database") }
        if let place = file() { return try side(of: try RunReference(place.run, flag: "'\(text)'").snapshot(), infra: place.infra) }
        let reader = try RunReader(path: database)
        let runs = try reader.runs()
        // A name may look like an id; it was chosen by a person, so it is more likely meant.
        if let run = runs.first(where: { $0.infra.contains(text) }) {
            return try side(of: try reader.snapshot(.id(run.id)), infra: text)
        }
        let sides = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard sides[0] == "latest" || Self.looksLikeID(sides[0]) else {
            let names = runs.flatMap(\.infra).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
            throw .usage(
                "'\(text)' is no run, infrastructure or database",
                hint: names.isEmpty
                    ? "'\(database)' holds no run" : "stored in '\(database)' are " + names.prefix(8).joined(separator: ", "))
        }
        let snapshot = try reader.snapshot(sides[0] == "latest" ? .latestGrid : .uuid(sides[0]))
        return try side(of: snapshot, infra: sides.count == 2 ? sides[1] : nil)
    }

    private static func looksLikeID(_ text: String) -> Bool {
        !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isHexDigit || $0 == "-") }
    }

    /// The longest beginning that is a file, with what stands behind it.
    private func file() -> (run: String, infra: String?)? {
        let ends = [text.endIndex] + text.indices.reversed().filter { text[$0] == "#" || text[$0] == "/" }
        for end in ends where isFile(String(text[..<end])) {
            let rest = text[end...]
            if rest.first == "/" { return (String(text[..<end]), String(rest.dropFirst())) }
            guard let slash = rest.firstIndex(of: "/") else { return (text, nil) }
            return (String(text[..<slash]), String(text[text.index(after: slash)...]))
        }
        // A path that leads nowhere is not looked for among runs.
        return text.hasSuffix(".sqlite") || text.hasSuffix(".db") ? (text, nil) : nil
    }

    private func isFile(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && !isDirectory.boolValue
    }

    private func side(of snapshot: RunSnapshot, infra: String?) throws(ScaleError) -> RunComparison.Side {
        let infras = snapshot.infras
        let names = infras.map(\.name)
        if infras.isEmpty { throw .usage("'\(text)' has no finished cell", hint: "name another run") }
        if let infra {
            guard let found = infras.first(where: { $0.name == infra }) else {
                throw .usage(
                    "'\(text)' names no infrastructure of run \(snapshot.run.uuid.prefix(8))",
                    hint: "it has " + names.joined(separator: ", "))
            }
            return RunComparison.Side(name: text, run: snapshot.run, infra: found)
        }
        guard infras.count == 1 else {
            throw .usage(
                "'\(text)' has \(infras.count) infrastructures: \(names.joined(separator: ", "))",
                hint: "name one, like '\(text)/\(names[0])'")
        }
        return RunComparison.Side(name: text, run: snapshot.run, infra: infras[0])
    }
}
