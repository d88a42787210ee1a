import GRDB
import Glibc

/// Puts a database into write-ahead logging: readers do not wait for the writer, and a kill loses at most the open
/// transaction.
enum JournalMode {
    /// Between two tries while another process has the file.
    private static let pause: UInt32 = 5_000

    /// SQLite does not ask its busy handler for the locks of this switch, so two processes that make one file would refuse
    /// each other: it is tried again until the time is over.
    /// - Parameter timeout: in seconds.
    static func makeWAL(_ queue: DatabaseQueue, timeout: Double) throws {
        try queue.inDatabase { db in
            let clock = ContinuousClock()
            let deadline = clock.now + .seconds(timeout)
            while true {
                do {
                    if try String.fetchOne(db, sql: "PRAGMA journal_mode") == "wal" { return }
                    // A file system without shared memory keeps another mode, and says so in its answer.
                    _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
                    return
                } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY && clock.now < deadline {
                    usleep(pause)
                }
            }
        }
    }
}
