import ScaleCore

@testable import ScaleImport

/// Published files made by hand, as the harness writes them.
enum Published {
    /// One line of raw.jsonl with Python's spaces; `changes` replaces text in it.
    static func line(
        _ request: Int, of batch: Int, wait: String = "1.0", second: Int = 0, connect: String = "0.010", total: String = "1.020",
        hardware: String = "cpu-basic", success: Bool = true, error: String = "null", message: String = "null"
    ) -> String {
        """
        {"request_id": \(request), "mode": "ws", "timestamp": "2026-01-09T12:00:\(second < 10 ? "0" : "")\(second).00\(request % 10)000Z", \
        "wait_requested": \(wait), "batch_size": \(batch), "hardware": "\(hardware)", "connect_latency": \(connect), \
        "reset_latency": 0.002, "step_latency": 1.005, "total_latency": \(total), "waited_seconds": 1.001, \
        "pid": \(4000 + request % 2), "session_hash": "a1b2c3d4e5\(10 + request % 90)", "host_url": "node-\(request % 2)", \
        "success": \(success), "error_type": \(error), "error_message": \(message)}
        """
    }

    static func refused(_ request: Int, of batch: Int, second: Int = 0) -> String {
        """
        {"request_id": \(request), "mode": "ws", "timestamp": "2026-01-09T12:00:0\(second).500000Z", "wait_requested": 1.0, \
        "batch_size": \(batch), "hardware": "cpu-basic", "connect_latency": 0.0, "reset_latency": 0.0, "step_latency": 0.0, \
        "total_latency": 0.25, "waited_seconds": 0.0, "pid": 0, "session_hash": "", "host_url": "", "success": false, \
        "error_type": "ConnectionRefusedError", "error_message": "[Errno 111] Connect call failed ('127.0.0.1', 8000)"}
        """
    }

    static func batch(_ count: Int, second: Int = 0, hardware: String = "cpu-basic") -> [String] {
        (0..<count).map { line($0, of: count, second: second, hardware: hardware) }
    }

    static let header =
        "mode,url,num_requests,batch_size,wait_seconds,repetition,timestamp,hardware,successful,failed,error_rate,"
        + "total_wall_time,connect_p50,connect_p95,connect_p99,reset_p50,reset_p95,reset_p99,step_p50,step_p95,step_p99,"
        + "total_min,total_max,total_avg,total_p50,total_p90,total_p95,total_p99,requests_per_second,effective_concurrency,"
        + "unique_pids,unique_sessions,unique_hosts"

    static func row(
        _ sessions: Int, succeeded: Int? = nil, rep: Int = 1, url: String = "http://127.0.0.1:8000", hardware: String = "cpu-basic",
        p99: String = "1.5", wall: String = "2.0"
    ) -> String {
        let good = succeeded ?? sessions
        return "ws,\(url),\(sessions),\(sessions),1.0,\(rep),2026-01-09T12:01:00.5Z,\(hardware),\(good),\(sessions - good),0.0,\(wall),"
            + "0.01,0.02,0.03,0.001,0.002,0.003,1.001,1.002,1.003,1.0,1.6,1.2,1.1,1.3,1.4,\(p99),\(Double(good) / 2),8.0,2,\(good),1"
    }

    static func text(_ lines: [String]) -> String { lines.map { $0 + "\n" }.joined() }
}

/// Bytes in memory, in pieces of one size.
final class Chunks: ByteSource {
    private let bytes: [UInt8]
    private let size: Int
    private var at = 0
    private let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)

    init(_ text: String, size: Int = 1000) {
        bytes = Array(text.utf8)
        self.size = size
    }

    deinit { piece.deallocate() }

    func next() throws(ScaleError) -> UnsafeRawBufferPointer {
        let end = min(at + size, bytes.count)
        piece.copyBytes(from: bytes[at..<end])
        defer { at = end }
        return UnsafeRawBufferPointer(rebasing: piece[..<(end - at)])
    }
}

/// Both readings of files in memory.
struct Imported {
    var files: PublishedFiles
    var cells: [(deployment: Int, cell: FinishedCell)] = []

    init(raw: String? = nil, summary: String? = nil, settings: ImportSettings = ImportSettings(infra: "lab"), chunk: Int = 1000) throws {
        let now = WallTime(microseconds: 5)
        func source() -> Chunks? { raw.map { Chunks($0, size: chunk) } }
        let table = summary.map { Array($0.utf8) }
        files =
            try table?.withUnsafeBytes { bytes in
                try PublishedFiles(raw: source(), summary: bytes, settings: settings, now: now)
            } ?? PublishedFiles(raw: source(), summary: nil, settings: settings, now: now)
        var reading = PublishedCells(files, raw: source(), now: now)
        while let next = try reading.next() { cells.append(next) }
    }

    var records: [CellRecord] { cells.map(\.cell.record) }
}
