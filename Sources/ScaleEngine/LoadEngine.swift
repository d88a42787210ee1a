import ScaleAnalysis
import ScaleCore
import ScaleReactor

/// What a cell gave.
public struct CellOutcome: Sendable {
    public var recording: CellRecording
}

/// The only place that makes load.
public enum LoadEngine {
    /// Runs one cell to its end on threads of its own.
    /// - Parameter board: made for as many threads as `spec` asks for; used for this cell only.
    /// - Throws: `interrupted` when the board asked to stop; `infrastructure` when the kernel refuses an epoll instance.
    public static func run(_ spec: LoadSpec, board: ProgressBoard) async throws(ScaleError) -> CellOutcome {
        try outcome(of: spec, [await share(spec, board: board)])
    }

    /// Runs the loops of a cell that are this process's.
    /// - Parameter board: made for all threads of the cell and shared by all who run them.
    /// - Throws: `infrastructure` when the kernel refuses an epoll instance; the board then asks all others to stop. A
    ///   share that was stopped is none that ``outcome(of:_:)`` takes.
    public static func share(_ spec: LoadSpec, board: ProgressBoard) async throws(ScaleError) -> CellShare {
        let schedule = spec.schedule
        let startedAt = HostClock.wallTime()
        HostLimits.resetPeakRSS()
        let results = await withTaskGroup(of: Result<LoopResult, SystemFault>.self) { group in
            for index in spec.loops ?? 0..<spec.threads {
                group.addTask {
                    await ReactorThread.run {
                        let result = Result { () throws(SystemFault) in
                            try EngineLoop(spec: spec, schedule: schedule, index: index, board: board).run()
                        }
                        if case .failure = result { board.requestStop() }
                        return result
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        var loops: [LoopResult] = []
        for result in results {
            do {
                loops.append(try result.get())
            } catch {
                throw ScaleError(.infrastructure, "the load generator could not start", cause: error.description)
            }
        }
        return CellShare(startedAt: startedAt, loops: loops, peakRSSBytes: HostLimits.peakRSSBytes())
    }

    /// Puts together what all processes measured of a cell, in the same way as what all threads of one did.
    /// - Throws: `interrupted` when one of them was stopped before its end.
    public static func outcome(of spec: LoadSpec, _ shares: consuming [CellShare]) throws(ScaleError) -> CellOutcome {
        let startedAt = shares.map(\.startedAt).min() ?? HostClock.wallTime()
        let processes = shares.count
        let peakRSSBytes = shares.reduce(0) { $0 + $1.peakRSSBytes }
        // Taken over, so that no session is held twice.
        let loops = (consume shares).flatMap(\.loops)
        if loops.contains(where: \.aborted) { throw ScaleError(.interrupted, "the cell was stopped before its end") }
        let lateSteps = loops.reduce(0) { $0 + $1.lateSteps }
        var recording = LoopMerge.recording(of: spec.key, startedAt: startedAt, consume loops)
        recording.drawnWaits = spec.drawnWaits
        // Over HTTP every call is an environment of its own, and nobody else's answers name theirs.
        recording.checksIsolation = spec.key.mode == .ws && spec.script.isBenchmark
        recording.pacing = spec.pacing
        if spec.trace?.timing == .original { recording.lateSteps = lateSteps }
        recording.generator.processes = processes
        recording.generator.peakRSSBytes = peakRSSBytes
        if spec.targets.count > 1, !spec.sharesConnections {
            recording.addresses = AddressUse.tally(recording.sessions, over: spec.targets)
        }
        return CellOutcome(recording: recording)
    }

    /// How many loops pay on this host for so many sessions: half its cores, since the system under test or the
    /// kernel's share of the work needs the rest, and none for fewer than 512 sessions, which one loop opens in the
    /// time a second thread takes to start.
    public static func usefulThreads(sessions: Int, cores: Int) -> Int {
        max(1, min(cores / 2, sessions / 512, 16))
    }
}

/// Puts the shares of the loops together.
enum LoopMerge {
    /// - Parameter loops: each is emptied as it is taken over, so that no session is held twice.
    static func recording(of key: CellKey, startedAt: WallTime, _ loops: consuming [LoopResult]) -> CellRecording {
        var loops = loops
        var sessions: [SessionRecord] = []
        var hosts: [String] = []
        var steps = loops.first?.steps ?? LatencyHistogram()
        var lags = loops.first?.lags ?? LatencyHistogram()
        for index in loops.indices {
            let map = loops[index].hosts.map { name in
                if let known = hosts.firstIndex(of: name) { return Int32(known) }
                hosts.append(name)
                return Int32(hosts.count - 1)
            }
            var own: [SessionRecord] = []
            swap(&own, &loops[index].sessions)
            if index == 0 {
                // The hosts of the first loop keep their numbers.
                sessions = own
                continue
            }
            sessions.reserveCapacity(key.sessions)
            for var session in own {
                if let host = session.host { session.host = map[Int(host)] }
                sessions.append(session)
            }
            steps.merge(loops[index].steps)
            lags.merge(loops[index].lags)
        }
        if loops.count > 1 { sessions.sort { $0.session < $1.session } }
        let windows = loops.compactMap(\.window)
        let lag = lags.summary
        return CellRecording(
            key: key, startedAt: startedAt, wall: loops.map(\.ended).max() ?? .zero, sessions: sessions, hosts: hosts,
            steps: steps,
            stepWindow: windows.isEmpty
                ? nil
                : .init(
                    first: windows.map(\.lowerBound).min() ?? .zero, last: windows.map(\.upperBound).max() ?? .zero),
            stepsInWindow: loops.reduce(0) { $0 + $1.stepsInWindow },
            stepTime: loops.reduce(.zero) { $0 + $1.stepTime }, rounds: LockstepRound.merged(loops.map(\.rounds)),
            generator: GeneratorUse(
                cpu: loops.reduce(.zero) { $0 + $1.cpu }, peakRSSBytes: 0, threads: loops.count,
                loopLagP99: lag?.p99, loopLagMax: lag?.max),
            samples: samples(of: loops), reportedSessionCap: loops.compactMap(\.reportedCap).max(),
            starved: starved(loops), peakSockets: loops.reduce(0) { $0 + $1.peakSockets },
            reportedActiveSessions: loops.compactMap(\.reportedActive).max(),
            texts: ServerText.mostFrequent(loops.flatMap(\.texts)),
            oddities: loops.reduce(into: [:]) { $0.merge($1.oddities, uniquingKeysWith: +) })
    }

    /// Nil unless every loop could tell.
    private static func starved(_ loops: [LoopResult]) -> Nanoseconds? {
        let known = loops.compactMap(\.starved)
        return known.count == loops.count ? known.reduce(.zero, +) : nil
    }

    /// The loops tick together, so the n-th samples of all belong together; a loop that ended early stays as it ended.
    static func samples(of loops: [LoopResult]) -> [CellSample] {
        let count = loops.map(\.samples.count).max() ?? 0
        return (0..<count).map { tick in
            let parts = loops.compactMap { $0.samples.isEmpty ? nil : $0.samples[min(tick, $0.samples.count - 1)] }
            return CellSample(
                at: parts.map(\.at).max() ?? .zero, open: parts.reduce(0) { $0 + $1.open },
                started: parts.reduce(0) { $0 + $1.started }, succeeded: parts.reduce(0) { $0 + $1.succeeded },
                failed: parts.reduce(0) { $0 + $1.failed }, loopLag: parts.map(\.loopLag).max() ?? .zero,
                cpu: parts.reduce(.zero) { $0 + $1.cpu })
        }
    }
}

extension AddressUse {
    /// Session i has the i-th of the targets, in turn.
    static func tally(_ sessions: [SessionRecord], over targets: [LoadTarget]) -> [AddressUse] {
        var uses = targets.map { target in
            AddressUse(address: target.endpoint.isCapability ? Redaction.mark : target.address.textWithPort, offered: 0, succeeded: 0)
        }
        for session in sessions {
            uses[session.session % targets.count].offered += 1
            if session.succeeded { uses[session.session % targets.count].succeeded += 1 }
        }
        return uses
    }
}
