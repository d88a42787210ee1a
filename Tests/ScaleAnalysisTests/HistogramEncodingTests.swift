import ScaleAnalysis
import ScaleCore
import Testing

/// Cookie, payload length, no offset, 3 digits, 100 ns, 1 hour, ratio 1.0.
private func header(payload: UInt8) -> [UInt8] {
    [0x1C, 0x84, 0x93, 0x13, 0, 0, 0, payload, 0, 0, 0, 0, 0, 0, 0, 3] + [0, 0, 0, 0, 0, 0, 0, 100]
        + [0, 0, 0x03, 0x46, 0x30, 0xB8, 0xA0, 0] + [0x3F, 0xF0, 0, 0, 0, 0, 0, 0]
}

@Suite struct HistogramEncodingTests {
    @Test func bytesAreThoseOfTheFormat() {
        var histogram = LatencyHistogram()
        // Buckets 1 and 3 in units of 64 ns, and bucket 2,048, the first whose unit is 128 ns.
        for value: Int64 in [64, 200, 200, 131_072] { histogram.record(Nanoseconds(value)) }
        // 0 · 1 · 0 · 2 · 2,044 empty ones (ZigZag 4,087) · 1.
        #expect(histogram.encoded == header(payload: 7) + [0x00, 0x02, 0x00, 0x04, 0xF7, 0x1F, 0x02])
    }

    /// Written by another implementation (HdrHistogram for Python 0.10): 300 × 5 ms, 7 s and 1 h.
    @Test func readsWhatAnotherImplementationWrote() throws {
        let foreign: [UInt8] = [0x87, 0x73, 0xD8, 0x04, 0xFD, 0xA6, 0x01, 0x02, 0x8D, 0x90, 0x01, 0x02]
        let histogram = try LatencyHistogram(encoded: header(payload: 12) + foreign)
        #expect(histogram.count == 302)
        #expect(histogram.value(atPercentile: 50) == Nanoseconds(5_001_215))
        #expect(histogram.encoded == header(payload: 12) + foreign)
    }

    /// C writes a single empty bucket as a run of one, and an empty histogram as no counts at all.
    @Test func readsEverySpellingOfEmptyBuckets() throws {
        let runs = try LatencyHistogram(encoded: header(payload: 4) + [0x01, 0x02, 0x01, 0x04])
        let zeros = try LatencyHistogram(encoded: header(payload: 4) + [0x00, 0x02, 0x00, 0x04])
        #expect(runs.summary == zeros.summary)
        #expect(runs.count == 3)
        #expect(try LatencyHistogram(encoded: header(payload: 0)).count == 0)
        #expect(try LatencyHistogram(encoded: LatencyHistogram().encoded).count == 0)
    }

    /// Two processes' worth of values, merged from what each sent.
    @Test func theExactFormMergesAsIfNothingHadBeenSent() throws {
        var parts = [LatencyHistogram(), LatencyHistogram(), LatencyHistogram()]
        for index: Int64 in 0..<3_000 { parts[Int(index % 2)].record(Nanoseconds(index * index * 977_777 - 5)) }
        parts[0].record(.seconds(9000))
        var (whole, sent) = (LatencyHistogram(), LatencyHistogram())
        for part in parts {
            whole.merge(part)
            let received = try LatencyHistogram(exactlyEncoded: part.exactlyEncoded)
            #expect(received.summary == part.summary)
            sent.merge(received)
        }
        #expect(sent.summary == whole.summary && sent.encoded == whole.encoded)
        #expect(sent.exactlyEncoded == whole.exactlyEncoded)
        #expect(sent.overflow == whole.overflow && sent.underflow == whole.underflow)
        #expect(whole.overflow > 0 && whole.underflow == 1 && sent.summary?.max == .seconds(9000))
    }

    @Test func aPartOfTheExactFormIsRefused() {
        let bytes = LatencyHistogram().exactlyEncoded
        for count in [0, 1, 47, 48, 60, bytes.count - 1] {
            #expect(throws: ScaleError.self) { try LatencyHistogram(exactlyEncoded: Array(bytes.prefix(count))) }
        }
    }

    @Test func roundTripKeepsEveryPercentile() throws {
        var histogram = LatencyHistogram()
        for index: Int64 in 0..<4_000 { histogram.record(Nanoseconds(index * index * 217_000 % 3_599_000_000_000)) }
        let decoded = try LatencyHistogram(encoded: histogram.encoded)
        #expect(decoded.encoded == histogram.encoded)
        #expect(decoded.count == 4_000)
        for percentile in [1.0, 25, 50, 90, 95, 99] {
            #expect(decoded.value(atPercentile: percentile) == histogram.value(atPercentile: percentile))
        }
        let (before, after) = (try #require(histogram.summary), try #require(decoded.summary))
        let means = (try #require(before.mean), try #require(after.mean))
        let longest = (try #require(before.max), try #require(after.max))
        #expect((means.1.seconds / means.0.seconds - 1).magnitude < 0.001)
        #expect(longest.1 >= longest.0 && longest.1.seconds < longest.0.seconds * 1.001)
    }

    @Test func largeCountsKeepTheirNinthByte() throws {
        // ZigZag of 2^56 − 1 is 2^57 − 2: eight bytes of seven bits, and one bit in the ninth.
        let nine: [UInt8] = [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]
        let histogram = try LatencyHistogram(encoded: header(payload: 9) + nine)
        #expect(histogram.count == (1 << 56) - 1)
        #expect(histogram.encoded == header(payload: 9) + nine)
    }

    @Test(arguments: [
        ("", [UInt8](), "too few"),
        ("a header cut off", Array(header(payload: 0).dropLast()), "too few"),
        ("a compressed one", [0x1C, 0x84, 0x93, 0x14] + header(payload: 0).dropFirst(4), "cookie"),
        ("a payload cut off", header(payload: 2) + [0x02], "length"),
        ("a number cut off", header(payload: 1) + [0x82], "cut off"),
        ("other digits", header(payload: 0).enumerated().map { $0 == 15 ? 2 : $1 }, "3 digits"),
        ("a run beyond the end", header(payload: 5) + [0xFF, 0xFF, 0xFF, 0x7F, 0x02], "out of range"),
        ("a bucket beyond the end", header(payload: 4) + [0x99, 0xAA, 0x03, 0x02], "out of range"),
        (
            "counts whose sum overflows",
            header(payload: 11) + [0x87, 0x73] + [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], "out of range"
        ),
    ])
    func damagedBytesAreAnError(what: String, bytes: [UInt8], cause: String) {
        let error = #expect(throws: ScaleError.self) { _ = try LatencyHistogram(encoded: bytes) }
        #expect(error?.code == .storage)
        #expect(error?.cause?.contains(cause) == true, "\(what): \(error?.cause ?? "")")
    }
}
