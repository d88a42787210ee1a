import Fuzzing
@testable import Invariants

@main enum FuzzWebSocket {
    static func main() { fuzz { Invariants.webSocket($0) } }
}
