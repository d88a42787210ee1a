import ScaleCore
import ScaleReactor
import Testing

@Suite struct TimerHeapTests {
    /// A fixed sequence, so that a failure can be had again.
    struct Dice: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }

    @Test func anEmptyHeapIsDueNever() {
        var heap = TimerHeap()
        let empty = heap.isEmpty
        #expect(empty)
        let (next, popped) = (heap.next, heap.pop(dueAt: .never))
        #expect(next == .never)
        #expect(popped == nil)
    }

    @Test func nothingIsDueEarly() {
        var heap = TimerHeap()
        heap.push(7, at: MonotonicTime(nanoseconds: 100))
        let early = heap.pop(dueAt: MonotonicTime(nanoseconds: 99))
        #expect(early == nil)
        let next = heap.next.nanoseconds
        #expect(next == 100)
        let due = heap.pop(dueAt: MonotonicTime(nanoseconds: 100))
        #expect(due == 7)
        let empty = heap.isEmpty
        #expect(empty)
    }

    @Test("agrees with a sorted array", arguments: 1...20 as ClosedRange<UInt64>)
    func agreesWithASortedArray(seed: UInt64) {
        var dice = Dice(state: seed)
        var heap = TimerHeap(capacity: 1)
        var sorted: [Int64] = []
        for _ in 0..<2_000 {
            if Int.random(in: 0..<5, using: &dice) < 3 {
                // The token repeats the time, so that equal times need no order between them.
                let due = Int64.random(in: 0..<500, using: &dice)
                heap.push(UInt64(due), at: MonotonicTime(nanoseconds: due))
                sorted.insert(due, at: sorted.firstIndex { $0 > due } ?? sorted.count)
            } else {
                let now = Int64.random(in: 0..<500, using: &dice)
                let expected = sorted.first.flatMap { $0 <= now ? UInt64($0) : nil }
                if expected != nil { sorted.removeFirst() }
                let popped = heap.pop(dueAt: MonotonicTime(nanoseconds: now))
                #expect(popped == expected)
            }
            let (count, next) = (heap.count, heap.next.nanoseconds)
            #expect(count == sorted.count)
            #expect(next == sorted.first ?? .max)
        }
    }
}
