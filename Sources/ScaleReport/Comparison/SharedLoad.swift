import ScaleAnalysis
import ScaleCore

/// The loads of a table: what they have in common is said once, above it, and its rows say the rest.
struct SharedLoad {
    /// `ws, wait 1 s`; nil where the loads differ in more than N.
    let words: String?

    init(_ loads: [CellLoad]) {
        let kinds = Set(loads.map { CellLoad(mode: $0.mode, sessions: 0, wait: $0.wait, steps: $0.steps) })
        words = kinds.count == 1 ? kinds.first?.words.replacing(", every N", with: "") : nil
    }

    /// `N 512` or `every N` where the rest is shared, else the whole load.
    func rest(of load: CellLoad) -> String {
        guard words != nil else { return load.words }
        return load.sessions == 0 ? "every N" : "N \(Figure.count(load.sessions))"
    }
}
