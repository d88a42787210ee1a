import ScaleWire

extension Invariants {
    /// The data is a text; its first eight bytes are also a Double to write.
    static func messages(_ data: [UInt8]) -> String? {
        let expected = ReferenceJSON.accepts(data)
        let problem = withExactBytes(data) { text -> String? in
            let value = JSONValue.parse(text)
            if (value != nil) != expected { return "accepted: \(value != nil), by the reference: \(expected)" }
            let python = JSONValue.parse(text, takesNonFinite: true)
            let wanted = ReferenceJSON.accepts(data, takesNonFinite: true)
            if (python != nil) != wanted { return "accepted as Python does: \(python != nil), by the reference: \(wanted)" }
            return python.flatMap(judge) ?? judgeAnswers(text, value, python)
        }
        if let problem { return problem }
        guard data.count >= 8 else { return nil }
        let bits = data[..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return writeDouble(Double(bitPattern: bits)) ?? writeDouble(Double(bits % 10_000_000_000_000) / 1e9)
    }

    /// Every number and string of a valid text reads as the standard library reads it.
    private static func judge(_ value: JSONValue) -> String? {
        switch value.kind {
        case .number:
            let text = String(decoding: value.bytes, as: UTF8.self)
            let wanted = Double(text).flatMap { $0.isFinite ? $0 : nil }
            if value.double()?.bitPattern != wanted?.bitPattern { return "\(text) reads as \(String(describing: value.double()))" }
            if text.last?.isNumber == true, value.int() != Int(text) { return "\(text) reads as \(String(describing: value.int()))" }
        case .string:
            guard let text = value.string else { return "a string without text" }
            let quoted = [0x22] + JSONText.escape(text) + [0x22]
            let again = withExactBytes(quoted) { JSONValue.parse($0)?.string }
            if again != text { return "\(text) comes back as \(again ?? "nothing")" }
        case .object:
            guard var reader = JSONObjectReader(value) else { return "an object that cannot be read" }
            while true {
                switch reader.next() {
                case .end: return nil
                case .malformed: return "an object that breaks off"
                case .member(let key, let member):
                    if let problem = judge(key) ?? judge(member) { return problem }
                }
            }
        case .array:
            guard let elements = value.elements(limit: .max) else { return "an array that cannot be read" }
            for element in elements { if let problem = judge(element) { return problem } }
        case .true, .false, .null: break
        }
        return nil
    }

    /// - Parameters:
    ///   - value: the text as JSON.
    ///   - python: the text as Python reads it.
    private static func judgeAnswers(_ text: UnsafeRawBufferPointer, _ value: JSONValue?, _ python: JSONValue?) -> String? {
        let isObject = python?.kind == .object
        let complaint = OpenEnvComplaint.sentence(text)
        if let message = python?.member("data")?.member("message")?.string,
            complaint?.utf8.starts(with: OpenEnvComplaint.cut(message).utf8) != true
        {
            return "a complaint without its message"
        }
        if let complaint, complaint.utf8.count > OpenEnvComplaint.longest { return "a long complaint" }
        var hasNonFinite = false
        let answer = OpenEnvAnswer.parse(webSocket: text, hasNonFinite: &hasNonFinite)
        if isObject, hasNonFinite != (value == nil) { return "has numbers that are not finite: \(hasNonFinite)" }
        switch answer {
        case .malformed(.notJSON), .malformed(.tooDeep), .malformed(.binaryNotJSON): if python != nil { return "JSON counts as none" }
        case .malformed(.notAnObject): if python == nil || isObject { return "counts as JSON that is no object" }
        case .malformed(.noType):
            if !isObject || python?.member("type")?.kind == .string { return "counts as an object without a type" }
        case .malformed(.noObservation):
            let isObservation = python?.member("type")?.equals("observation") ?? false
            let hasShape = python?.member("data")?.member("observation")?.kind == .object
            if !isObject || !isObservation || hasShape { return "counts as an observation without its shape" }
        case .observation(let observation):
            if let problem = rewrite(observation) { return problem }
            fallthrough
        case .error, .failedCall, .state, .other: if !isObject { return "something else than an object counts as \(answer)" }
        }
        if case .observation(let observation) = OpenEnvAnswer.parse(http: text) {
            if python?.member("observation")?.kind != .object { return "an observation without its shape" }
            if let problem = rewrite(observation) { return problem }
        }
        switch OpenEnvRequest.parse(webSocket: text) {
        case .rejected(let rejection):
            if (rejection.code == .invalidJSON) != (value == nil) { return "rejected as \(rejection.code)" }
            return judge(rejection)
        case .step(let data):
            guard case .rejected(let rejection) = BenchmarkAction.parse(data) else { break }
            return judge(rejection)
        case .reset, .state, .mcp, .close: break
        }
        for request in [OpenEnvRequest.parse(httpReset: text), .parse(httpStep: text)] {
            if case .rejected(let rejection) = request, let problem = judge(rejection) { return problem }
        }
        return nil
    }

    /// What answers a rejection is JSON and reads as the error it is.
    private static func judge(_ rejection: OpenEnvRejection) -> String? {
        let size = OpenEnvWriter.size(of: rejection)
        let frame = written(size) { OpenEnvWriter.writeRejection(rejection, .webSocket, to: $0) }
        let code = withExactBytes(frame) { text -> OpenEnvErrorCode? in
            if case .error(let code, _, _, _) = OpenEnvAnswer.parse(webSocket: text) { code } else { nil }
        }
        if code != rejection.code { return "\(String(decoding: frame, as: UTF8.self)) reads as \(String(describing: code))" }
        let body = written(size) { OpenEnvWriter.writeRejection(rejection, .http, to: $0) }
        return ReferenceJSON.accepts(body) ? nil : "\(String(decoding: body, as: UTF8.self)) is not JSON"
    }

    private static func rewrite(_ observation: OpenEnvObservation) -> String? {
        let size = OpenEnvWriter.size(of: observation)
        for envelope in [OpenEnvWriter.Envelope.webSocket, .http] {
            let text = written(size) { OpenEnvWriter.writeObservation(observation, envelope, to: $0) }
            let isSame = withExactBytes(text) { bytes -> Bool in
                let answer = envelope == .http ? OpenEnvAnswer.parse(http: bytes) : .parse(webSocket: bytes)
                guard case .observation(let again) = answer else { return false }
                return OwnedObservation(again) == OwnedObservation(observation)
            }
            if !isSame { return "\(observation) was written as \(String(decoding: text, as: UTF8.self))" }
        }
        return nil
    }

    private static func writeDouble(_ number: Double) -> String? {
        let text = written(512) {
            OpenEnvWriter.writeObservation(OpenEnvObservation(waitedSeconds: number), .http, to: $0)
        }
        let again = withExactBytes(text) { bytes -> Double? in
            if case .observation(let observation) = OpenEnvAnswer.parse(http: bytes) { observation.waitedSeconds } else { nil }
        }
        if number.isFinite ? again?.bitPattern == number.bitPattern : again == nil { return nil }
        return "\(number) was written in \(String(decoding: text, as: UTF8.self))"
    }

    /// What a writer puts into memory of exactly the size it asks for.
    static func written(_ size: Int, _ body: (UnsafeMutableRawBufferPointer) -> Int) -> [UInt8] {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 1)
        defer { memory.deallocate() }
        let count = body(memory)
        return [UInt8](memory[..<count])
    }

