// swift-tools-version: 6.2
import PackageDescription

// Links under Sources lead to the library's own sources and to the checks its tests run, so that nothing else of the
// package above is built; of ScaleEngine and ScaleImport only what parses is here. All of it carries the fuzzer's and the address
// sanitizer's instrumentation.
let sanitizers = ["-sanitize=fuzzer,address"]
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .unsafeFlags(sanitizers + ["-parse-as-library", "-enable-testing"]),
]

/// - Parameter checks: the module with what must hold.
func fuzzer(_ name: String, _ checks: Target.Dependency) -> Target {
    .executableTarget(
        name: name, dependencies: ["Fuzzing", checks], swiftSettings: settings,
        linkerSettings: [.unsafeFlags(sanitizers + ["-use-ld=lld"])])
}

let package = Package(
    name: "scalebench-fuzz",
    dependencies: [.package(url: "https://github.com/jpsim/Yams", from: "6.0.0")],
    targets: [
        .target(name: "ScaleWire", swiftSettings: settings),
        .target(name: "Invariants", dependencies: ["ScaleWire"], swiftSettings: settings),
        .target(name: "ScaleCore", swiftSettings: settings),
        .target(name: "ScaleEngine", dependencies: ["ScaleCore", "ScaleWire"], swiftSettings: settings),
        .target(name: "ActionInvariants", dependencies: ["ScaleCore", "ScaleEngine", "ScaleWire"], swiftSettings: settings),
        .target(name: "ScaleImport", dependencies: ["ScaleCore", "ScaleWire"], swiftSettings: settings),
        .target(name: "ImportInvariants", dependencies: ["ScaleCore", "ScaleImport", "ScaleWire"], swiftSettings: settings),
        .target(name: "ScaleConfig", dependencies: ["ScaleCore", .product(name: "Yams", package: "Yams")], swiftSettings: settings),
        .target(name: "ConfigInvariants", dependencies: ["ScaleConfig", "ScaleCore"], swiftSettings: settings),
        .target(name: "CFuzzer"),
        .target(name: "Fuzzing", dependencies: ["CFuzzer"], swiftSettings: settings),
        fuzzer("FuzzHTTP", "Invariants"),
        fuzzer("FuzzWebSocket", "Invariants"),
        fuzzer("FuzzMessages", "Invariants"),
        fuzzer("FuzzHandshake", "Invariants"),
        fuzzer("FuzzTrace", "Invariants"),
        fuzzer("FuzzAction", "ActionInvariants"),
        fuzzer("FuzzImport", "ImportInvariants"),
        fuzzer("FuzzTable", "ImportInvariants"),
        fuzzer("FuzzConfig", "ConfigInvariants"),
    ]
)
