// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// A Swift target of ours: the dependency list here is the design's import table, and `ArchitectureTests` holds
/// the import lines of the sources against it.
func module(
    _ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = [], linker: [LinkerSetting] = []
) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict, linkerSettings: linker)
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let histogram: Target.Dependency = .product(name: "Histogram", package: "hdrhistogram-swift")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")

let package = Package(
    name: "scalebench",
    products: [
        .executable(name: "scalebench", targets: ["scalebench"]),
        .executable(name: "scalebench-env", targets: ["scalebench-env"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.0.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0", traits: []),
    ],
    targets: [
        .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),
        .target(name: "CLinux", linkerSettings: [.linkedLibrary("m")]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        module("ScaleCore", []),
        module("ScaleWire", []),
        module("ScaleTLS", ["ScaleCore", "COpenSSL"]),
        module("ScaleReactor", ["ScaleCore", "CLinux"]),
        module("ScaleAnalysis", ["ScaleCore", histogram]),
        module("ScaleEngine", ["ScaleCore", "ScaleAnalysis", "ScaleWire", "ScaleTLS", "ScaleReactor"]),
        module("ScaleEnv", ["ScaleCore", "ScaleWire", "ScaleReactor"]),
        module("ScaleControl", ["ScaleCore", "CCurl"]),
        // The program of a plug-in goes into ours, which then needs no file beside it. Yams reads the openenv.yaml of projects.
        module(
            "ScaleProviders", ["ScaleCore", "ScaleControl", logging, subprocess, yams],
            resources: [.embedInCode("Plugin/openenv_plugin.py")]),
        module("ScaleStore", ["ScaleCore", grdb]),
        module("ScaleReport", ["ScaleCore", "ScaleAnalysis"]),
        module("ScaleConfig", ["ScaleCore", yams]),
        module("ScaleImport", ["ScaleCore", "ScaleAnalysis", "ScaleWire"]),
        module(
            "ScaleRun",
            [
                "ScaleCore", "ScaleAnalysis", "ScaleReactor", "ScaleTLS", "ScaleEngine", "ScaleControl", "ScaleProviders",
                "ScaleStore", logging, subprocess,
            ]),
        program(
            "scalebench",
            [
                "ScaleCore", "ScaleAnalysis", "ScaleReactor", "ScaleTLS", "ScaleEngine", "ScaleEnv", "ScaleControl",
                "ScaleProviders", "ScaleStore", "ScaleReport", "ScaleConfig", "ScaleImport", "ScaleRun", argumentParser, logging,
            ]),
        program("scalebench-env", ["ScaleCore", "ScaleEnv", argumentParser]),
        // What several test targets need: a peer that follows scripts, the table of hostile ones, certificates, patience.
        .target(
            name: "ScaleTestKit", dependencies: ["ScaleCore", "ScaleWire", "ScaleReactor", "ScaleControl", "COpenSSL"],
            path: "Tests/ScaleTestKit", swiftSettings: strict),
        tests("ScaleCoreTests", ["ScaleCore"]),
        tests("ScaleWireTests", ["ScaleWire"]),
        tests("ScaleTLSTests", ["ScaleTLS", "ScaleCore", "COpenSSL", "ScaleTestKit"]),
        tests("ScaleReactorTests", ["ScaleReactor", "ScaleCore", "ScaleTestKit"]),
        tests("ScaleAnalysisTests", ["ScaleAnalysis", "ScaleCore"]),
        tests("ScaleEnvTests", ["ScaleEnv", "ScaleCore", "ScaleWire", "ScaleReactor", "ScaleTestKit"]),
        tests(
            "ScaleEngineTests",
            [
                "ScaleEngine", "ScaleCore", "ScaleAnalysis", "ScaleWire", "ScaleReactor", "ScaleTLS", "ScaleEnv", "ScaleTestKit",
            ]),
        tests("ScaleControlTests", ["ScaleControl", "ScaleCore", "CCurl", "ScaleTestKit"]),
        tests("ScaleProvidersTests", ["ScaleProviders", "ScaleCore", "ScaleControl", "ScaleTestKit"]),
        tests("ScaleStoreTests", ["ScaleStore", "ScaleCore", grdb], resources: [.copy("Fixtures")]),
        tests("ScaleReportTests", ["ScaleReport", "ScaleCore", "ScaleAnalysis"], resources: [.copy("Golden")]),
        tests("ScaleConfigTests", ["ScaleConfig", "ScaleCore", "ScaleTestKit"]),
        tests("ScaleImportTests", ["ScaleImport", "ScaleCore", "ScaleAnalysis", "ScaleReport", "ScaleWire"]),
        tests(
            "ScaleRunTests",
            [
                "ScaleRun", "ScaleCore", "ScaleAnalysis", "ScaleControl", "ScaleEngine", "ScaleEnv", "ScaleProviders",
                "ScaleReactor", "ScaleStore", "ScaleTLS", "ScaleTestKit",
            ]),
        tests("CommandTests", ["ScaleCore", "ScaleStore", "ScaleTestKit", "scalebench", "scalebench-env", subprocess]),
        tests("ArchitectureTests", []),
        tests(
            "EngineTests",
            ["ScaleAnalysis", "ScaleControl", "ScaleCore", "ScaleProviders", "ScaleTestKit", "scalebench", "scalebench-env", subprocess],
            resources: [.copy("Server"), .copy("Recomputation")]),
    ]
)
