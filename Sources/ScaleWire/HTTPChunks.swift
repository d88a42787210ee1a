/// Takes the chunked coding off a body (RFC 9112 section 7.1), in place and in pieces of any size. Extensions and
/// trailer fields are read over.
struct HTTPChunks {
    struct Progress {
        /// Bytes of the input that are done with.
        var consumed: Int
        /// Bytes of the body, now at the front of the input.
        var produced: Int
        var isComplete: Bool
        var violation: HTTPViolation?
    }

    private enum State: UInt8 {
        case firstDigit, digits, blanks, extensions, sizeLineFeed
        case data, dataReturn, dataLineFeed
        case trailerStart, trailer, trailerLineFeed, lastLineFeed
    }

    private var state = State.firstDigit
    /// Of the chunk whose size or data is being read.
    private var remaining = 0
    private var digitCount: UInt8 = 0
    /// Of all chunks announced so far.
    private var total = 0
    /// Bytes of extensions and trailers so far, which nobody keeps.
    private var overhead = 0

    /// - Parameters:
    ///   - maxBody: of all chunks together.
    ///   - maxOverhead: of all extensions and trailers together.
    mutating func decode(
        _ bytes: UnsafeMutableRawPointer, _ count: Int, maxBody: Int, maxOverhead: Int
    ) -> Progress {
        var progress = Progress(consumed: 0, produced: 0, isComplete: false, violation: nil)
        while progress.consumed < count {
            if state == .data {
                let length = min(remaining, count - progress.consumed)
                if progress.produced != progress.consumed {
                    (bytes + progress.produced).copyMemory(from: bytes + progress.consumed, byteCount: length)
                }
                progress.produced += length
                progress.consumed += length
                remaining -= length
                if remaining == 0 { state = .dataReturn }
                continue
            }
            let byte = UnsafeRawPointer(bytes).byte(progress.consumed)
            progress.consumed += 1
            if state == .lastLineFeed {
                if byte == 0x0A { progress.isComplete = true } else { progress.violation = .badChunk }
                return progress
            }
            progress.violation = step(byte, maxBody, maxOverhead)
            if progress.violation != nil { return progress }
        }
        return progress
    }

    /// Everything but data, one byte at a time.
    private mutating func step(_ byte: UInt8, _ maxBody: Int, _ maxOverhead: Int) -> HTTPViolation? {
        switch state {
        case .firstDigit, .digits:
            let value = byte.hexValue
            if value < 16 { return addDigit(value, maxBody) }
            if state == .firstDigit { return .badChunk }
            return afterSize(byte)
        case .blanks: return afterSize(byte)
        case .extensions:
            if byte == 0x0D {
                state = .sizeLineFeed
                return nil
            }
            return skip(byte, maxOverhead)
        case .sizeLineFeed:
            total += remaining
            digitCount = 0
            return expect(0x0A, byte, then: remaining == 0 ? .trailerStart : .data)
        case .dataReturn: return expect(0x0D, byte, then: .dataLineFeed)
        case .dataLineFeed: return expect(0x0A, byte, then: .firstDigit)
        case .trailerStart:
            state = byte == 0x0D ? .lastLineFeed : .trailer
            return byte == 0x0D ? nil : skip(byte, maxOverhead)
        case .trailer:
            if byte == 0x0D {
                state = .trailerLineFeed
                return nil
            }
            return skip(byte, maxOverhead)
        case .trailerLineFeed: return expect(0x0A, byte, then: .trailerStart)
        case .data, .lastLineFeed: return .badChunk
        }
    }

    private mutating func addDigit(_ value: UInt8, _ maxBody: Int) -> HTTPViolation? {
        // Sixteen digits cover every size; more would only be zeros in front.
        if digitCount == 16 { return .badChunk }
        digitCount += 1
        state = .digits
        if remaining > (Int.max - 15) / 16 { return .bodyTooLarge }
        remaining = remaining * 16 + Int(value)
        return remaining > maxBody - total ? .bodyTooLarge : nil
    }

    private mutating func afterSize(_ byte: UInt8) -> HTTPViolation? {
        switch byte {
        case 0x0D where state == .digits: state = .sizeLineFeed
        case UInt8(ascii: ";"): state = .extensions
        case 0x20, 0x09:
            // Blanks may stand before an extension only.
            state = .blanks
        default: return .badChunk
        }
        return nil
    }

    private mutating func skip(_ byte: UInt8, _ maxOverhead: Int) -> HTTPViolation? {
        if byte < 0x20 && byte != 0x09 { return .badChunk }
        overhead += 1
        return overhead > maxOverhead ? .headTooLarge : nil
    }

    private mutating func expect(_ wanted: UInt8, _ byte: UInt8, then next: State) -> HTTPViolation? {
        state = next
        return byte == wanted ? nil : .badChunk
    }
}
