import ArgumentParser

/// What makes the load: it depends on the host, and on nothing that is measured.
struct HostOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Load-generating threads of each process; default: what pays on this host.", valueName: "T"),
        transform: Quantity.threads)
    var threads: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Processes that make the load together, each with a descriptor limit of its own; 1 by default.", valueName: "P"),
        transform: Quantity.processes)
    var processes = 1

    @Flag(help: "Do not measure the generator's own ceiling first where this host's is not known; see `scalebench calibrate`.")
    var noCalibrate = false
}

/// What makes the load, and what a run does besides its cells.
struct GeneratorOptions: ParsableArguments {
    @OptionGroup var host: HostOptions

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Warn when fewer hosts than this answer before the grid.", valueName: "H"),
        transform: Quantity.count)
    var expectedHosts: Int?

    @Flag(help: "Refuse to run where fewer hosts than --expected-hosts answered.")
    var requireHosts = false

    @Flag(help: "Go on with the latest unfinished run of the same plan: its finished cells are not measured again.")
    var resume = false

    @Flag(help: "Do not try one session before the grid.")
    var noPreflight = false
}
