import ScaleAnalysis
import ScaleCore
import ScaleReactor
import Testing

@testable import ScaleEngine

/// What a loop keeps while it measures has the size of its sessions, however many steps they take.
@Suite struct HotCollectionTests {
    private static let sessions = 100
    private static let steps = 1_000_000

    /// Sessions of a pool wait for a connection at each step: a hundred come and go, and come again.
    @Test func theQueueForConnectionsDoesNotGrow() {
        var queue = SessionQueue(capacity: Self.sessions)
        for session in 0..<Self.sessions - 2 { queue.append(Int32(session)) }
        for _ in 0..<Self.steps { queue.popFirst().map { queue.append($0) } }
        #expect(queue.capacity == Self.sessions && queue.count == Self.sessions - 2)
        var order: [Int32] = []
        while let session = queue.popFirst() { order.append(session) }
        let waiting = Self.sessions - 2
        let expected = (0..<waiting).map { Int32(($0 + Self.steps) % waiting) }
        #expect(order == expected)
    }

    @Test func theQueueKeepsItsOrderWhereItHasToGrow() {
        var queue = SessionQueue(capacity: 3)
        for session: Int32 in 0..<3 { queue.append(session) }
        _ = queue.popFirst()
        for session: Int32 in 3..<9 { queue.append(session) }
        let order = (0..<8).map { _ in queue.popFirst() }
        #expect(order == (1..<9).map { Int32($0) })
    }

    @Test func theSessionsThatThinkTakeNoMoreRoom() {
        var heap = TimerHeap(capacity: Self.sessions)
        for session in 0..<Self.sessions { heap.push(UInt64(session), at: MonotonicTime(nanoseconds: Int64(session))) }
        for step in 0..<Self.steps {
            let token = heap.pop(dueAt: MonotonicTime(nanoseconds: .max))
            heap.push(token ?? 0, at: MonotonicTime(nanoseconds: Int64(Self.sessions + step)))
        }
        #expect(heap.count == Self.sessions)
    }

    /// One histogram holds all steps, and texts that differ from session to session are kept to a number.
    @Test func theRecorderDoesNotGrowWithSteps() {
        var recorder = LoopRecorder()
        let failure = SessionFailure(kind: .execution, phase: .step, at: .zero)
        let before = recorder.steps.exactlyEncoded.count
        for step in 0..<Self.steps {
            recorder.step(from: .microseconds(Int64(step)), to: .microseconds(Int64(step) + 100), round: 1)
            if step % 1000 == 0 { recorder.said("text \(step)", to: failure) }
            recorder.note(.resentRequest)
        }
        #expect(recorder.texts.count == LoopRecorder.mostTexts)
        #expect(recorder.oddities == [.resentRequest: Self.steps])
        #expect(recorder.rounds.isEmpty && recorder.samples.isEmpty && recorder.hosts.isEmpty)
        #expect(recorder.steps.exactlyEncoded.count < before + 100)
    }

    /// A step that begins and ends at the moment behind the window: 0 of its 0 nanoseconds lie inside.
    @Test func aStepOfNoLengthBehindTheWindowCountsNothing() {
        var recorder = LoopRecorder()
        recorder.hold(from: .zero, until: .seconds(1))
        recorder.step(from: .seconds(2), to: .seconds(2), round: 1)
        #expect(recorder.stepsInWindow == 0)
    }
}
