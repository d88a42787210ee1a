import Foundation
import Logging
import ScaleControl
import ScaleCore
import ScaleProviders
import ScaleReactor
import ScaleReport
import ScaleRun

extension LaunchRequest {
    /// What every launch of this process gets: the bundled environment is this program itself, and what is made is noted in
    /// the user's ledgers.
    static func own(host: HostFacts, startup: Nanoseconds, log: Logger = .silent) -> LaunchRequest {
        LaunchRequest(
            program: "/proc/self/exe", arguments: ["serve"], hostCores: host.cores,
            client: ControlClient(version: Version.current), startupDeadline: startup, run: UUID().uuidString.lowercased(),
            ledger: Ledger(folder: LedgerFile.usualFolder, owner: RunOwner.thisProcess ?? "", startedAt: HostClock.wallTime()), log: log)
    }

    /// For whoever looks for what others launched: it launches nothing.
    static func sweeping(log: Logger = .silent) -> LaunchRequest {
        LaunchRequest(program: "/proc/self/exe", arguments: [], hostCores: 1, client: ControlClient(version: Version.current), log: log)
    }
}

/// What is said before a run of what an earlier one, which was killed, may have left behind.
enum LeftoverWarning {
    /// Looks where that costs nothing, and asks no engine. What cannot be read is said, and stops nothing.
    static func show() async {
        var leftovers = Leftovers()
        for problem in leftovers.unreadable { Console.error("warning: \(problem)") }
        for trace in await leftovers.traces(.sweeping()) {
            Console.error(
                "warning: a run that began at \(trace.startedAt.inWords) and was killed may have left \(trace.words) behind: scalebench clean"
            )
        }
    }
}
