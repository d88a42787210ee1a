import Fuzzing
@testable import ImportInvariants

@main enum FuzzImport {
    static func main() { fuzz { ImportInvariants.raw($0) } }
}
