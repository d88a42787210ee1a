import Fuzzing
@testable import Invariants

@main enum FuzzHandshake {
    static func main() { fuzz { Invariants.handshake($0) } }
}
