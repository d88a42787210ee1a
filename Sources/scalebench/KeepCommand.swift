import ArgumentParser
import Foundation
import Glibc
import ScaleCore
import ScaleReactor

/// What the provider `process` starts; no command of a user's. It runs a foreign server, and ends it with everything that
/// it started when its own standard input ends: whoever launched it holds the other end, and is gone then, even if killed.
struct KeepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keep", abstract: "Run a command no longer than standard input lasts.", shouldDisplay: false)

    @Argument(parsing: .captureForPassthrough)
    var words: [String]

    /// How long the server has to end by itself.
    private static let grace: UInt32 = 5

    func run() throws {
        guard !words.isEmpty else { throw ScaleError.usage("keep: there is no command", hint: "name one") }
        // What ends the group must not end others.
        if getpgrp() != getpid() { setpgid(0, 0) }
        // The server is asked to end together with this process, which waits for it.
        for number in [SIGTERM, SIGINT, SIGHUP] { signal(number, SIG_IGN) }
        let child = try spawn()
        Thread.detachNewThread {
            var byte: UInt8 = 0
            while true {
                let count = read(0, &byte, 1)
                if count == 0 || (count < 0 && errno != EINTR) { break }
            }
            kill(0, SIGTERM)
            sleep(Self.grace)
            kill(0, SIGKILL)
        }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7F
        throw ExitCode(signal == 0 ? (status >> 8) & 0xFF : 128 + signal)
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
