import Glibc
import ScaleTestKit
import Testing

/// A generator that shares its only core with busy neighbours: what it measures is the core's crowd, and it says so.
/// Who starves is the kernel's choice where others work too: `make verdicts` runs this, and `make test` does not.
@Suite("A generator without a processor", .serialized, .patience(minutes: 2))
struct StarvedGeneratorTests {
    @Test func itNamesItself() async throws {
        try #require(sysconf(Int32(_SC_NPROCESSORS_ONLN)) > 1, "the server needs a second core")
        try await Workplace.with { place in
            try await Serve.with(in: place) { url in
                // The neighbours are the shell's children and end with the program, which the shell waits for.
                let crowd = """
                    core=$(taskset -pc $$ | sed 's/.*: *//; s/[-,].*//'); taskset -pc $core $$ >/dev/null; for i in 1 2 3; do (while :; do :; done) & crowd="$crowd $!"; done
                    "$@" & program=$!; wait $program; status=$?; kill -9 $crowd; exit $status; :
                    """
                let words = [
                    "--url", url, "-n", "64", "--steps", "30", "-w", "0", "--threads", "1", "--no-calibrate", "--json",
                    "--db", "run.sqlite",
                ]
                let ended = try await Program.run(words, in: place, shell: crowd)
                #expect(ended.status == 4, "\(ended.said)")
                #expect(try await place.sql("SELECT limiter, valid FROM cells") == ["generator|0"], "\(ended.said)")
            }
        }
    }
}
