import ScaleCore

/// One infrastructure of a stored run with all its cells: two deployments are not repetitions of each other.
public struct StoredInfra: Sendable {
    /// What reports call it.
    public var name: String
    public var record: DeploymentRecord?
    /// In the order they were measured.
    public var cells: [CellRecord]

    public init(name: String, record: DeploymentRecord?, cells: [CellRecord]) {
        self.name = name
        self.record = record
        self.cells = cells
    }

    /// The repetitions of each load, in ascending order of the loads.
    public var loads: [(load: CellLoad, cells: [CellRecord])] {
        Dictionary(grouping: cells) { CellLoad($0.key) }.sorted { $0.key < $1.key }.map { (load: $0.key, cells: $0.value) }
    }
}

extension RunSnapshot {
    /// What was measured, in the order of its first cells.
    public var infras: [StoredInfra] {
        var order: [Int64] = []
        for cell in cells where !order.contains(cell.deployment) { order.append(cell.deployment) }
        return order.map { id in
            StoredInfra(name: name(of: id), record: deployments[id], cells: cells.filter { $0.deployment == id }.map(\.record))
        }
    }
}

extension [CellRecord] {
    /// Why none of the repetitions of a load says anything about the servers, in one sentence without its full stop; nil where one
    /// does.
    var invalidity: String? {
        if contains(where: \.valid) { return nil }
        if isEmpty { return "no cell is stored" }
        let whose = count == 1 ? "its only cell" : "all of its \(count.grouped) cells"
        let limiters = Set(filter { !$0.isTerminated }.map(\.verdict.limiter))
        var causes: [String] = []
        if limiters.contains(where: { $0 != .sessionLeak }) { causes.append("the generator's own limits stopped") }
        if limiters.contains(.sessionLeak) { causes.append("sessions of others held places of the servers in") }
        if contains(where: \.isTerminated) { causes.append("the servers were ended in") }
        let sentence = "\(causes[0]) \(whose)" + causes.dropFirst().map { ", or \($0) them" }.joined()
        return causes.count > 1 || limiters.isEmpty ? sentence : sentence + ", which says nothing about the servers"
    }
}
