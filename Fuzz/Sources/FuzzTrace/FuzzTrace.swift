import Fuzzing
@testable import Invariants

@main enum FuzzTrace {
    static func main() { fuzz { Invariants.trace($0) } }
}
