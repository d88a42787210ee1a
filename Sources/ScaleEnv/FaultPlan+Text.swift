import ScaleCore

/// Faults as they are typed: `NAME=VALUE`, with `P%` for a rate and a number with `us`, `ms` or `s` for a time.
extension FaultPlan {
    /// In the order in which they are listed for a reader.
    private enum Name: String, CaseIterable {
        case resetError = "reset-error"
        case slowStep = "slow-step"
        case drop
        case close1011 = "close-1011"
        case stallAccept = "stall-accept"
        case halfFrame = "half-frame"
        case garbage
        case slowdown

        var example: String {
            switch self {
            case .slowStep: "slow-step=3s@1%"
            case .stallAccept: "stall-accept=5s"
            default: rawValue + "=1%"
            }
        }

        /// Where its value is kept; nil where that is no rate.
        var rate: WritableKeyPath<FaultPlan, Percentage>? {
            switch self {
            case .resetError: \.resetError
            case .slowStep: \.slowStep
            case .drop: \.drop
            case .close1011: \.close1011
            case .stallAccept: nil
            case .halfFrame: \.halfFrame
            case .garbage: \.garbage
            case .slowdown: \.slowdown
            }
        }
    }

    /// Reads faults.
    /// - Parameters:
    ///   - texts: each `NAME=VALUE`, or several with commas between.
    ///   - source: the flag or variable they come from, for errors.
    public init(_ texts: [String], seed: UInt64, source: String) throws(ScaleError) {
        self.init(seed: seed)
        var seen: Set<Name> = []
        for text in texts.flatMap({ $0.split(separator: ",", omittingEmptySubsequences: false) }) {
            let known = Name.allCases.map(\.rawValue).joined(separator: ", ")
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2 else {
                throw .usage("\(source) '\(text)' is not NAME=VALUE", hint: "write it like drop=1%; known are \(known)")
            }
            guard let name = Name(rawValue: parts[0]) else {
                throw .usage("\(source) '\(text)' names no fault", hint: "the known ones are \(known)")
            }
            guard seen.insert(name).inserted else {
                throw .usage("\(source) '\(text)' gives '\(name.rawValue)' a second time", hint: "keep one of them")
            }
            guard set(name, parts[1]) else { throw Self.badValue(of: name, String(text), source) }
        }
        let sum = AnswerFault.allCases.reduce(0) { $0 + percentage(of: $1).percent }
        guard sum <= 100 else {
            throw .usage(
                "\(source) '\(texts.joined(separator: ","))' replaces more than 100 % of the answers",
                hint: "lower drop, close-1011, half-frame and garbage until they add up to 100 % at most")
        }
    }

    private mutating func set(_ name: Name, _ value: String) -> Bool {
        switch name {
        case .stallAccept:
            guard let time = Nanoseconds(typed: value) else { return false }
            stallAccept = time
        case .slowStep:
            let parts = value.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, let time = Nanoseconds(typed: parts[0]), let rate = Percentage(typed: parts[1]) else {
                return false
            }
            (slowStepDelay, slowStep) = (time, rate)
        default:
            guard let rate = Percentage(typed: value), let path = name.rate else { return false }
            self[keyPath: path] = rate
        }
        return true
    }

    private static func badValue(of name: Name, _ text: String, _ source: String) -> ScaleError {
        switch name {
        case .stallAccept:
            .usage("\(source) '\(text)' has no time", hint: "write it like \(name.example): us, ms or s, up to 3600s")
        case .slowStep:
            .usage(
                "\(source) '\(text)' has no time and rate",
                hint: "write it like \(name.example): a time in us, ms or s up to 3600s, and a rate from 0% to 100%")
        default:
            .usage("\(source) '\(text)' has no rate from 0% to 100%", hint: "write it like \(name.example)")
        }
    }

    /// The faults as they can be read again, each on its own.
    public var texts: [String] {
        Name.allCases.compactMap { name in
            switch name {
            case .stallAccept: stallAccept == .zero ? nil : "\(name.rawValue)=\(stallAccept.typed)"
            case .slowStep: slowStep == .never ? nil : "\(name.rawValue)=\(slowStepDelay.typed)@\(slowStep.typed)"
            default:
                name.rate.map { self[keyPath: $0] }.flatMap { $0 == .never ? nil : "\(name.rawValue)=\($0.typed)" }
            }
        }
    }
}

extension Percentage {
    /// Reads `P%`, digits with at most one point.
    init?(typed text: String) {
        guard text.hasSuffix("%"), let number = Double(plain: text.dropLast()) else { return nil }
        self.init(percent: number)
    }

    var typed: String { percent == percent.rounded() ? "\(Int(percent))%" : "\(percent)%" }
}

extension Nanoseconds {
    /// Reads a number with its unit, `us`, `ms` or `s`: from 0 to an hour.
    init?(typed text: String) {
        let units: [(name: String, seconds: Double)] = [("us", 1e-6), ("ms", 1e-3), ("s", 1)]
        guard let unit = units.first(where: { text.hasSuffix($0.name) }),
            let number = Double(plain: text.dropLast(unit.name.count)), number * unit.seconds <= 3600
        else { return nil }
        self = .seconds(number * unit.seconds)
    }

    /// Whole in the largest unit it is whole in; below a microsecond, a fraction of one.
    var typed: String {
        if rawValue % 1_000_000_000 == 0 { return "\(rawValue / 1_000_000_000)s" }
        if rawValue % 1_000_000 == 0 { return "\(rawValue / 1_000_000)ms" }
        return rawValue % 1_000 == 0 ? "\(rawValue / 1_000)us" : "\(Double(rawValue) / 1_000)us"
    }
}

extension Double {
    /// Reads digits with at most one point among them; no sign, no exponent, no name.
    fileprivate init?(plain text: Substring) {
        guard let first = text.utf8.first, let last = text.utf8.last, first != 46, last != 46,
            text.utf8.allSatisfy({ (48...57).contains($0) || $0 == 46 })
        else { return nil }
        self.init(text)
    }
}
