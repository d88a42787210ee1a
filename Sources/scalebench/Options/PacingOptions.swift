import ArgumentParser
import ScaleCore
import ScaleEngine
import ScaleRun

/// What sessions wait for before their steps, and recorded episodes in place of made up ones.
struct PacingOptions: ParsableArguments {
    @Flag(
        help: "Open and reset all sessions first, then let them step all at once for --duration; counts the steps of that time alone.")
    var hold = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How long sessions step with --hold: 60s.", valueName: "time"), transform: Quantity.deadline)
    var duration: Nanoseconds?

    @Flag(help: "Let all sessions wait for the slowest before every step, as a trainer of a batch does.")
    var lockstep = false

    @Option(
        help: ArgumentHelp(
            "Recorded episodes, one JSON object a line: {\"start\": 1.25, \"reset\": {…}, \"steps\": [{\"action\": {…}, \"at\": 0.8}, … ]}, times in seconds. Session i plays episode i modulo their number; -n is that number by default.",
            valueName: "file"),
        completion: .file())
    var trace: String?

    @Option(
        help: ArgumentHelp(
            "How a trace is played: order (each step when the one before is answered, the default) or original (episodes start and steps go out when they were recorded to; late steps are counted).",
            valueName: "kind"),
        completion: .traceTimings)
    var traceTiming: String?

    /// What the flags say, if they do not contradict each other.
    func pacing(steps: Int?) throws(ScaleError) -> Pacing {
        if hold && lockstep { throw .usage("--hold and --lockstep are both given", hint: "use one of them") }
        if duration != nil && !hold { throw .usage("--duration says how long --hold lasts", hint: "add --hold, or drop it") }
        if lockstep { return .lockstep }
        guard hold else { return .free }
        guard let duration else { throw .usage("--hold does not say how long", hint: "add --duration, like --duration 60s") }
        if steps != nil {
            throw .usage("--steps and --hold are both given", hint: "drop --steps: with --hold, --duration says when the steps end")
        }
        return .hold(duration: duration)
    }

    /// Reads the trace, before anything is launched; nil for none.
    func read() throws(ScaleError) -> Trace? {
        let timing = traceTiming.map { TraceTiming(rawValue: $0) }
        if case .some(nil) = timing {
            throw .usage("--trace-timing '\(traceTiming ?? "")' is not known", hint: "use order or original")
        }
        guard let trace else {
            if traceTiming != nil { throw .usage("--trace-timing needs a trace", hint: "add --trace FILE") }
            return nil
        }
        return try Trace.file(trace, timing: (timing ?? .order) ?? .order)
    }
}
