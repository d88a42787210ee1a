import Fuzzing
@testable import ImportInvariants

@main enum FuzzTable {
    static func main() { fuzz { ImportInvariants.table($0) } }
}
