import ScaleAnalysis

/// Words of a report for the tables of others, such as a log of experiments.
public enum LogText {
    /// `[64, 128)`, `≥ 128`, `≥ 64 (256 invalid)`, `< 16`; `64, then open` and `open` where the evidence does not decide.
    public static func bracket(_ bracket: Capacity.Bracket, of capacity: Capacity) -> String {
        capacity.points.isEmpty ? "invalid" : ReportCapacity.bracket(bracket, of: capacity).plain
    }

    /// Foreign text inside a cell of a Markdown table: one line, and nothing in it is read as Markdown or HTML.
    public static func tableCell(_ foreign: String) -> String { Markdown.escaped(foreign) }
}
