import Fuzzing
@testable import Invariants

@main enum FuzzMessages {
    static func main() { fuzz { Invariants.messages($0) } }
}
