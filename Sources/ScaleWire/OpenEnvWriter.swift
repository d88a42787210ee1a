/// Writes a server's messages into memory of the caller's, without allocation. Texts are written as they are between
/// the quotes: make them with ``JSONText/escape(_:)``, or take them from a message.
public enum OpenEnvWriter {
    public enum Envelope: Sendable {
        /// A text message with `type` and `data`.
        case webSocket
        /// The body of a 200.
        case http
    }

    /// Room for any ``writeObservation(_:_:to:)``.
    public static func size(of observation: OpenEnvObservation) -> Int {
        // Names and punctuation, two doubles, two integers and null or the texts.
        384 + (observation.sessionHash?.count ?? 0) + (observation.hostURL?.count ?? 0)
    }

    /// Writes the observation of the bundled environment and returns the size; what is nil becomes null.
    @discardableResult
    public static func writeObservation(
        _ observation: OpenEnvObservation, _ envelope: Envelope, to target: UnsafeMutableRawBufferPointer
    ) -> Int {
        guard var writer = ByteWriter(target, size: size(of: observation)) else { return 0 }
        if envelope == .webSocket { writer.write("{\"type\":\"observation\",\"data\":") }
        writer.write("{\"observation\":{\"metadata\":{},\"waited_seconds\":")
        writer.write(orNull: observation.waitedSeconds)
        writer.write(",\"pid\":")
        writer.write(orNull: observation.pid)
        writer.write(",\"session_hash\":")
        writer.write(quotedOrNull: observation.sessionHash)
        writer.write(",\"host_url\":")
        writer.write(quotedOrNull: observation.hostURL)
        writer.write(",\"step_count\":")
        writer.write(orNull: observation.stepCount)
        writer.write("},\"reward\":")
        writer.write(orNull: observation.reward)
        if observation.done { writer.write(",\"done\":true") } else { writer.write(",\"done\":false") }
        switch envelope {
        case .webSocket: writer.write("}}")
        case .http: writer.write(",\"metadata\":null}")
        }
        return writer.count
    }

    /// Room for any ``writeError(_:message:activeSessions:maxSessions:to:)``.
    public static func errorSize(message: UnsafeRawBufferPointer) -> Int { 192 + message.count }

    /// Writes an error frame and returns its size; the session counts are left out where nil.
    @discardableResult
    public static func writeError(
        _ code: OpenEnvErrorCode, message: UnsafeRawBufferPointer, activeSessions: Int? = nil, maxSessions: Int? = nil,
        to target: UnsafeMutableRawBufferPointer
    ) -> Int {
        guard var writer = ByteWriter(target, size: errorSize(message: message)) else { return 0 }
        writer.write("{\"type\":\"error\",\"data\":{\"message\":\"")
        writer.write(message)
        writer.write("\",\"code\":\"")
        writer.write(code.text)
        writer.write("\"")
        if let activeSessions {
            writer.write(",\"active_sessions\":")
            writer.write(activeSessions)
        }
        if let maxSessions {
            writer.write(",\"max_sessions\":")
            writer.write(maxSessions)
        }
        writer.write("}}")
        return writer.count
    }

    /// Room for any ``writeCapacityError(active:max:to:)``.
    public static let capacityErrorSize = 288

    /// Writes the error frame of a server without a free session, in the reference server's words.
    @discardableResult
    public static func writeCapacityError(
        active: Int, max: Int, to target: UnsafeMutableRawBufferPointer
    ) -> Int {
        guard var writer = ByteWriter(target, size: capacityErrorSize) else { return 0 }
        writer.write("{\"type\":\"error\",\"data\":{\"message\":\"Server at capacity: ")
        writer.write(active)
        writer.write("/")
        writer.write(max)
        writer.write(" sessions active. Cannot accept new connections.\",\"code\":\"CAPACITY_REACHED\"")
        writer.write(",\"active_sessions\":")
        writer.write(active)
        writer.write(",\"max_sessions\":")
        writer.write(max)
        writer.write("}}")
        return writer.count
    }

    /// Room for either form of a rejection.
    public static func size(of rejection: OpenEnvRejection) -> Int { 256 + (rejection.field?.count ?? 0) }

    /// Writes the error frame, or with ``Envelope/http`` the body of a 422, that a rejection is answered with.
    @discardableResult
    public static func writeRejection(
        _ rejection: OpenEnvRejection, _ envelope: Envelope, to target: UnsafeMutableRawBufferPointer
    ) -> Int {
        guard var writer = ByteWriter(target, size: size(of: rejection)) else { return 0 }
        if envelope == .http {
            writer.write("{\"detail\":[")
            writer.write(problem: rejection, inBody: true)
            writer.write("]}")
            return writer.count
        }
        writer.write("{\"type\":\"error\",\"data\":{\"message\":\"")
        if rejection.code == .validation {
            writer.write("Invalid message")
        } else {
            writer.write(rejection.problem.message)
        }
        writer.write("\",\"code\":\"")
        writer.write(rejection.code.text)
        writer.write("\"")
        if rejection.code == .validation {
            writer.write(",\"errors\":[")
            writer.write(problem: rejection, inBody: false)
            writer.write("]")
        }
        writer.write("}}")
        return writer.count
    }

    /// Room for any ``writeState(episodeID:stepCount:_:to:)``.
    public static func stateSize(episodeID: UnsafeRawBufferPointer?) -> Int { 96 + (episodeID?.count ?? 0) }

    /// Writes the state and returns the size.
    @discardableResult
    public static func writeState(
        episodeID: UnsafeRawBufferPointer?, stepCount: Int, _ envelope: Envelope,
        to target: UnsafeMutableRawBufferPointer
    ) -> Int {
        guard var writer = ByteWriter(target, size: stateSize(episodeID: episodeID)) else { return 0 }
        if envelope == .webSocket { writer.write("{\"type\":\"state\",\"data\":") }
        writer.write("{\"episode_id\":")
        writer.write(quotedOrNull: episodeID)
        writer.write(",\"step_count\":")
        writer.write(stepCount)
        writer.write("}")
        if envelope == .webSocket { writer.write("}") }
        return writer.count
    }
}

extension ByteWriter {
    fileprivate mutating func write(orNull number: Double?) {
        if let number { write(number) } else { write("null") }
    }

    fileprivate mutating func write(orNull number: Int?) {
        if let number { write(number) } else { write("null") }
    }

    fileprivate mutating func write(quotedOrNull text: UnsafeRawBufferPointer?) {
        guard let text else { return write("null") }
        write("\"")
        write(text)
        write("\"")
    }

    /// One entry of a validator's list.
    fileprivate mutating func write(problem rejection: OpenEnvRejection, inBody: Bool) {
        write("{\"type\":\"")
        write(rejection.problem.type)
        write("\",\"loc\":[")
        if inBody { write("\"body\"") }
        if let field = rejection.field {
            if inBody { write(",") }
            write(quotedOrNull: field)
        }
        write("],\"msg\":\"")
        write(rejection.problem.message)
        write("\"}")
    }
}
