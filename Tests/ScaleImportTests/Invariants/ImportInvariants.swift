import ScaleCore
import ScaleWire

@testable import ScaleImport

/// What holds for every published file, whatever is in it and however it arrives.
enum ImportInvariants {
    /// The data is a `raw.jsonl`: all at once, byte by byte and cut in two everywhere it must read the same.
    /// - Returns: what is wrong; nil when nothing is.
    static func raw(_ data: [UInt8]) -> String? {
        let whole = read(data, cuts: [])
        if let problem = judge(whole, data) { return problem }
        if read(data, cuts: Array(0...data.count)) != whole { return "byte by byte it reads differently" }
        let places = data.count < 300 ? Array(0...data.count) : Array(stride(from: 0, through: data.count, by: data.count / 60))
        for place in places where read(data, cuts: [place]) != whole { return "cut at \(place) it reads differently" }
        return nil
    }

    /// The data is a `summary.csv`.
    static func table(_ data: [UInt8]) -> String? {
        withExactBytes(data) { bytes -> String? in
            do throws(ScaleError) {
                let table = try SummaryTable(bytes, file: "summary.csv")
                for row in table.rows where row.succeeded + row.failed != row.key.sessions || row.key.sessions < 1 {
                    return "a row of \(row.key.sessions) sessions with \(row.succeeded) and \(row.failed)"
                }
                return (table.problems.count == 0) == (table.problems.first == nil) ? nil : "problems that nothing is said about"
            } catch {
                return error.code == .usage && error.hint != nil ? nil : "refused without saying why: \(error)"
            }
        }
    }

    struct Reading: Equatable {
        var batches: [String] = []
        var problems: [String] = []
        var seen = Fingerprint()
        var lines = 0
        var sessions = 0
    }

    static func read(_ data: [UInt8], cuts: [Int]) -> Reading {
        var result = Reading()
        var reading = RawReading(steps: 1)
        var seen = Fingerprint()
        func keep(_ found: RawReading.Found) {
            switch found {
            case .batch(let batch):
                result.batches.append(
                    "\(batch.key) \(batch.firstLine) \(batch.lastLine) \(batch.startedAt) \(batch.succeeded) \(batch.hosts)")
                result.sessions += batch.sessions.count
                for session in batch.sessions {
                    result.batches.append("\(session.start?.rawValue ?? -1) \(session.total?.rawValue ?? -1) \(session.hash?.text ?? "")")
                }
            case .problem(let problem, let line): result.problems.append("\(line):\(problem.column) \(problem.complaint)")
            case .incomplete(let batch): result.problems.append("\(batch)")
            }
        }
        var from = 0
        for place in cuts + [data.count] {
            withExactBytes(Array(data[from..<place])) { reading.feed($0, { seen.add($0) }, keep) }
            from = place
        }
        reading.finish({ seen.add($0) }, keep)
        result.seen = seen
        result.lines = reading.lines
        return result
    }

    private static func judge(_ reading: Reading, _ data: [UInt8]) -> String? {
        let ends = data.count { $0 == UInt8(ascii: "\n") }
        let wanted = ends + (data.isEmpty || data.last == UInt8(ascii: "\n") ? 0 : 1)
        if reading.lines != wanted { return "\(reading.lines) lines of \(wanted)" }
        if reading.sessions > reading.lines { return "more sessions than lines" }
        return nil
    }

    /// In memory of exactly this size, so that a sanitizer sees every byte beyond.
    private static func withExactBytes<Result>(_ data: [UInt8], _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: data.count, alignment: 1)
        defer { memory.deallocate() }
        memory.copyBytes(from: data)
        return body(UnsafeRawBufferPointer(memory))
    }
}
