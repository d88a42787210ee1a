import ScaleCore

/// Lines to batches, with what is wrong between them.
struct RawReading {
    enum Found {
        case batch(Batch)
        case problem(LineProblem, line: Int)
        case incomplete(BatchAssembly.Incomplete)
    }

    private var feed = LineFeed()
    private var assembly: BatchAssembly

    init(steps: Int) { assembly = BatchAssembly(steps: steps) }

    var lines: Int { feed.lines }

    /// - Parameters:
    ///   - seen: called with every line as it stands.
    ///   - found: called with every batch that is over, and with every bad line.
    mutating func feed(_ chunk: UnsafeRawBufferPointer, _ seen: (UnsafeRawBufferPointer) -> Void, _ found: (Found) -> Void) {
        feed.feed(chunk) { line, number in Self.take(line, number, &assembly, seen, found) }
    }

    mutating func finish(_ seen: (UnsafeRawBufferPointer) -> Void, _ found: (Found) -> Void) {
        feed.finish { line, number in Self.take(line, number, &assembly, seen, found) }
        assembly.end { found($0.found) }
    }

    private static func take(
        _ line: LineFeed.Line, _ number: Int, _ assembly: inout BatchAssembly, _ seen: (UnsafeRawBufferPointer) -> Void,
        _ found: (Found) -> Void
    ) {
        guard case .bytes(let bytes) = line else {
            return found(.problem(LineProblem("has more than \(LineFeed.longestLine) bytes"), line: number))
        }
        seen(bytes)
        if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { return }
        do {
            assembly.add(try RawLine(bytes), number: number) { found($0.found) }
        } catch {
            found(.problem(error, line: number))
        }
    }
}

extension BatchAssembly.Ended {
    fileprivate var found: RawReading.Found {
        switch self {
        case .whole(let batch): .batch(batch)
        case .incomplete(let batch): .incomplete(batch)
        }
    }
}
