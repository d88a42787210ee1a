import ScaleAnalysis
import ScaleCore
import Testing

@Suite("Launches from their stages") struct LaunchTests {
    typealias Stage = LifecycleRecord.Stage

    private func record(
        _ stage: Stage, _ replica: Int = 0, from start: Int64 = 0, for duration: Int64 = 10, _ outcome: String = "ok",
        of launch: String? = nil
    ) -> LifecycleRecord {
        LifecycleRecord(
            replica: replica, stage: stage, start: .milliseconds(start), duration: .milliseconds(duration), outcome: outcome, launch: launch
        )
    }

    @Test func stagesOfOneMarkBelongTogetherWhereverTheyStand() {
        let launches = Launch.all(of: [
            record(.started, of: "a"), record(.started, of: "b"), record(.stop, of: "a"), record(.healthy, of: "b"),
        ])
        #expect(launches.map(\.mark) == ["a", "b"])
        #expect(launches.map { $0.stages.map(\.stage) } == [[.started, .stop], [.started, .healthy]])
    }

    /// As older files hold them.
    @Test func withoutMarksALaunchEndsWithItsStopOrWhereItsReplicasBeginAnew() {
        let launches = Launch.all(of: [
            record(.started, 0), record(.started, 1), record(.stop), record(.started, 0), record(.started, 0), record(.stop),
        ])
        #expect(launches.map(\.stages.count) == [3, 1, 2])
    }

    @Test func theFirstObservationIsThatOfTheLastReplica() {
        let both = [record(.firstReset, 0, from: 900, for: 20, of: "a"), record(.firstReset, 1, from: 850, for: 300, of: "a")]
        #expect(Launch.all(of: both)[0].firstObservation == .milliseconds(1150))
        #expect(Launch.all(of: [record(.healthy, of: "a")])[0].firstObservation == nil)
        let failed = Launch.all(of: both + [record(.healthy, 1, from: 0, for: 10, "it ended", of: "a")])[0]
        #expect(failed.firstObservation == nil && failed.failure == "it ended")
        // What could not be stopped was ready all the same.
        let stuck = Launch.all(of: both + [record(.stop, 0, from: 0, for: 10, "no answer", of: "a")])[0]
        #expect(stuck.failure == nil && stuck.firstObservation != nil)
    }

    @Test(
        arguments: [
            ([5], 5, 5), ([9, 1], 1, 9), ([3, 1, 2], 2, 3), ([4, 1, 3, 2], 2, 4), (Array(1...10), 5, 9), (Array(1...11), 6, 10),
            (Array(1...20).reversed(), 10, 18),
        ] as [([Int64], Int64, Int64)])
    func ranksAreTheNearest(spans: [Int64], median: Int64, p90: Int64) throws {
        let statistics = try #require(SpanStatistics(spans.map { Nanoseconds($0) }))
        #expect(statistics.median == Nanoseconds(median) && statistics.p90 == Nanoseconds(p90))
        #expect(statistics.min.rawValue == spans.min() && statistics.max.rawValue == spans.max() && statistics.count == spans.count)
    }

    @Test func ofNothingThereAreNone() { #expect(SpanStatistics([]) == nil) }
}
