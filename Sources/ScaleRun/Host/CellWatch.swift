import Foundation
import ScaleAnalysis
import ScaleCore
import ScaleProviders

/// What is read around a cell: the kernel's counters, and the processes of the servers and of a balancer.
struct CellWatch: Sendable {
    private let counters: HostCounters
    private let descriptors: Int?
    private let server: ProcessUse?
    private let balancer: ProcessUse?
    /// Nil where the servers' processes cannot be read.
    private let deployment: (any ResourceReading)?

    /// Begins: peaks count from here.
    init(_ deployment: any Deployment) {
        let readable = deployment as? any ResourceReading
        self.deployment = readable
        ProcessUse.resetPeaks(of: (readable?.processes ?? []) + (readable?.balancerProcesses ?? []))
        descriptors = Self.openDescriptors()
        server = ProcessUse.read(readable?.processes ?? [])
        balancer = ProcessUse.read(readable?.balancerProcesses ?? [])
        counters = .read()
    }

    /// Writes what happened into the recording, and what a verdict needs beside it into its context.
    /// - Parameter ports: local ports that the cell's sockets could choose from toward one target.
    func finish(_ recording: inout CellRecording, context: inout LimiterContext, ports: Int?) {
        let now = HostCounters.read()
        if let server, let deployment, let after = ProcessUse.read(deployment.processes) {
            recording.server = after.since(server)
            context.serversStarved = after.starved(since: server)
        }
        if let balancer, let deployment, let after = ProcessUse.read(deployment.balancerProcesses) {
            recording.balancer = after.since(balancer)
            context.balancerThread = after.busiestThread(since: balancer).map { .init(ran: $0.ran, starved: $0.starved) }
        }
        var use = now.since(counters)
        use.openDescriptors = descriptors.map { $0 + recording.peakSockets }
        use.availablePorts = ports
        recording.host = use
        context.starved = recording.starved
        context.tracking = now.tracking.map { .init(count: max($0.count, counters.tracking?.count ?? 0), limit: $0.limit) }
    }

    /// Descriptors of this process, without the one that looks.
    private static func openDescriptors() -> Int? {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")).map { max(0, $0.count - 1) }
    }

    /// Ephemeral ports, each good for one connection to a target from each of so many source addresses; nil where the
    /// range is unknown.
    static func ports(in range: [Int], sourceAddresses: Int = 1) -> Int? {
        range.count == 2 ? (range[1] - range[0] + 1) * max(1, sourceAddresses) : nil
    }
}
