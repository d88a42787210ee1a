import ScaleCore
import ScaleReactor
import Testing

@testable import ScaleEngine

/// The gate of a loop and the one all loops share, without sessions.
@Suite struct GateTests {
    static func at(_ value: Int64) -> MonotonicTime { MonotonicTime(nanoseconds: value) }

    @Test func lettingThroughIsInTheOrderOfArrival() {
        var gate = Gate(sessions: 3)
        for session in [2, 0, 1] { gate.arrive(session) }
        expect(gate, isFull: true, isPassing: false)
        gate.open(1)
        let first = gate.next()
        #expect(first == 2)
        // One that went on comes again before the others have.
        gate.arrive(2)
        expect(gate, isFull: false, isPassing: true)
        let others = [gate.next(), gate.next(), gate.next()]
        #expect(others == [0, 1, nil])
        gate.arrive(0)
        gate.depart(waited: false)
        expect(gate, isFull: true, isPassing: false)
        gate.depart(waited: true)
        expect(gate, isFull: true, isPassing: false)
        gate.open(2)
        let last = [gate.next(), gate.next(), gate.next()]
        #expect(last == [2, 0, nil])
    }

    func expect(_ gate: borrowing Gate, isFull: Bool, isPassing: Bool, location: SourceLocation = #_sourceLocation) {
        let (full, passing) = (gate.isFull, gate.isPassing)
        #expect(full == isFull && passing == isPassing, sourceLocation: location)
    }

    enum Act: Sendable {
        case arrive, leave
        /// Leaves after it arrived when so many rounds were open.
        case leaveArrived(in: Int)
    }

    struct Course: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var loops: Int
        var acts: [(act: Act, round: Int)]
    }

    @Test(arguments: [
        Course(testDescription: "one loop opens at once", loops: 1, acts: [(.arrive, 1), (.arrive, 2)]),
        Course(testDescription: "the last one opens", loops: 3, acts: [(.arrive, 0), (.arrive, 0), (.arrive, 1), (.arrive, 1)]),
        Course(testDescription: "the last one leaves", loops: 2, acts: [(.arrive, 0), (.leave, 1), (.arrive, 2)]),
        Course(
            testDescription: "one leaves that had arrived", loops: 3,
            acts: [(.arrive, 0), (.leaveArrived(in: 0), 0), (.arrive, 0), (.arrive, 1)]),
        Course(
            testDescription: "one leaves that had arrived and was let through since", loops: 2,
            acts: [(.arrive, 0), (.arrive, 1), (.leaveArrived(in: 0), 1), (.arrive, 2)]),
        Course(testDescription: "nobody is left", loops: 2, acts: [(.leave, 0), (.leave, 0)]),
    ])
    func board(_ course: Course) {
        let board = ProgressBoard(threads: course.loops)
        for _ in 0..<course.loops { board.joinGate() }
        for (place, (act, round)) in course.acts.enumerated() {
            let now = Self.at(Int64(place + 1))
            let before = board.gate.round
            switch act {
            case .arrive: board.arriveAtGate(at: now)
            case .leave: board.leaveGate(arrivedIn: nil, at: now)
            case .leaveArrived(let round): board.leaveGate(arrivedIn: round, at: now)
            }
            #expect(board.gate.round == round, "act \(place + 1)")
            if round > before { #expect(board.gate.openedAt == now) }
        }
    }

    /// Loops on threads of their own: none is let through before all have come, and one that leaves stops nobody.
    @Test func roundsOfManyThreads() async {
        let loops = 4
        let rounds = 400
        let board = ProgressBoard(threads: loops)
        for _ in 0..<loops { board.joinGate() }
        let times = await withTaskGroup(of: [Int64].self) { group in
            for loop in 0..<loops {
                group.addTask {
                    await ReactorThread.run {
                        var times: [Int64] = []
                        // The first leaves half-way.
                        for round in 1...(loop == 0 ? rounds / 2 : rounds) {
                            board.arriveAtGate(at: MonotonicClock.now())
                            while board.gate.round < round { ReactorThread.yield() }
                            times.append(board.gate.openedAt.nanoseconds)
                        }
                        if loop == 0 { board.leaveGate(arrivedIn: nil, at: MonotonicClock.now()) }
                        return times
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let longest = times.max { $0.count < $1.count } ?? []
        #expect(longest.count == rounds && longest == longest.sorted())
        // All see the same time of each round.
        #expect(times.allSatisfy { $0.elementsEqual(longest.prefix($0.count)) })
    }
}
