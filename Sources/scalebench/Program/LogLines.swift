import Foundation
import Logging
import ScaleCore
import ScaleReactor

/// Log lines on standard error, above the live line.
struct LogLines: LogHandler {
    var isJSON: Bool
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    var logLevel = Logger.Level.warning

    init(isJSON: Bool) { self.isJSON = isJSON }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }.map { ($0.key, "\($0.value)") }.sorted { $0.0 < $1.0 }
        let time = HostClock.wallTime().iso8601
        guard isJSON else {
            let words = fields.map { $0.0 + "=" + Self.word($0.1) }
            return Console.error(([time, event.level.rawValue, "\(event.message)"] + words).joined(separator: " "))
        }
        var object = ["time": time, "level": event.level.rawValue, "message": "\(event.message)"]
        for (key, value) in fields where object[key] == nil { object[key] = value }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let line = try? encoder.encode(object) else { return }
        Console.error(String(decoding: line, as: UTF8.self))
    }

    /// One word of a line, in quotes where it would be several. No text of another program's tells a terminal what to do.
    static func word(_ text: String) -> String {
        var word = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": word += "\\n"
            case "\t": word += "\\t"
            case "'": word += "\\'"
            case "\\": word += "\\\\"
            case _ where scalar.properties.generalCategory == .control || scalar == "\u{2028}" || scalar == "\u{2029}":
                word += "\\u{" + String(scalar.value, radix: 16) + "}"
            default: word.unicodeScalars.append(scalar)
            }
        }
        return word.contains { $0.isWhitespace || $0 == "'" || $0 == "=" } || word.isEmpty ? "'\(word)'" : word
    }
}
