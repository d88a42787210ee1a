import GRDB
import ScaleCore
import Synchronization
import Testing

@testable import ScaleStore

/// One cell is read back after each, so what that costs must not grow with the cells before it.
@Suite struct OneCellTests {
    @Test func aCellIsReadAsItsRunHoldsIt() throws {
        let store = try Store(path: try Scratch().path())
        let run = try store.begin(Sample.run())
        let deployment = try store.addDeployment(Sample.deployment, run: run)
        let cells = try [2, 3, 4].map { try store.finish(cell: Sample.fullCell(Sample.key($0)), run: run, deployment: deployment) }
        let whole = try store.reader.snapshot(.id(run))
        for (place, cell) in cells.enumerated() {
            let one = try store.reader.snapshot(cell: cell)
            #expect(one.run == whole.run && one.deployments == whole.deployments)
            #expect(one.cells.map(\.record) == [whole.cells[place].record])
        }
        #expect(throws: ScaleError.self) { try store.reader.snapshot(cell: 99) }
    }

    /// Every statement finds its rows by an index: none passes over the other cells.
    @Test func noStatementScansATableOfCells() throws {
        let store = try Store(path: try Scratch().path())
        let run = try store.begin(Sample.run())
        let deployment = try store.addDeployment(Sample.deployment, run: run)
        let cell = try store.finish(cell: Sample.fullCell(), run: run, deployment: deployment)
        let statements = Mutex<[String]>([])
        // With their values in them, so that they can be asked again.
        store.queue.inDatabase { db in db.trace { event in statements.withLock { $0.append(event.expandedDescription) } } }
        _ = try store.reader.snapshot(cell: cell)
        store.queue.inDatabase { $0.trace() }
        let read = statements.withLock { $0.filter { $0.hasPrefix("SELECT") && !$0.contains("sqlite_master") } }
        #expect(read.count >= 6)
        for statement in read {
            let plan = try store.queue.read { try Row.fetchAll($0, sql: "EXPLAIN QUERY PLAN " + statement).map { $0["detail"] as String } }
            #expect(!plan.contains { $0.hasPrefix("SCAN") && !$0.contains("deployments") }, "\(statement): \(plan)")
        }
    }
}
