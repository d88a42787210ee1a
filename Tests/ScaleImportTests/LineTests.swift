import Foundation
import ScaleCore
import ScaleWire
import Testing

@testable import ScaleImport

@Suite("The lines of published files")
struct LineTests {
    @Test(
        "times",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2026-01-09T12:00:00.000000Z", 1_767_960_000_000_000),
            ("2026-01-09T12:00:00", 1_767_960_000_000_000), ("2026-01-09 12:00:00.5", 1_767_960_000_500_000),
            ("2026-01-09T12:00:00.123456789Z", 1_767_960_000_123_456), ("2026-01-09T14:00:00+02:00", 1_767_960_000_000_000),
            ("2026-01-09T12:00:00+00:00Z", 1_767_960_000_000_000), ("2024-02-29T00:00:00Z", 1_709_164_800_000_000),
            ("2026-01-09T06:30:00-05:30", 1_767_960_000_000_000),
        ] as [(String, Int64)])
    func times(text: String, microseconds: Int64) {
        #expect(read(text)?.microseconds == microseconds)
    }

    @Test(
        "what is no time",
        arguments: [
            "", "2026-01-09", "2026-13-09T12:00:00Z", "2026-02-29T12:00:00Z", "2026-01-00T12:00:00Z", "2026-01-09T24:00:00Z",
            "2026-01-09T12:60:00Z", "2026-01-09T12:00:61Z", "2026-01-09T12:00:00.Z", "2026-01-09T12:00:00.1234567890Z",
            "2026-01-09T12:00:00ZZ", "2026-01-09T12:00:00+2:00", "2026-01-09T12:00:00+02", "1969-12-31T23:59:59Z", "2O26-01-09T12:00:00Z",
        ])
    func noTimes(text: String) {
        #expect(read(text) == nil)
    }

    @Test("every time that we write is read") func ownTimes() {
        for microseconds: Int64 in [0, 1, 951_782_400_000_000, 1_767_960_001_250_123, 4_102_444_799_999_999] {
            #expect(read(WallTime(microseconds: microseconds).iso8601)?.microseconds == microseconds)
        }
    }

    private func read(_ text: String) -> WallTime? { Array(text.utf8).withUnsafeBytes { Timestamp.read($0) } }

    @Test("a line as it is") func line() throws {
        let bytes = Array(Published.line(3, of: 64).utf8)
        try bytes.withUnsafeBytes { bytes in
            let line = try RawLine(bytes)
            #expect(line.request == 3 && line.mode == .ws && line.batch == 64 && line.wait == .seconds(1) && line.success)
            #expect(line.connect == .milliseconds(10) && line.total == .milliseconds(1_020) && line.pid == 4001)
            #expect(line.hash?.text == "a1b2c3d4e513" && line.host?.string == "node-1" && line.hardware?.string == "cpu-basic")
            #expect(line.errorType == nil && line.errorMessage == nil)
        }
    }

    @Test("the order of the keys does not count, and other keys are passed over") func order() throws {
        let text =
            #"{"x":[{}],"success":false,"total_latency":0,"batch_size":2,"wait_requested":0.1,"timestamp":"2026-01-09T12:00:00Z","mode":"http","request_id":1,"pid":null}"#
        try Array(text.utf8).withUnsafeBytes { bytes in
            let line = try RawLine(bytes)
            #expect(line.mode == .http && line.request == 1 && line.pid == nil && line.connect == nil && line.total == .zero)
        }
    }

    @Test(
        "bad lines say what is wrong and where",
        arguments: [
            ("", "1 is not a JSON object"), ("[]", "1 is not a JSON object"), ("{}", "1 has no \"request_id\""),
            (#"{"request_id": 1"#, "17 is not valid JSON behind this column"),
            (#"{"request_id": -1}"#, "16 has a \"request_id\" that is no whole number from 0"),
            (#"{"request_id": 1.5}"#, "16 has a \"request_id\" that is no whole number from 0"),
            (#"{"request_id": 1, "request_id": 2}"#, "33 has \"request_id\" twice"),
            (#"{"mode": "grpc"}"#, "10 has a \"mode\" that is neither \"ws\" nor \"http\""),
            (#"{"timestamp": "noon"}"#, "15 has a \"timestamp\" that is no time like 2026-01-09T12:00:00.5Z"),
            (#"{"wait_requested": -1}"#, "20 has a \"wait_requested\" that is no number of seconds from 0 to a year"),
            (#"{"wait_requested": NaN}"#, "1 is not valid JSON behind this column"),
            (#"{"total_latency": 1e300}"#, "19 has a \"total_latency\" that is no number of seconds from 0 to a year"),
            (#"{"batch_size": 0}"#, "16 has a \"batch_size\" that is no whole number from 1"),
            (#"{"pid": "7"}"#, "9 has a \"pid\" that is no process number"),
            (#"{"success": 1}"#, "13 has a \"success\" that is neither true nor false"),
            (#"{"host_url": 7}"#, "14 has a \"host_url\" that is no text"),
            (#"{"session_hash": {}}"#, "18 has a \"session_hash\" that is no text"),
            (Published.line(0, of: 1) + "x", "389 is not valid JSON behind this column"),
        ])
    func bad(text: String, complaint: String) {
        Array(text.utf8).withUnsafeBytes { bytes in
            do throws(LineProblem) {
                _ = try RawLine(bytes)
                Issue.record("read: \(text)")
            } catch {
                #expect("\(error.column) \(error.complaint)" == complaint)
            }
        }
    }

    @Test("lines are the same wherever the chunks end") func splits() {
        let text = Published.text(Published.batch(3) + ["", "  ", "{]", Published.refused(0, of: 1)]) + Published.line(0, of: 2)
        #expect(ImportInvariants.raw(Array(text.utf8)) == nil)
        #expect(ImportInvariants.raw(Array(text.replacing("\n", with: "\r\n").utf8)) == nil)
        let reading = ImportInvariants.read(Array(text.utf8), cuts: [])
        #expect(reading.lines == 8 && reading.sessions == 4 && reading.problems.count == 2, "\(reading.problems)")
    }

    @Test("a line without end is one bad line and takes no memory") func endless() {
        let text = String(repeating: "x", count: LineFeed.longestLine + 5) + "\n" + Published.text(Published.batch(1))
        let bytes = Array(text.utf8)
        for cuts in [[], [10, LineFeed.longestLine, LineFeed.longestLine + 2]] {
            let reading = ImportInvariants.read(bytes, cuts: cuts)
            #expect(reading.problems == ["1:1 has more than 1048576 bytes"] && reading.sessions == 1)
        }
    }

    @Test(
        "failures are ours",
        arguments: [
            ("ConnectionRefusedError", "[Errno 111] Connect call failed", FailureKind.refused, Phase.connect, nil),
            ("OSError", "Multiple exceptions: [Errno 111] Connect call failed ('::1', 8000, 0, 0)", .refused, .connect, 111),
            ("OSError", "[Errno 24] Too many open files", .fdLimit, .connect, 24),
            ("OSError", "[Errno 99] Cannot assign requested address", .portExhausted, .connect, 99),
            ("gaierror", "[Errno -2] Name or service not known", .dns, .connect, nil),
            ("TimeoutError", "timed out during opening handshake", .timeout, .connect, nil),
            ("PoolTimeout", "", .timeout, .queue, nil),
            ("InvalidStatus", "server rejected WebSocket connection: HTTP 403", .httpStatus, .connect, 403),
            ("InvalidStatus", "server rejected WebSocket connection: HTTP 503", .gateway, .connect, 503),
            ("HTTPStatusError", "Server error '500 Internal Server Error' for url 'http://h/step'", .httpStatus, .step, 500),
            ("ConnectionClosedError", "received 1011 (internal error) keepalive ping timeout", .closedMidSession, .reset, 1011),
            ("RuntimeError", "Reset error: {'type': 'error', 'data': {'code': 'CAPACITY_REACHED'}}", .capacityReached, .reset, nil),
            ("RuntimeError", "Step error: {'type': 'error', 'data': {'code': 'EXECUTION_ERROR'}}", .execution, .step, nil),
            ("capacity_reached", "reset: capacity_reached", .capacityReached, .reset, nil),
            ("refused", "connect: refused (errno 111)", .refused, .connect, 111),
            ("capacity_reached", "reset: capacity_reached: full (40 of 40)", .capacityReached, .reset, nil),
            ("closed_mid_session", "step: closed_mid_session (close code 1011): step: failed (errno 5)", .closedMidSession, .step, 1011),
            ("http_status", "step: http_status (status 429)", .httpStatus, .step, 429),
            ("protocol_violation", "step: protocol_violation (message of another type)", .protocolViolation, .step, 14),
            ("protocol_violation", "step: protocol_violation (JSON nested deeper than 128 levels)", .protocolViolation, .step, 13),
            ("protocol_violation", "reset: protocol_violation (session hash changed)", .protocolViolation, .reset, 1),
            ("protocol_violation", "step: protocol_violation (close code 1002)", .protocolViolation, .step, 1002),
            ("protocol_violation", "step: protocol_violation (words of 7 things)", .protocolViolation, .step, nil),
            ("bad_handshake", "connect: bad_handshake (101 without Upgrade: websocket)", .badHandshake, .connect, 71),
            ("KeyError", "'observation'", .internal, .connect, nil), ("", "", .internal, .connect, nil),
        ] as [(String, String, FailureKind, Phase, Int32?)])
    func failures(type: String, message: String, kind: FailureKind, phase: Phase, code: Int32?) {
        let read = PublishedFailure.read(type: type, message: message)
        #expect(read.kind == kind && read.phase == phase && read.code == code, "\(read)")
    }
}
