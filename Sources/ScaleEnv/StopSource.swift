import ScaleCore
import ScaleReactor

/// What makes a server stop in good order.
public enum StopSource: Sendable {
    /// SIGINT, SIGTERM or SIGHUP, by the descriptor of ``Signals``.
    case signals(Int32)
    /// The end of standard input, which must be a pipe, a socket or a terminal.
    case endOfInput
    /// Another thread.
    case wakeUp(WakeUp)

    private var descriptor: Int32 {
        switch self {
        case .signals(let descriptor): descriptor
        case .endOfInput: StandardStream.input.rawValue
        case .wakeUp(let wakeUp): wakeUp.descriptor
        }
    }

    /// Whether it really is time to stop, once the descriptor is readable.
    private var hasCome: Bool {
        switch self {
        case .signals(let descriptor): return Signals.read(descriptor) != nil
        case .endOfInput: return StandardStream.input.discard() == 0
        case .wakeUp(let wakeUp):
            wakeUp.drain()
            return true
        }
    }

    /// No connection has an index so high; the server's own tokens are higher still.
    private static let firstToken = UInt64.max - 16

    static func watch(_ stops: [StopSource], in reactor: borrowing Reactor) throws(ScaleError) {
        for (index, stop) in stops.enumerated() {
            do throws(SystemFault) {
                try reactor.add(stop.descriptor, .readable, token: firstToken + UInt64(index))
            } catch {
                if case .endOfInput = stop {
                    throw .usage("--lifeline cannot watch standard input", hint: "give it a pipe, not a file")
                }
                throw ScaleError(.infrastructure, "the event loop failed", cause: error.description)
            }
        }
    }

    /// Whether an event belongs to a source that says to stop.
    static func hasCome(_ token: UInt64, of stops: [StopSource]) -> Bool {
        guard token >= firstToken, token < firstToken + UInt64(stops.count) else { return false }
        return stops[Int(token - firstToken)].hasCome
    }
}
