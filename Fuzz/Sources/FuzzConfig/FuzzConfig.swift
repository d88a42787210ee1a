import Fuzzing
@testable import ConfigInvariants

@main enum FuzzConfig {
    static func main() { fuzz { ConfigInvariants.experiment($0) } }
}
