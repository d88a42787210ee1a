import ScaleCore

/// What a file says about a failed session, as one of our kinds. Such files have a name and a sentence: an exception of
/// Python and what it said, or our own kind with phase and code.
enum PublishedFailure {
    /// - Parameters:
    ///   - type: `error_type`.
    ///   - message: `error_message`.
    /// - Returns: without a time; `internal` where the words say nothing that is known here.
    static func read(type: String, message: String) -> SessionFailure {
        if let own = own(type, message) { return own }
        if let kind = byName[type] { return refined(kind, type, message) }
        let said = message.lowercased()
        if said.contains("capacity") { return failure(.capacityReached, .reset) }
        if type == "RuntimeError" { return runtime(message) }
        if type == "OSError" { return system(message) }
        return failure(.internal, phase(in: message))
    }

    private static func failure(_ kind: FailureKind, _ phase: Phase, code: Int32? = nil) -> SessionFailure {
        SessionFailure(kind: kind, phase: phase, code: code, at: .zero)
    }

    /// `reset: capacity_reached: what the server said`, `connect: refused (errno 111)`: what our own export writes.
    private static func own(_ type: String, _ message: String) -> SessionFailure? {
        guard let kind = FailureKind(rawValue: type) else { return nil }
        let parts = message.split(separator: ": ", maxSplits: 1)
        let phase = parts.first.flatMap { Phase(rawValue: String($0)) } ?? .connect
        // What the server said may stand behind it.
        guard parts.count > 1, parts[1].hasPrefix(type + " ("), let end = parts[1].firstIndex(of: ")") else { return failure(kind, phase) }
        let words = parts[1][..<end].dropFirst(type.count + 2)
        let number = words.split { !$0.isNumber && $0 != "-" }.last.flatMap { Int32($0) }
        return failure(kind, phase, code: kind.code(named: String(words)) ?? (words.last?.isNumber == true ? number : nil))
    }

    /// Exceptions of Python, `websockets` and `httpx`.
    private static let byName: [String: FailureKind] = [
        "TimeoutError": .timeout, "CancelledError": .timeout, "ReadTimeout": .timeout, "WriteTimeout": .timeout,
        "ConnectTimeout": .timeout, "PoolTimeout": .timeout,
        "ConnectionRefusedError": .refused, "ConnectError": .refused, "ConnectionResetError": .reset,
        "ConnectionAbortedError": .reset, "BrokenPipeError": .reset, "ReadError": .reset, "WriteError": .reset,
        "gaierror": .dns, "SSLError": .tls, "SSLCertVerificationError": .tls,
        "InvalidStatus": .httpStatus, "InvalidStatusCode": .httpStatus, "HTTPStatusError": .httpStatus,
        "InvalidHandshake": .badHandshake, "InvalidUpgrade": .badHandshake, "InvalidMessage": .badHandshake,
        "NegotiationError": .badHandshake,
        "ConnectionClosed": .closedMidSession, "ConnectionClosedError": .closedMidSession,
        "ConnectionClosedOK": .closedMidSession, "RemoteProtocolError": .closedMidSession,
        "ProtocolError": .protocolViolation, "JSONDecodeError": .protocolViolation, "PayloadTooBig": .messageTooLarge,
    ]

    private static func refined(_ kind: FailureKind, _ type: String, _ message: String) -> SessionFailure {
        switch kind {
        case .httpStatus:
            let status = message.split { !$0.isNumber }.compactMap { Int32($0) }.first { (100...599).contains($0) }
            let isGateway = status.map { [502, 503, 504].contains($0) } ?? false
            // The upgrade is a part of the connect; over HTTP the status answers a reset or a step.
            let phase: Phase = message.contains("/step") ? .step : message.contains("/reset") ? .reset : .connect
            return failure(isGateway ? .gateway : kind, phase, code: status)
        case .timeout:
            return failure(kind, type == "PoolTimeout" ? .queue : message.contains("opening handshake") ? .connect : phase(in: message))
        case .closedMidSession:
            let code = message.split { !$0.isNumber }.compactMap { Int32($0) }.first { (1000...4999).contains($0) }
            return failure(kind, phase(in: message, else: .reset), code: code)
        case .refused where message.contains("[Errno 24]"), .reset where message.contains("[Errno 24]"):
            return failure(.fdLimit, .connect, code: 24)
        default: return failure(kind, phase(in: message))
        }
    }

    /// The harness raises one for every error frame, with the frame behind it.
    private static func runtime(_ message: String) -> SessionFailure {
        let phase: Phase = message.hasPrefix("Step") ? .step : .reset
        let said = message.lowercased()
        if said.contains("validation") { return failure(.validation, phase) }
        if said.contains("factory") { return failure(.factory, phase) }
        if said.contains("session") && !said.contains("execution") { return failure(.session, phase) }
        return failure(.execution, phase)
    }

    private static func system(_ message: String) -> SessionFailure {
        let code = message.firstRange(of: "[Errno ").flatMap { range in
            Int32(message[range.upperBound...].prefix { $0.isNumber || $0 == "-" })
        }
        switch code {
        case 24, 23: return failure(.fdLimit, .connect, code: code)
        case 99: return failure(.portExhausted, .connect, code: code)
        case 111: return failure(.refused, .connect, code: code)
        case 104, 32: return failure(.reset, .connect, code: code)
        case 101, 113: return failure(.unreachable, .connect, code: code)
        case 110: return failure(.timeout, .connect, code: code)
        case let other?: return failure(other < 0 ? .dns : .internal, .connect, code: other)
        // Python joins the errors of several addresses into one without a number.
        case nil: return failure(message.contains("Connect call failed") ? .refused : .internal, .connect)
        }
    }

    /// The phase that the words name; a connect where they name none, as most of these files' failures are.
    private static func phase(in message: String, else other: Phase = .connect) -> Phase {
        if message.hasPrefix("Step") || message.contains("/step") { return .step }
        if message.hasPrefix("Reset") || message.contains("/reset") { return .reset }
        return other
    }
}
