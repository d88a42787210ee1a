import ScaleCore

/// What a run measures next. A value without a clock: it is asked, told what was measured, and asked again.
///
/// A run goes from block to block: what a block names is launched, measured in turns, and stopped.
public protocol Course: Sendable {
    /// Cells to come; nil where that depends on what they will show.
    var planned: Int? { get }
    /// The most sessions of a cell to come; nil where that is not known.
    var largest: CellKey? { get }
    /// Nil where nothing is left to do.
    func nextBlock() -> CourseBlock?
    /// What to do now in a block; done where it is over.
    /// - Parameter elapsed: time since this course was taken up.
    func next(in block: CourseBlock, elapsed: Nanoseconds) -> CourseStep
    /// Takes a cell that was measured on an infrastructure.
    mutating func finish(_ cell: CellRecord, on infrastructure: Int)
    /// Passes over a cell, and what depends on it.
    mutating func skip(_ key: CellKey, on infrastructure: Int)
    /// Leaves out what is left of a block, or of everything on its infrastructures.
    mutating func abandon(_ block: CourseBlock, wholly: Bool)
    /// Nothing more is measured in a block that came to its end.
    mutating func end(_ block: CourseBlock)
    /// How the searches of a block stand; empty without one, and without those that have not ended.
    func conclusions(in block: CourseBlock) -> [(load: CellCourse.Load, conclusion: CapacitySearch.Conclusion)]
}

extension Course {
    public mutating func end(_ block: CourseBlock) {}
    public func conclusions(in block: CourseBlock) -> [(load: CellCourse.Load, conclusion: CapacitySearch.Conclusion)] { [] }
}

/// What is alive together, from a launch to a stop.
public struct CourseBlock: Hashable, Sendable {
    /// Their places in the list of infrastructures, in the order of launch; at least one.
    public var infrastructures: [Int]
    /// The repetition, from 1; 1 for a search, which is one block to its end; of a duel, the round.
    public var round: Int

    public init(infrastructures: [Int], round: Int) {
        self.infrastructures = infrastructures
        self.round = round
    }
}

public enum CourseStep: Hashable, Sendable {
    /// - Parameters:
    ///   - on: the place of the infrastructure.
    ///   - why: nil where the plan names the cell.
    case measure(CellKey, on: Int, why: CapacitySearch.Reason?)
    /// - Parameter short: what there was too little of; nil where nothing is left to do.
    case done(short: CellCourse.Shortage?)
}
