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
            let words = fields.map { $0.0 + "=" + ($0.1.contains { $0 == " " || $0 == "\n" } ? "'\($0.1)'" : $0.1) }
            return Console.error(([time, event.level.rawValue, "\(event.message)"] + words).joined(separator: " "))
        }
        var object = ["time": time, "level": event.level.rawValue, "message": "\(event.message)"]
        for (key, value) in fields where object[key] == nil { object[key] = value }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let line = try? encoder.encode(object) else { return }
        Console.error(String(decoding: line, as: UTF8.self))
    }
}
