import Glibc
import ScaleCore
import ScaleReactor
import Testing

/// Time as a busy machine gives it: a second in which ten want each processor counts a tenth, and one in which nobody looks
/// at the clock at most a whole. What ends by this is stuck, and not merely late.
package struct Patience: Sendable {
    private var left: Nanoseconds
    private var seen = MonotonicClock.now()

    package init(_ span: Nanoseconds) { left = span }

    /// Whether it has come to its end; to be asked about once a second.
    package mutating func isOver() -> Bool {
        let now = MonotonicClock.now()
        let passed = min(now - seen, .seconds(1))
        seen = now
        left = left - .seconds(passed.seconds * Self.share())
        return left <= .zero
    }

    /// The part of a processor that one who wants it gets, from above 0 to 1.
    private static func share() -> Double {
        // The fourth word is `RUNNABLE/ALL`, and who reads it is one of them.
        guard let file = fopen("/proc/loadavg", "r") else { return 1 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard fgets(&line, Int32(line.count), file) != nil else { return 1 }
        return share(of: String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self), cores: cores)
    }

    private static let cores = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))

    package static func share(of line: String, cores: Int) -> Double {
        let words = line.split(separator: " ")
        guard words.count > 3, let runnable = Int(words[3].prefix { $0 != "/" }), runnable > cores else { return 1 }
        return Double(cores) / Double(runnable)
    }
}

/// Whether a condition comes true; that it never does is known when patience ends.
package func eventually(within span: Nanoseconds = .seconds(60), _ condition: () async throws -> Bool) async rethrows -> Bool {
    var patience = Patience(span)
    while true {
        if try await condition() { return true }
        if Task.isCancelled || patience.isOver() { return false }
        await Task.yield()
    }
}

/// Fails a test that is stuck, instead of one that a busy machine is slow to run as `timeLimit` would.
package struct PatienceTrait: SuiteTrait, TestTrait, TestScoping {
    var span: Nanoseconds
    package var isRecursive: Bool { true }

    package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await withoutActuallyEscaping(function) { body in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask {
                    try await body()
                    return true
                }
                group.addTask {
                    var patience = Patience(span)
                    while !patience.isOver() {
                        do { try await Task.sleep(for: .seconds(1)) } catch { return true }
                    }
                    return false
                }
                defer { group.cancelAll() }
                guard try await group.next() == false else { return }
                Issue.record("stuck: it has had \(span.seconds) s of a processor's time and is not done")
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }
}

extension Trait where Self == PatienceTrait {
    /// What each case may take on a machine that has nothing else to do.
    package static func patience(minutes: Int) -> Self { PatienceTrait(span: .seconds(Double(60 * minutes))) }
}
