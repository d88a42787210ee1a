import ScaleControl
import ScaleCore
import Synchronization

// MARK: - Containers

extension Engine {
    func container(_ name: String) async throws(EngineFault) -> ContainerState { try await read("/containers/\(name)/json") }

    /// All that carry a launch's mark, whatever their state is.
    func containers(of mark: String) async throws(EngineFault) -> [ListedContainer] {
        try await read("/containers/json", [("all", "true")] + Self.filters(["label": ["\(LaunchMark.launchLabel)=\(mark)"]]))
    }

    /// A line of a container's output, with the engine's time of it, by which the lines of several can be sorted.
    struct LogLine: Hashable, Sendable {
        /// RFC 3339 with nine digits behind the second, of UTC.
        var time: String
        var text: String

        init(_ line: String) {
            let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
            time = String(parts[0])
            text = parts.count == 2 ? String(parts[1]) : ""
        }
    }

    /// The last lines of what it wrote to either output, oldest first; none where they cannot be had.
    /// - Parameter path: `/containers/NAME` or `/tasks/ID`.
    func log(of path: String, hasTerminal: Bool = false, last count: Int) async -> [LogLine] {
        struct Reading {
            var frames: LogFrames
            var tail = LogTail()
        }
        let reading = Mutex(Reading(frames: LogFrames(hasTerminal: hasTerminal)))
        let query = [("stdout", "true"), ("stderr", "true"), ("timestamps", "true"), ("tail", "\(count)")]
        do {
            try await stream(.get, path + "/logs", query, within: Self.readDeadline) { piece in
                reading.withLock { _ = $0.tail.append($0.frames.append(piece)) }
            }
        } catch {
            return []
        }
        return reading.withLock { reading in
            _ = reading.tail.finish()
            return reading.tail.lines.suffix(count).map { LogLine($0) }
        }
    }

    /// Asks a container to end, kills it after the grace, and removes it, within a bounded time. What is gone is success.
    /// - Parameter mark: it is left alone where it does not carry that one.
    /// - Returns: whether it was there.
    /// - Throws: infrastructure, where it may still be there.
    @discardableResult
    func remove(
        container name: String, of mark: String, grace: Nanoseconds, clock: any ControlClock
    ) async throws(ScaleError) -> Bool {
        let byHand = removal("rm -f \(name)")
        let found: ContainerState
        do { found = try await container(name) } catch {
            if error.isMissing { return false }
            throw error.error("it cannot be found out whether the container \(name) is there", hint: byHand)
        }
        guard found.config.labels?[LaunchMark.launchLabel] == mark else { throw Self.foreign("container", name, mark) }
        // Where it does not end when it is asked to, it is killed.
        let seconds = max(0, Int(grace.seconds.rounded(.up)))
        _ = try? await write(.post, "/containers/\(found.id)/stop", [("t", "\(seconds)")], within: grace + .seconds(30))
        do { try await write(.delete, "/containers/\(found.id)", [("v", "true"), ("force", "true")]) } catch {
            if error.isMissing { return true }
            guard error.status == 409 else { throw error.error("the container \(name) cannot be removed", hint: byHand) }
        }
        // Somebody removes it already.
        try await wait(for: "the container \(name)", byHand, clock) { () throws(EngineFault) in
            do throws(EngineFault) {
                _ = try await container(name)
                return false
            } catch {
                if error.isMissing { return true }
                throw error
            }
        }
        return true
    }

    /// What is not ours is not touched.
    static func foreign(_ kind: String, _ name: String, _ mark: String) -> ScaleError {
        ScaleError(.infrastructure, "the \(kind) \(name) does not carry the label of the launch \(mark), so it is left as it is")
    }

    /// What somebody can do about a thing that stays.
    func removal(_ command: String) -> String { "remove it by hand: docker -H unix://\(socket.path) \(command)" }

    /// Looks until something is gone, half a minute at most.
    func wait(
        for what: String, _ hint: String, _ clock: any ControlClock, until isGone: () async throws(EngineFault) -> Bool
    ) async throws(ScaleError) {
        let end = clock.now + .seconds(30)
        repeat {
            do throws(EngineFault) {
                if try await isGone() { return }
            } catch {
                throw error.error("it cannot be found out whether \(what) is gone", hint: hint)
            }
            try? await clock.sleep(.milliseconds(100))
        } while clock.now < end
        throw ScaleError(.infrastructure, "\(what) was to be removed and is still there", hint: hint)
    }
}
