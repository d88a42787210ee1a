import Foundation
import Logging
import ScaleControl
import ScaleCore
import ScaleProviders
import ScaleReactor
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
}
