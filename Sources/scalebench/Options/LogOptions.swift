import ArgumentParser
import Logging

/// What is logged of launches and their stages, on standard error.
struct LogOptions: ParsableArguments {
    enum Level: String, ExpressibleByArgument, CaseIterable {
        case trace, debug, info, notice, warning, error, critical
    }

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    @Option(
        help: ArgumentHelp(
            "How much is logged of launches and their stages: trace, debug, info, notice, warning, error or critical.", valueName: "level"))
    var logLevel = Level.warning

    @Option(help: ArgumentHelp("How: text, or json with one object per line.", valueName: "format"))
    var logFormat = Format.text

    var logger: Logger {
        var logger = Logger(label: "scalebench") { _ in LogLines(isJSON: logFormat == .json) }
        logger.logLevel = Logger.Level(rawValue: logLevel.rawValue) ?? .warning
        return logger
    }
}
