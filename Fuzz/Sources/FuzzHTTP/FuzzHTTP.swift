import Fuzzing
@testable import Invariants

@main enum FuzzHTTP {
    static func main() { fuzz { Invariants.http($0) } }
}
