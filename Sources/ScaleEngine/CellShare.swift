import ScaleAnalysis
import ScaleCore

/// What the loops of one process measured of a cell.
public struct CellShare: Sendable {
    var startedAt: WallTime
    var loops: [LoopResult]
    /// The largest resident set of the process since it began.
    var peakRSSBytes: Int
}

/// A share as bytes, on its way from one process to another that runs the same executable: so session records travel as
/// they lie in memory, and nothing is converted. A header tells that they are what the reader expects; whatever else
/// comes is refused.
///
/// Magic and layout number, the stride of a session record and the fingerprint of all that follows, 64 bits each; then
/// the share field by field. Numbers are in the host's byte order, lists and texts stand behind their count.
extension CellShare {
    private static let magic: UInt64 = 0x5343_414C_4553_4852
    private static let layout: UInt64 = 1
    private static let header = 4 * MemoryLayout<UInt64>.size

    public var encoded: [UInt8] {
        var content = RawWriter()
        content.put(startedAt)
        content.put(peakRSSBytes)
        content.put(loops.count)
        for loop in loops { loop.write(to: &content) }
        var all = RawWriter()
        for number in [Self.magic, Self.layout, Self.stride, Self.fingerprint(content.bytes[...])] { all.put(number) }
        return all.bytes + content.bytes
    }

    private static var stride: UInt64 { UInt64(MemoryLayout<SessionRecord>.stride) }

    private static func fingerprint(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        var print = Fingerprint()
        bytes.withUnsafeBytes { print.add($0) }
        return print.value
    }

    /// Reads what ``encoded`` wrote in a process of the same executable.
    /// - Throws: `infrastructure` for anything else.
    public init(encoded bytes: [UInt8]) throws(ScaleError) {
        var reader = RawReader(bytes)
        guard try reader.take(UInt64.self) == Self.magic, try reader.take(UInt64.self) == Self.layout,
            try reader.take(UInt64.self) == Self.stride,
            try reader.take(UInt64.self) == Self.fingerprint(bytes[Self.header...])
        else { throw RawReader.damaged }
        startedAt = try reader.take(WallTime.self)
        peakRSSBytes = try reader.take(Int.self)
        loops = []
        for _ in 0..<(try reader.count()) { loops.append(try LoopResult(from: &reader)) }
        if !reader.isAtEnd { throw RawReader.damaged }
    }
}

extension LoopResult {
    fileprivate func write(to out: inout RawWriter) {
        out.put(sessions)
        out.put(steps.exactlyEncoded)
        out.put(lags.exactlyEncoded)
        out.put(stepsInWindow)
        out.put(stepTime)
        out.put(rounds)
        out.put(lateSteps)
        out.put(window?.lowerBound)
        out.put(window?.upperBound)
        out.put(samples.count)
        for sample in samples {
            out.put(sample.at)
            out.put(sample.open)
            out.put(sample.started)
            out.put(sample.succeeded)
            out.put(sample.failed)
            out.put(sample.loopLag)
            out.put(sample.cpu)
        }
        out.put(hosts.count)
        for host in hosts { out.put(Array(host.utf8)) }
        out.put(reportedCap)
        out.put(reportedActive)
        out.put(texts.count)
        for each in texts {
            out.put(each.kind)
            out.put(each.phase)
            out.put(each.code)
            out.put(Array(each.text.utf8))
            out.put(each.count)
        }
        out.put(Oddity.allCases.map { oddities[$0] ?? 0 })
        out.put(cpu)
        out.put(starved)
        out.put(peakSockets)
        out.put(ended)
        out.put(aborted)
    }

    fileprivate init(from reader: inout RawReader) throws(ScaleError) {
        sessions = try reader.list(of: SessionRecord.self)
        steps = try reader.histogram()
        lags = try reader.histogram()
        stepsInWindow = try reader.take(Double.self)
        stepTime = try reader.take(Nanoseconds.self)
        rounds = try reader.list(of: LockstepRound.self)
        lateSteps = try reader.take(Int.self)
        let first = try reader.take(Nanoseconds?.self)
        let last = try reader.take(Nanoseconds?.self)
        if let first, let last, first <= last { window = first...last }
        samples = []
        for _ in 0..<(try reader.count()) {
            samples.append(
                CellSample(
                    at: try reader.take(Nanoseconds.self), open: try reader.take(Int.self),
                    started: try reader.take(Int.self), succeeded: try reader.take(Int.self),
                    failed: try reader.take(Int.self), loopLag: try reader.take(Nanoseconds.self),
                    cpu: try reader.take(Nanoseconds.self)))
        }
        hosts = []
        for _ in 0..<(try reader.count()) { hosts.append(try reader.text()) }
        reportedCap = try reader.take(Int?.self)
        reportedActive = try reader.take(Int?.self)
        texts = []
        for _ in 0..<(try reader.count()) {
            texts.append(
                ServerText(
                    kind: try reader.take(FailureKind.self), phase: try reader.take(Phase.self), code: try reader.take(Int32?.self),
                    text: try reader.text(), count: try reader.take(Int.self)))
        }
        oddities = Dictionary(uniqueKeysWithValues: zip(Oddity.allCases, try reader.list(of: Int.self)).filter { $0.1 > 0 })
        cpu = try reader.take(Nanoseconds.self)
        starved = try reader.take(Nanoseconds?.self)
        peakSockets = try reader.take(Int.self)
        ended = try reader.take(Nanoseconds.self)
        aborted = try reader.take(Bool.self)
    }
}

/// Values as they lie in memory, one behind the other.
private struct RawWriter {
    private(set) var bytes: [UInt8] = []

    mutating func put<Value: BitwiseCopyable>(_ value: Value) {
        withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) }
    }

    mutating func put<Value: BitwiseCopyable>(_ values: [Value]) {
        put(values.count)
        values.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }
}

private struct RawReader {
    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    static let damaged = ScaleError(.infrastructure, "what a generator process sent is not what it measured")

    var isAtEnd: Bool { place == bytes.count }

    mutating func take<Value: BitwiseCopyable>(_ type: Value.Type) throws(ScaleError) -> Value {
        guard bytes.count - place >= MemoryLayout<Value>.size else { throw Self.damaged }
        defer { place += MemoryLayout<Value>.size }
        return bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place, as: type) }
    }

    /// How many things follow, each of a byte at least.
    mutating func count() throws(ScaleError) -> Int {
        let count = try take(Int.self)
        guard count >= 0, count <= bytes.count - place else { throw Self.damaged }
        return count
    }

    mutating func list<Value: BitwiseCopyable>(of type: Value.Type) throws(ScaleError) -> [Value] {
        let count = try count()
        let size = count * MemoryLayout<Value>.stride
        guard size <= bytes.count - place else { throw Self.damaged }
        defer { place += size }
        return [Value](unsafeUninitializedCapacity: count) { buffer, filled in
            UnsafeMutableRawBufferPointer(buffer).copyBytes(from: bytes[place..<place + size])
            filled = count
        }
    }

    mutating func text() throws(ScaleError) -> String { String(decoding: try list(of: UInt8.self), as: UTF8.self) }

    mutating func histogram() throws(ScaleError) -> LatencyHistogram {
        try LatencyHistogram(exactlyEncoded: try list(of: UInt8.self))
    }
}
