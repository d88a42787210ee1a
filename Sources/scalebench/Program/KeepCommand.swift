import ArgumentParser
import Foundation
import Glibc
import ScaleCore
import ScaleReactor
import Synchronization

/// What providers start foreign programs by; no command of a user's. It runs one, and ends it with everything that it
/// started when its own standard input ends: whoever launched it holds the other end, and is gone then, even if killed.
/// It ends when nothing of the program is left, with the status of the process that it started itself.
struct KeepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keep", abstract: "Run a command no longer than standard input lasts.", shouldDisplay: false)

    @Flag(help: "Pass standard input on to the command, and its output on to standard output.")
    var conversation = false

    @Option(help: "Seconds that it has to end when it is asked: fewer than whoever launched it waits before it kills.")
    var grace: UInt32 = 4

    @Argument(parsing: .captureForPassthrough)
    var words: [String]

    /// How long a program that can see the end of its input has before it is asked.
    private static let farewell: Int32 = 10
    private struct State {
        var isEnding = false
    }
    /// Held while a child is reaped, and while children are killed: the number of none is another's by then.
    private static let state = Mutex(State())

    func run() throws {
        guard !words.isEmpty else { throw ScaleError.usage("keep: there is no command", hint: "name one") }
        // What ends the group must not end others.
        if getpgrp() != getpid() { setpgid(0, 0) }
        let asked: Int32
        let relay: InputRelay
        do {
            // The program is asked to end together with this process, which waits for it.
            asked = try Signals.descriptor()
            signal(SIGHUP, SIG_IGN)
            // When the program's first process ends, its workers would else be nobody's who waits for them.
            try ThisProcess.adoptOrphans()
            relay = try InputRelay(isPassedOn: conversation)
        } catch {
            throw ScaleError(.infrastructure, "the command cannot be kept", cause: error.description)
        }
        let child = try start(relay)
        let patience = conversation ? Self.farewell : 0
        Thread.detachNewThread { [grace] in
            let isOnItsOwn = relay.run(until: asked) && !Self.isReadable(asked, within: patience)
            Self.endAll(asks: isOnItsOwn, grace)
        }
        let status = reapAll(child)
        let signal = status & 0x7F
        throw ExitCode(signal == 0 ? (status >> 8) & 0xFF : 128 + signal)
    }

    private static func isReadable(_ descriptor: Int32, within seconds: Int32) -> Bool {
        var end = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&end, 1, seconds * 1000) > 0
    }

    /// Waits until no child is left.
    /// - Returns: how `child` ended, which is the end of the others as well.
    private func reapAll(_ child: pid_t) -> Int32 {
        var kept: Int32 = 0
        while true {
            var information = siginfo_t()
            if waitid(P_ALL, 0, &information, WEXITED | WNOWAIT) < 0 {
                if errno == EINTR { continue }
                return kept
            }
            var status: Int32 = 0
            guard Self.state.withLock({ _ in waitpid(-1, &status, WNOHANG) }) == child else { continue }
            kept = status
            Thread.detachNewThread { [grace] in Self.endAll(asks: true, grace) }
        }
    }

    /// Asks the group to end, and kills what is left after the grace: child by child, as the group's end would be this
    /// process's too, and as some may have left it. What a child leaves behind is a child next time.
    private static func endAll(asks: Bool, _ grace: UInt32) {
        let isFirst = state.withLock { state in
            defer { state.isEnding = true }
            return !state.isEnding
        }
        guard isFirst else { return }
        if asks { kill(0, SIGTERM) }
        sleep(grace)
        while true {
            state.withLock { _ in children.forEach { kill($0, SIGKILL) } }
            usleep(10_000)
        }
    }

    /// The processes whose parent this one is.
    private static var children: [pid_t] {
        let own = getpid()
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.filter { pid in
            guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .isoLatin1) else { return false }
            // Behind the name, which may hold anything: the state and the parent.
            let fields = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ")
            return fields.count > 2 && pid_t(fields[2]) == own
        }
    }

    /// Out of a conversation its output goes where errors go, so that the last lines of both are kept. It is bound to this
    /// thread, which reaps to the end: even this process's own `kill -9` asks it to end.
    private func start(_ relay: InputRelay) throws(ScaleError) -> pid_t {
        defer { relay.closeChildsEnd() }
        do {
            return try BoundChild.start(words, input: relay.childsEnd, output: conversation ? 1 : 2)
        } catch {
            throw ScaleError(
                .infrastructure, "'\(words[0])' cannot be started", cause: SystemFault.message(error.code),
                hint: "give its path, or a name that PATH leads to")
        }
    }
}
