import Fuzzing
@testable import ActionInvariants

@main enum FuzzAction {
    static func main() { fuzz { ActionInvariants.action($0) } }
}
