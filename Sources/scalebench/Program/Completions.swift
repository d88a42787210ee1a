import ArgumentParser
import ScaleCore
import ScaleProviders

/// What a shell offers for the values of options, from the types that read them.
extension CompletionKind {
    static var modes: CompletionKind { values(of: Mode.self) }
    static var arrivals: CompletionKind { values(of: LoadShape.Arrivals.self) }
    static var addressChoices: CompletionKind { values(of: AddressChoice.self) }
    static var traceTimings: CompletionKind { values(of: TraceTiming.self) }
    static var providers: CompletionKind { .list(ProviderRegistry.all.map { $0.name }) }
    /// As far as they are fixed: the number of a pool is the user's.
    static var connectionPolicies: CompletionKind { .list(["per-session", "per-request", "pool:"]) }

    private static func values<Value: CaseIterable & RawRepresentable>(of type: Value.Type) -> CompletionKind
    where Value.RawValue == String { .list(Value.allCases.map(\.rawValue)) }
}
