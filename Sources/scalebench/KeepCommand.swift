import ArgumentParser
import Foundation
import Glibc
import ScaleCore
import ScaleReactor
import Synchronization

/// What the provider `process` starts; no command of a user's. It runs a foreign server, and ends it with everything that
/// it started when its own standard input ends: whoever launched it holds the other end, and is gone then, even if killed.
/// It ends when nothing of the server is left, with the status of the process that it started itself.
struct KeepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keep", abstract: "Run a command no longer than standard input lasts.", shouldDisplay: false)

    @Argument(parsing: .captureForPassthrough)
    var words: [String]

    /// How long the server has to end by itself: less than whoever launched it waits before it kills.
    private static let grace: UInt32 = 4
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
        do {
            // The server is asked to end together with this process, which waits for it.
            asked = try Signals.descriptor()
            signal(SIGHUP, SIG_IGN)
            // When the server's first process ends, its workers would else be nobody's who waits for them.
            try ThisProcess.adoptOrphans()
        } catch {
            throw ScaleError(.infrastructure, "the command cannot be kept", cause: error.description)
        }
        let child = try spawn()
        Thread.detachNewThread { Self.endAll(asks: Self.isOnItsOwn(asked)) }
        let status = Self.reapAll(child)
        let signal = status & 0x7F
        throw ExitCode(signal == 0 ? (status >> 8) & 0xFF : 128 + signal)
    }

    /// Waits until standard input ends, or until the group is asked to end.
    /// - Returns: whether nobody has asked it yet.
    private static func isOnItsOwn(_ asked: Int32) -> Bool {
        var ends = [0, asked].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        var byte: UInt8 = 0
        while true {
            if poll(&ends, nfds_t(ends.count), -1) < 0 { continue }
            if ends[1].revents != 0 { return false }
            guard ends[0].revents != 0 else { continue }
            let count = read(0, &byte, 1)
            if count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN) { return true }
        }
    }

    /// Waits until no child is left.
    /// - Returns: how `child` ended, which is the end of the others as well.
    private static func reapAll(_ child: pid_t) -> Int32 {
        var kept: Int32 = 0
        while true {
            var information = siginfo_t()
            if waitid(P_ALL, 0, &information, WEXITED | WNOWAIT) < 0 {
                if errno == EINTR { continue }
                return kept
            }
            var status: Int32 = 0
            guard state.withLock({ _ in waitpid(-1, &status, WNOHANG) }) == child else { continue }
            kept = status
            Thread.detachNewThread { endAll(asks: true) }
        }
    }

    /// Asks the group to end, and kills what is left after the grace: child by child, as the group's end would be this
    /// process's too, and as some may have left it. What a child leaves behind is a child next time.
    private static func endAll(asks: Bool) {
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

    /// Its output goes where errors go, so that the last lines of both are kept; signals are as if a shell had started it.
    private func spawn() throws(ScaleError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, 2, 1)
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { arguments.forEach { free($0) } }
        var child: pid_t = 0
        let code = posix_spawnp(&child, words[0], &actions, &attributes, &arguments, environ)
        guard code == 0 else {
            throw ScaleError(
                .infrastructure, "'\(words[0])' cannot be started", cause: SystemFault.message(code),
                hint: "give its path, or a name that PATH leads to")
        }
        return child
    }
}
