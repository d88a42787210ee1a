/// What one module may import. Whatever is not listed is forbidden.
struct ModuleRule: Sendable {
    var module: String
    /// Modules of this package, system libraries and C shims included.
    var ours: Set<String> = []
    /// Modules of outside packages.
    var outside: Set<String> = []
    /// What ships with the toolchain, beyond the standard library itself.
    var standard: Set<String> = []
    /// A program may print; a library hands its text to its caller.
    var mayPrint = false

    var allowedImports: Set<String> { ours.union(outside).union(standard).union(["Swift"]) }
    /// What Package.swift may list.
    var allowedDependencies: Set<String> { ours.union(outside) }
}

/// The import table of the design: the one place to change when a module is to see more than it does.
let importTable: [ModuleRule] = [
    ModuleRule(module: "ScaleCore"),
    ModuleRule(module: "ScaleWire"),
    ModuleRule(module: "ScaleTLS", ours: ["ScaleCore", "COpenSSL"]),
    ModuleRule(module: "ScaleReactor", ours: ["ScaleCore", "CLinux"], standard: ["Synchronization"]),
    ModuleRule(module: "ScaleAnalysis", ours: ["ScaleCore"], outside: ["Histogram"], standard: ["Glibc"]),
    ModuleRule(
        module: "ScaleEngine", ours: ["ScaleCore", "ScaleAnalysis", "ScaleWire", "ScaleTLS", "ScaleReactor"],
        standard: ["Synchronization"]),
    ModuleRule(module: "ScaleEnv", ours: ["ScaleCore", "ScaleWire", "ScaleReactor"]),
    ModuleRule(module: "ScaleControl", ours: ["ScaleCore", "CCurl"], standard: ["Synchronization"]),
    ModuleRule(
        module: "ScaleProviders", ours: ["ScaleCore", "ScaleControl"], outside: ["Logging", "Subprocess", "Yams"],
        standard: ["FoundationEssentials", "Glibc", "Synchronization"]),
    ModuleRule(module: "ScaleStore", ours: ["ScaleCore"], outside: ["GRDB"], standard: ["Foundation", "Glibc", "Synchronization"]),
    ModuleRule(module: "ScaleReport", ours: ["ScaleCore", "ScaleAnalysis"]),
    ModuleRule(module: "ScaleConfig", ours: ["ScaleCore"], outside: ["Yams"]),
    ModuleRule(module: "ScaleImport", ours: ["ScaleCore", "ScaleAnalysis", "ScaleWire"]),
    ModuleRule(
        module: "ScaleRun",
        ours: [
            "ScaleCore", "ScaleTLS", "ScaleReactor", "ScaleAnalysis", "ScaleEngine", "ScaleControl", "ScaleProviders",
            "ScaleStore",
        ],
        outside: ["Logging", "Subprocess"],
        standard: ["Foundation", "FoundationEssentials", "Glibc", "Synchronization"]),
    ModuleRule(
        module: "scalebench",
        ours: [
            "ScaleCore", "ScaleTLS", "ScaleReactor", "ScaleAnalysis", "ScaleEngine", "ScaleEnv", "ScaleControl", "ScaleProviders",
            "ScaleStore", "ScaleReport", "ScaleConfig", "ScaleImport", "ScaleRun",
        ],
        outside: ["ArgumentParser", "Logging"],
        standard: ["Foundation", "FoundationEssentials", "Glibc", "Synchronization"], mayPrint: true),
    ModuleRule(
        module: "scalebench-env", ours: ["ScaleCore", "ScaleEnv"], outside: ["ArgumentParser"], mayPrint: true),
]
