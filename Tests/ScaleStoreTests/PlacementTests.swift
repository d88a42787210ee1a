import ScaleCore
import ScaleStore
import Testing

@Suite struct PlacementTests {
    @Test func sessionsAreCountedByHostAndProcess() throws {
        let scratch = try Scratch()
        let store = try Store(path: scratch.path())
        let run = try store.begin(Sample.run())
        let deployment = try store.addDeployment(Sample.deployment, run: run)
        var cell = Sample.bareCell()
        // The same process id on two hosts is two processes; a session that nobody answered is none.
        let landed: [(host: Int32?, pid: Int32?)] = [(1, 7), (0, 7), (1, 7), (0, 8), (nil, 7), (nil, nil)]
        cell.hosts = ["node-b", "node-a"]
        cell.sessions = landed.enumerated().map { index, place in
            var session = SessionRecord(session: index, intendedStart: .zero)
            (session.host, session.pid) = (place.host, place.pid)
            return session
        }
        let id = try store.finish(cell: cell, run: run, deployment: deployment)
        let found = try store.reader.placements(of: [id, id + 1])
        #expect(found.keys.sorted() == [id])
        let placement = try #require(found[id])
        #expect(
            placement.processes == [
                .init(host: nil, pid: 7, sessions: 1), .init(host: "node-a", pid: 7, sessions: 2),
                .init(host: "node-b", pid: 7, sessions: 1), .init(host: "node-b", pid: 8, sessions: 1),
            ])
        #expect(placement.sessions == 5 && placement.most == 2 && placement.hosts == 2)
        #expect(placement.mean(of: nil) == 1.25 && placement.imbalance(of: nil) == 1.6)
        // A process that answered nobody is one of them all the same.
        #expect(placement.mean(of: 5) == 1 && placement.imbalance(of: 5) == 2)
        #expect(CellPlacement(processes: []).imbalance(of: 2) == nil)
    }
}