    /// The data is a request's or response's head, or a key.
    static func handshake(_ data: [UInt8]) -> String? {
        let nonce = WebSocketNonce(data.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }, UInt64(data.count))
        let key = written(WebSocketNonce.keySize) { nonce.writeKey(to: $0) }
        let isValid = withExactBytes(data) { WebSocketHandshake.isValidKey($0) }
        let decoded = ReferenceBase64.decode(data)
        if isValid != (data.count == 24 && decoded?.count == 16) { return "the key is valid: \(isValid)" }
        if ReferenceBase64.decode(Base64.encode(data)) != data { return "base64 comes back as something else" }
        var server = HTTPReceiver(role: .server, maxBodyBytes: 1024)
        var client = HTTPReceiver(role: .client, maxBodyBytes: 1024)
        let head = Array("GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: upgrade\r\n".utf8)
        let proper = head + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ".utf8 + key + "\r\n\r\n".utf8
        for request in [data, head + data, proper] {
            server = HTTPReceiver(role: .server, maxBodyBytes: 1024)
            if let problem = answer(request, &server) { return problem }
        }
        // Only a server that knows the key opens a WebSocket.
        var bytes = data
        return bytes.withUnsafeMutableBytes { buffer -> String? in
            var input = buffer
            guard case .upgrade(let head) = client.next(&input) else { return nil }
            let accept = written(WebSocketHandshake.acceptSize) { target in
                key.withUnsafeBytes { WebSocketHandshake.writeAccept(forKey: $0, to: target) }
            }
            let isRight = head.value("sec-websocket-accept").map(owned) == accept
            return WebSocketHandshake.check(head, nonce: nonce) == nil && !isRight ? "opened without the right accept" : nil
        }
    }

    /// Whoever is let in gets a response that its own check accepts.
    private static func answer(_ request: [UInt8], _ server: inout HTTPReceiver) -> String? {
        var bytes = request
        let response = bytes.withUnsafeMutableBytes { buffer -> ([UInt8], [UInt8])? in
            var input = buffer
            guard case .upgrade(let head) = server.next(&input), case .open(let key) = WebSocketHandshake.request(in: head)
            else { return nil }
            return (owned(key), written(WebSocketHandshake.responseSize) { WebSocketHandshake.writeResponse(forKey: key, to: $0) })
        }
        guard let (key, text) = response else { return nil }
        guard let raw = ReferenceBase64.decode(key), raw.count == 16 else { return "a key that is none was let in" }
        let nonce = WebSocketNonce(raw[..<8].reduce(0) { $0 << 8 | UInt64($1) }, raw[8...].reduce(0) { $0 << 8 | UInt64($1) })
        var client = HTTPReceiver(role: .client, maxBodyBytes: 0)
        var answer = text
        return answer.withUnsafeMutableBytes { buffer -> String? in
            var input = buffer
            guard case .upgrade(let head) = client.next(&input) else { return "the response does not upgrade" }
            return WebSocketHandshake.check(head, nonce: nonce).map { "the response is refused: \($0)" }
        }
    }
}

struct OwnedObservation: Equatable {
    var numbers: [Double?]
    var counts: [Int?]
    var texts: [[UInt8]?]
    var done: Bool

    init(_ observation: OpenEnvObservation) {
        numbers = [observation.waitedSeconds, observation.reward]
        counts = [observation.pid, observation.stepCount]
        texts = [observation.sessionHash.map(owned), observation.hostURL.map(owned)]
        done = observation.done
    }
}
