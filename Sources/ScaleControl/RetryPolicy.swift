import CCurl
import ScaleCore

/// How a failed read is tried again: exponential backoff with full jitter in its upper half, where the server does not
/// say itself when to come back. Writes are never retried: a create whose answer was lost may have happened.
public struct RetryPolicy: Hashable, Sendable {
    /// The wait after the first try, before jitter.
    public var base: Nanoseconds
    /// The longest wait of our own choosing.
    public var cap: Nanoseconds
    /// Tries altogether, at least 1.
    public var attempts: Int

    public init(base: Nanoseconds = .seconds(1), cap: Nanoseconds = .seconds(30), attempts: Int = 5) {
        self.base = base
        self.cap = cap
        self.attempts = max(1, attempts)
    }

    public static let none = RetryPolicy(attempts: 1)

    /// How a try went.
    public enum Outcome: Hashable, Sendable {
        case answered(HTTPResponse)
        case failed(TransportFailure)
    }

    /// How long to wait before the next try; nil to give up, or because nothing is wrong.
    /// - Parameters:
    ///   - attempt: the number of the try that just ended, from 1.
    ///   - random: 0 up to 1. Waits lie between half of the backoff and all of it, so that many clients do not return
    ///     together.
    public func delay(after attempt: Int, of method: HTTPRequest.Method, outcome: Outcome, random: Double)
        -> Nanoseconds?
    {
        guard method.isRead, attempt < attempts else { return nil }
        switch outcome {
        case .failed(let failure):
            return failure.isTransient ? backoff(attempt, random) : nil
        case .answered(let response):
            guard response.status == 408 || response.status == 429 || (500...599).contains(response.status) else {
                return nil
            }
            return response.retryAfter ?? backoff(attempt, random)
        }
    }

    private func backoff(_ attempt: Int, _ random: Double) -> Nanoseconds {
        let doubled = base.seconds * Double(UInt64(1) << UInt64(min(max(attempt, 1) - 1, 40)))
        return .seconds(min(cap.seconds, doubled) * (0.5 + 0.5 * min(max(random, 0), 1)))
    }
}

extension HTTPResponse {
    /// When the server wants the next request: one second after the window's end of a spent `RateLimit`
    /// (draft-ietf-httpapi-ratelimit-headers), or `Retry-After` (RFC 9110, section 10.2.3), whose date is read against
    /// the server's own.
    public var retryAfter: Nanoseconds? {
        if let limit = header("ratelimit") {
            var fields: [Substring: Substring] = [:]
            for field in limit.split(whereSeparator: { ";, ".contains($0) }) {
                let parts = field.split(separator: "=", maxSplits: 1)
                if parts.count == 2 { fields[parts[0]] = parts[1] }
            }
            if fields["r"] == "0", let seconds = fields["t"].flatMap({ Int64($0) }), (0...86_400).contains(seconds) {
                return .seconds(Double(seconds + 1))
            }
        }
        guard let value = header("retry-after") else { return nil }
        if let seconds = Int64(value) { return (0...86_400).contains(seconds) ? .seconds(Double(seconds)) : nil }
        let then = curl_getdate(value, nil)
        guard then >= 0, let date = header("date"), case let now = curl_getdate(date, nil), now >= 0 else { return nil }
        return .seconds(Double(max(0, then - now)))
    }
}
