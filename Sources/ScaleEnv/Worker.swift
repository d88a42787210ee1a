import ScaleCore
import ScaleWire

/// What all connections of one loop share.
struct Worker: ~Copyable {
    var admission: Admission
    /// Nil for an environment that does nothing but wait.
    var disturbance: Disturbance?
    let pid: Int
    /// `host:port` as observations carry it, free of what JSON would escape.
    private let hostURL: UnsafeMutableRawBufferPointer

    /// Of a WebSocket message and of an HTTP body: the reference server's default.
    static let maxMessageBytes = 16 << 20

    init(limit: Int?, seed: UInt64, pid: Int32, hostURL: String, disturbance: Disturbance? = nil) {
        self.disturbance = disturbance
        admission = Admission(limit: limit, seed: seed)
        self.pid = Int(pid)
        let bytes = Array(hostURL.utf8)
        self.hostURL = .allocate(byteCount: bytes.count, alignment: 1)
        self.hostURL.copyBytes(from: bytes)
    }

    deinit { hostURL.deallocate() }

    /// Writes an observation and answers its size.
    /// - Parameters:
    ///   - waited: how long the step took; nil for a reset, which waits for nothing.
    ///   - target: at least ``observationSize`` bytes.
    func writeObservation(
        reward: Double?, stepCount: Int, waited: Nanoseconds, session: SessionID, _ envelope: OpenEnvWriter.Envelope,
        to target: UnsafeMutableRawBufferPointer
    ) -> Int {
        session.withBytes { name in
            let observation = OpenEnvObservation(
                waitedSeconds: waited.seconds, pid: pid, sessionHash: name, hostURL: UnsafeRawBufferPointer(hostURL),
                stepCount: stepCount, done: false, reward: reward)
            return OpenEnvWriter.writeObservation(observation, envelope, to: target)
        }
    }

    /// Room for any observation.
    var observationSize: Int {
        OpenEnvWriter.size(of: OpenEnvObservation()) + MemoryLayout<SessionID>.stride + hostURL.count
    }
}
