import ArgumentParser
import Foundation
import ScaleCore

/// Parses, runs and turns whatever went wrong into one sentence and an exit status.
@main
enum Main {
    static func main() async {
        Console.ignoreBrokenPipe()
        do {
            var command = try Scalebench.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let error as ScaleError {
            Console.error("scalebench: " + error.description)
            exit(error.code.exitStatus)
        } catch {
            finish(error)
        }
    }

    /// What the argument parser throws: help and version end well, all else is a usage error.
    private static func finish(_ error: any Error) -> Never {
        if Scalebench.exitCode(for: error).isSuccess {
            Console.out(Scalebench.fullMessage(for: error))
            exit(0)
        }
        if let status = error as? ExitCode { exit(status.rawValue) }
        let line = TypedCommand(CommandLine.arguments.dropFirst())
        Console.error("scalebench: " + (line.stranger ?? "\(Scalebench.message(for: error)) (see \(line.path) --help)"))
        exit(ScaleError.Code.usage.exitStatus)
    }
}

struct Scalebench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scalebench",
        abstract: "How many sessions does an RL environment server hold, why not more, and how sure are we?",
        discussion: """
            Launches an environment server (or takes yours), drives a grid of concurrent sessions at it over WebSocket \
            or HTTP, stores every latency in SQLite and reports how many sessions it holds at 95 % success.

            Without a subcommand it is `scalebench run`.

            Exit status: 0 done or passed, 1 regression or threshold missed, 2 usage, 3 inconclusive, 4 measurement invalid, \
            5 provider or infrastructure, 6 storage, 70 a defect, 130 interrupted.
            """,
        version: Version.current,
        subcommands: [
            RunCommand.self, ExperimentCommand.self, SearchCommand.self, DuelCommand.self, GateCommand.self, CompareCommand.self,
            LifecycleCommand.self, CalibrateCommand.self, ServeCommand.self, ReportCommand.self, PlanCommand.self, PlotCommand.self,
            TrendCommand.self, RunsCommand.self, ExportCommand.self, ImportCommand.self, ProvidersCommand.self, CleanCommand.self,
            GenerateCommand.self, KeepCommand.self, ManualCommand.self,
        ],
        defaultSubcommand: RunCommand.self)
}
