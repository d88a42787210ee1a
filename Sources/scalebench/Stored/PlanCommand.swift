import ArgumentParser
import ScaleAnalysis
import ScaleCore
import ScaleReport
import ScaleStore

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "How many hosts a number of sessions needs, how long a batch takes and what it costs, from stored cells.",
        discussion: """
            Takes what one host held in the stored cells of this mode and wait, keeps the headroom free, and says how many \
            such hosts hold the target, with the stored cells that this rests on. One answer per infrastructure that was \
            measured. What is assumed, or lies beyond what was measured, is said. Where the cells cannot carry an answer \
            there is none, and the exit status is 3.

            Examples:
              scalebench plan --target 16384 --wait 1 --steps 50
              scalebench plan --target 2048 --wait 1 --steps 1 --infra local-2x400
            """)

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Sessions that are to be open at once.", valueName: "N"),
        transform: Quantity.count)
    var target: Int

    @Option(
        parsing: .unconditional, help: ArgumentHelp("What each step waits; it must have been measured.", valueName: "seconds"),
        transform: Quantity.span)
    var wait: Nanoseconds

    @Option(parsing: .unconditional, help: ArgumentHelp("Steps of a session.", valueName: "K"), transform: Quantity.count)
    var steps: Int

    @Option(name: [.customShort("m"), .long], help: "ws or http.", completion: .modes)
    var mode = "ws"

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The share of a host's capacity to keep free, like 20% or 0.2; default: 20%.", valueName: "share"),
        transform: PlanCommand.share)
    var headroom: Double?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("For the cost, in any currency.", valueName: "price"),
        transform: PlanCommand.price)
    var pricePerCoreHour: Double?

    @Option(help: ArgumentHelp("Where results are stored.", valueName: "file"), completion: .file())
    var db = "results/scalebench.sqlite"

    @Option(help: ArgumentHelp("Cells of this run alone; default: of all runs.", valueName: "uuid"))
    var run: String?

    @Option(help: ArgumentHelp("Cells of this infrastructure alone, by its name in reports.", valueName: "name"))
    var infra: String?

    @Flag(help: "One JSON object per infrastructure on standard output.")
    var json = false

    func run() async throws {
        guard let mode = Mode(rawValue: mode) else {
            throw ScaleError.usage("--mode '\(mode)' is not known", hint: "choose ws or http")
        }
        let request = SizingRequest(
            target: target, mode: mode, wait: wait, steps: steps, headroom: headroom ?? SizingRequest.defaultHeadroom,
            pricePerCoreHour: pricePerCoreHour)
        for plan in try SizingPlan.all(request, from: try stored()) {
            if json { Console.out(SizingJSON.line(plan)) } else { SizingText.lines(plan).forEach(Console.out) }
        }
        if let problem = Console.outputError { throw problem }
    }

    private func stored() throws -> [SizingCell] {
        let reader = try RunReader(path: db)
        let selectors = try run.map { [RunSelector.uuid($0)] } ?? reader.runs().map { .id($0.id) }
        let cells = try selectors.flatMap { SizingCell.all(of: try reader.snapshot($0)) }
        guard let infra else { return cells }
        let named = cells.filter { $0.deployment.infra == infra }
        if named.isEmpty {
            let known = Set(cells.map(\.deployment.infra)).sorted().joined(separator: ", ")
            throw ScaleError.usage(
                "--infra '\(infra)' has no stored cell", hint: known.isEmpty ? "there is none at all" : "stored are: \(known)")
        }
        return named
    }

    /// `20%` or `0.2`.
    private static let share: @Sendable (String) throws -> Double = { text in
        let refusal = Quantity.Refusal(description: "give a share from 0 to below 1, like 20% or 0.2")
        let percent = text.hasSuffix("%")
        guard let number = Double(percent ? String(text.dropLast()) : text) else { throw refusal }
        let value = percent ? number / 100 : number
        guard (0..<1).contains(value) else { throw refusal }
        return value
    }

    private static let price: @Sendable (String) throws -> Double = { text in
        guard let value = Double(text), value.isFinite, value >= 0, value <= 1e9 else {
            throw Quantity.Refusal(description: "give a price from 0, like 0.04")
        }
        return value
    }
}
