import Subprocess

/// Runs chart scripts. The program is a tool of the user's, not a part of a measurement: without it the scripts stay.
public enum Gnuplot {
    public enum Outcome: Hashable, Sendable {
        case drawn
        /// The program is not there, so that no other script can be drawn either.
        case missing
        /// The last line of its complaint.
        case refused(String)
    }

    /// Draws one script in the folder where it and its table are.
    public static func draw(_ script: String, in folder: String) async -> Outcome {
        do {
            // Inside single quotes only the quote itself is special to gnuplot, and is written twice.
            let quoted = folder.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
            let result = try await Subprocess.run(
                .name("gnuplot"), arguments: ["-e", "cd '\(quoted)'", script], output: .discarded,
                error: .string(limit: 4096))
            if result.terminationStatus.isSuccess { return .drawn }
            let said = result.standardError.split(separator: "\n").last.map(String.init)
            return .refused(said ?? "gnuplot ended with \(result.terminationStatus)")
        } catch {
            return .missing
        }
    }
}
