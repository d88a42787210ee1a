// swift-tools-version: 6.2
import PackageDescription

// Sources/ScaleWire and Sources/Invariants are links to the library's own sources and to the checks its tests run, so
// that nothing else of the package above is built. All of it carries the fuzzer's and the address sanitizer's
// instrumentation.
let sanitizers = ["-sanitize=fuzzer,address"]
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .unsafeFlags(sanitizers + ["-parse-as-library", "-enable-testing"]),
]

func fuzzer(_ name: String) -> Target {
    .executableTarget(
        name: name, dependencies: ["Fuzzing", "Invariants"], swiftSettings: settings,
        linkerSettings: [.unsafeFlags(sanitizers + ["-use-ld=lld"])])
}

let package = Package(
    name: "scalebench-fuzz",
    targets: [
        .target(name: "ScaleWire", swiftSettings: settings),
        .target(name: "Invariants", dependencies: ["ScaleWire"], swiftSettings: settings),
        .target(name: "CFuzzer"),
        .target(name: "Fuzzing", dependencies: ["CFuzzer"], swiftSettings: settings),
        fuzzer("FuzzHTTP"),
        fuzzer("FuzzWebSocket"),
        fuzzer("FuzzMessages"),
        fuzzer("FuzzHandshake"),
        fuzzer("FuzzTrace"),
    ]
)
