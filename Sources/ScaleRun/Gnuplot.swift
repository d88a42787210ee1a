import Subprocess

/// Runs chart scripts. The program is a tool of the user's, not a part of a measurement: without it the scripts stay.
public enum Gnuplot {
    /// Draws one script in the folder where it and its table are.
    /// - Returns: nil when it was drawn, else why not, with what to do.
    public static func draw(_ script: String, in folder: String) async -> String? {
        do {
            // Inside single quotes only the quote itself is special to gnuplot, and is written twice.
            let quoted = folder.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
            let result = try await Subprocess.run(
                .name("gnuplot"), arguments: ["-e", "cd '\(quoted)'", script], output: .discarded,
                error: .string(limit: 4096))
            if result.terminationStatus.isSuccess { return nil }
            let said = result.standardError.split(separator: "\n").last.map(String.init)
            return said ?? "gnuplot ended with \(result.terminationStatus)"
        } catch {
            return "gnuplot cannot be started: install gnuplot-nox, then run `gnuplot \(script)` in \(folder)"
        }
    }
}
