import ScaleCore
import ScaleReactor
import ScaleTLS
import ScaleWire

/// One connection of a loop: its socket, its codecs and whose session it serves. It lives in the loop's flat storage
/// and is used again for the next socket, under the next generation.
struct Link: ~Copyable {
    enum State: UInt8 {
        /// No socket.
        case free
        /// TCP is on its way.
        case connecting
        /// TLS is.
        case securing
        /// The request to upgrade is out.
        case upgrading
        /// Requests may be sent.
        case ready
    }

    var socket = Socket.none
    var state = State.free
    /// The `errno` that ended sending, 0 while it works: nothing is sent any more, what is still unread is read.
    var fault: Int32 = 0
    /// The peer has finished, or the connection is broken: the end stands behind what is still unread.
    var isEnding = false
    /// Whether a request was answered on it: only then may its end have crossed the next one.
    var hasServed = false
    /// Whether a byte of the answer to the request that is out has come.
    var hasHeard = false
    /// Whether the peer said goodbye by a WebSocket close frame.
    var closeSeen = false
    var generation: UInt32 = 0
    /// Index of the session it serves, -1 when idle.
    var session: Int32 = -1
    let target: Int32
    var nonce = WebSocketNonce(0, 0)
    var http: HTTPReceiver
    var webSocket: WebSocketReceiver
    var tls: TLSClient?
    /// What the socket would not take yet; almost always empty.
    var unsent: [UInt8] = []

    init(target: Int32) {
        self.target = target
        http = HTTPReceiver(role: .client, maxBodyBytes: Limits.answerBytes)
        webSocket = WebSocketReceiver(role: .client, maxMessageBytes: Limits.answerBytes)
    }

    /// Fresh codecs for a fresh socket.
    mutating func begin(_ socket: Socket, for session: Int32) {
        self.socket = socket
        self.session = session
        state = .connecting
        fault = 0
        isEnding = false
        hasServed = false
        hasHeard = false
        closeSeen = false
        http = HTTPReceiver(role: .client, maxBodyBytes: Limits.answerBytes)
        webSocket = WebSocketReceiver(role: .client, maxMessageBytes: Limits.answerBytes)
        tls = nil
        unsent = []
    }

    /// What the reactor reports its events under.
    func token(index: Int) -> UInt64 { UInt64(generation) << 32 | UInt64(index) }
}

enum Limits {
    /// The largest answer taken: what the reference client of OpenEnv allows.
    static let answerBytes = 100 << 20
    /// Sessions opened between two looks at the sockets, so that a burst does not deafen the loop.
    static let opensPerTurn = 64
    /// Sessions that go on after a think between two looks at the sockets.
    static let thoughtsPerTurn = 64
    /// How often a loop whose sessions are all at the gate looks whether those of other loops are.
    static let gateWatch = Nanoseconds.microseconds(100)
    static let readBuffer = 64 << 10
    /// Full buffers read from one connection in one turn, so that a peer that never stops sending starves nobody.
    static let readsPerTurn = 16
    /// How long the server may take to close TCP once both ends have said goodbye: the session is over by then, and
    /// only who keeps the TIME_WAIT depends on it.
    static let lastFIN = Nanoseconds.seconds(1)
    /// How often a loop looks at deadlines and publishes its counts, at most.
    static let housekeeping = Nanoseconds.milliseconds(100)
    /// Between two beats of a loop's pulse: fine enough for lateness that a verdict may rest on, which begins at 10 ms,
    /// and a hundred wake-ups a second, which cost an idle loop well under a thousandth of a core.
    static let heartbeat = Nanoseconds.milliseconds(10)
    /// Between two points of a cell's time line.
    static let sampling = Nanoseconds.milliseconds(100)
}
