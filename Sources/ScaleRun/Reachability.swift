import ScaleCore
import ScaleEngine
import ScaleReactor

/// Whether servers that nobody watches still answer: of those behind a URL no provider can tell that they ended.
enum Reachability {
    /// Between two tries of one address: a server that starts anew, or whose accept queue overflowed, answers by then.
    private static let pauses: [Duration] = [.milliseconds(50), .milliseconds(200), .milliseconds(700)]
    /// For one try; a server that takes longer is slow and not gone.
    private static let patience = Nanoseconds.seconds(2)

    /// A target at which nothing listens any more.
    struct Lost {
        var target: LoadTarget
        /// The `errno`.
        var code: Int32
    }

    /// The targets that refuse a connection at every try, in their order. One that does not answer at all is not among them:
    /// silence is what a server that is too busy gives.
    static func lost(of targets: [LoadTarget]) async -> [Lost] {
        var lost: [Lost] = []
        for target in targets {
            if let code = await refusal(of: target.address) { lost.append(Lost(target: target, code: code)) }
        }
        return lost
    }

    private static func refusal(of address: SocketAddress) async -> Int32? {
        var code = await TargetResolver.knock(address, timeout: patience)
        for pause in pauses {
            guard isGone(code) else { return nil }
            try? await Task.sleep(for: pause)
            code = await TargetResolver.knock(address, timeout: patience)
        }
        return isGone(code) ? code : nil
    }

    private static func isGone(_ code: Int32) -> Bool {
        [Errno.connectionRefused, Errno.hostUnreachable, Errno.networkUnreachable].contains(code)
    }

    /// What is said of a run whose servers went away in mid-grid.
    static func ending(_ lost: [Lost], of count: Int) -> ScaleError? {
        guard let first = lost.first else { return nil }
        let name = first.target.endpoint.redacted
        let others = lost.count > 1 ? " and \(lost.count - 1) more" : ""
        let place =
            count > 1
            ? "\(lost.count) of \(count) servers went away during the grid: nothing listens at \(name)\(others)"
            : "the server at \(name) went away during the grid: nothing listens there"
        return ScaleError(
            .infrastructure, place + " any more", cause: SystemFault.message(first.code),
            hint: "finished cells are kept; start it again, and --resume measures the others")
    }
}
