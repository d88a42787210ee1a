import Glibc
import ScaleReactor

/// Reads standard input to its end, which is how the end of a parent is seen, and passes what comes on to a child or
/// forgets it. A child that does not read cannot keep it from seeing the end.
struct InputRelay: Sendable {
    /// What the child has as its standard input.
    let childsEnd: Int32
    /// Below 0 where nothing is passed on.
    private let ownEnd: Int32

    init(isPassedOn: Bool) throws(SystemFault) {
        if isPassedOn {
            var ends: [Int32] = [-1, -1]
            if pipe(&ends) < 0 { throw SystemFault("pipe", errno) }
            (childsEnd, ownEnd) = (ends[0], ends[1])
            // A child with the own end would never see the end of its input.
            ends.forEach { _ = fcntl($0, F_SETFD, FD_CLOEXEC) }
            _ = fcntl(ownEnd, F_SETFL, O_NONBLOCK)
        } else {
            childsEnd = open("/dev/null", O_RDONLY | O_CLOEXEC)
            ownEnd = -1
            if childsEnd < 0 { throw SystemFault("open(/dev/null)", errno) }
        }
    }

    /// When the child has it.
    func closeChildsEnd() { close(childsEnd) }

    /// Works until standard input ends, and then lets the child see that, or until a descriptor is readable.
    /// - Returns: whether standard input ended first.
    func run(until asked: Int32) -> Bool {
        var child = ownEnd
        var waiting: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            // What waits is passed on before more is read, so it stays small; the parent's end shows all the same.
            var ends = [
                pollfd(fd: asked, events: Int16(POLLIN), revents: 0),
                pollfd(fd: 0, events: waiting.isEmpty ? Int16(POLLIN) : 0, revents: 0),
                pollfd(fd: waiting.isEmpty ? -1 : child, events: Int16(POLLOUT), revents: 0),
            ]
            if poll(&ends, nfds_t(ends.count), -1) < 0 { continue }
            if ends[0].revents != 0 { return false }
            if ends[2].revents != 0 {
                let count = write(child, waiting, waiting.count)
                if count > 0 { waiting.removeFirst(count) }
                if count < 0, errno != EAGAIN, errno != EINTR {
                    // It reads no more; whether it lives is for others to see.
                    close(child)
                    child = -1
                    waiting = []
                }
            }
            guard ends[1].revents != 0 else { continue }
            let count = waiting.isEmpty ? read(0, &buffer, buffer.count) : 0
            if count > 0 {
                if child >= 0 { waiting += buffer.prefix(count) }
            } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
                if child >= 0 { close(child) }
                return true
            }
        }
    }
}
