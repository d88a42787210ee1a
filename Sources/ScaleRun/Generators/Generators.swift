import ScaleCore
import ScaleEngine
import ScaleReactor
import ScaleTLS

/// One cell on all the processes it is to have: there is no other way in which a run makes load.
enum Generators {
    /// - Parameters:
    ///   - processes: this one included; with 1 none is started.
    ///   - spec: with the threads of all processes, the same number for each.
    ///   - board: made by ``board(threads:processes:)`` for this cell.
    ///   - plan: what the spec was made from, and what the other processes make theirs from.
    /// - Throws: as ``LoadEngine/run(_:board:)`` and ``GeneratorGroup/shares()``.
    static func run(
        _ spec: LoadSpec, processes: Int, board: ProgressBoard, plan: Plan, trust: TLSTrust,
        program: GeneratorGroup.Program = GeneratorGroup.Program()
    ) async throws(ScaleError) -> CellOutcome {
        if processes == 1 { return try await LoadEngine.run(spec, board: board) }
        let each = spec.threads / processes
        let orders = (1..<processes).map {
            CellOrder(plan: plan, spec: spec, trust: trust, loops: $0 * each..<($0 + 1) * each)
        }
        let others = ReactorThread.start { () -> Result<[CellShare], ScaleError> in
            let result = Result { () throws(ScaleError) in
                var group = try GeneratorGroup(orders, board: board, program: program)
                return try group.shares()
            }
            if case .failure = result { board.requestStop() }
            return result
        }
        var own = spec
        own.loops = 0..<each
        let first: Result<CellShare, ScaleError>
        do {
            first = .success(try await LoadEngine.share(own, board: board))
        } catch {
            first = .failure(error)
        }
        let rest = await others.value
        // Where a process failed, all others were merely stopped.
        return try LoadEngine.outcome(of: spec, [try first.get()] + rest.get())
    }

    /// A board that all processes of a cell can see.
    static func board(threads: Int, processes: Int) throws(ScaleError) -> ProgressBoard {
        if processes == 1 { return ProgressBoard(threads: threads) }
        do {
            return try ProgressBoard(sharedBy: threads)
        } catch {
            throw ScaleError(.infrastructure, "generator processes cannot share memory", cause: error.description)
        }
    }
}
