// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

/// One set of rules for every Swift target: Swift 6 mode, and a warning fails the build.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]
/// Product targets also mark every unsafe use; tests call C freely.
let product: [SwiftSetting] = strict + [.strictMemorySafety()]

let argumentParser: Target.Dependency = .product(
    name: "ArgumentParser", package: "swift-argument-parser")
let sqlite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")

func tests(
    _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []
) -> Target {
    .testTarget(
        name: name, dependencies: dependencies + ["HearthTestSupport"], path: "Tests/\(name)",
        exclude: exclude, swiftSettings: strict)
}

let package = Package(
    name: "hearth",
    platforms: [.macOS("26.0")],
    products: [
        .library(name: "HearthFormats", targets: ["HearthBiosignals", "HearthFormats"]),
        .library(name: "HearthModels", targets: ["HearthDSP", "HearthModels"]),
        .library(
            name: "Hearth",
            targets: [
                "HearthBiosignals", "HearthFormats", "HearthDSP", "HearthInference", "HearthModels",
                "HearthCrypto", "HearthVault", "HearthRights", "HearthReport", "HearthIntake",
                "HearthPipeline",
            ]),
        .executable(name: "hearth", targets: ["hearth"]),
        .executable(name: "hearth-worker", targets: ["hearth-worker"]),
        .executable(name: "hearth-simulate", targets: ["hearth-simulate"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        // Layer 0: C.
        .systemLibrary(
            name: "CSodium", pkgConfig: "libsodium",
            providers: [.apt(["libsodium-dev"]), .brew(["libsodium"])]),
        .systemLibrary(
            name: "CZstd", pkgConfig: "libzstd",
            providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),
        .systemLibrary(
            name: "CArchive", pkgConfig: "libarchive",
            providers: [.apt(["libarchive-dev"]), .brew(["libarchive"])]),
        .systemLibrary(
            name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .target(name: "CHearthSystem"),
        .target(name: "CHearthSQLite", dependencies: [sqlite]),
        // The bundles are embedded by the compiler (#embed), not copied beside the program.
        .target(name: "CHearthBundles", exclude: ["Bundles"]),
        .target(name: "CHearthKernels"),

        // Layer 1: nouns and keys.
        .target(name: "HearthBiosignals", swiftSettings: product),
        .target(
            name: "HearthCrypto", dependencies: ["CSodium", "CHearthSystem"],
            swiftSettings: product),

        // Layer 2: bytes to samples, signal processing, the store.
        .target(
            name: "HearthFormats", dependencies: ["HearthBiosignals", "CZlib"],
            swiftSettings: product),
        .target(name: "HearthDSP", dependencies: ["HearthBiosignals"], swiftSettings: product),
        .target(
            name: "HearthInference",
            dependencies: [
                "HearthBiosignals", "HearthCrypto", "CHearthBundles", "CHearthKernels",
            ],
            swiftSettings: product),
        .target(
            name: "HearthVault",
            dependencies: [
                "HearthBiosignals", "HearthCrypto", "CZstd", "CHearthSystem", "CHearthSQLite", grdb,
            ],
            swiftSettings: product),

        // Layer 3: scoring, reports, rights.
        .target(
            name: "HearthModels",
            dependencies: ["HearthBiosignals", "HearthDSP", "HearthInference"],
            swiftSettings: product),
        .target(
            name: "HearthReport", dependencies: ["HearthBiosignals", "HearthDSP"],
            swiftSettings: product),
        .target(
            name: "HearthRights",
            dependencies: ["HearthBiosignals", "HearthCrypto", "HearthFormats", "HearthVault"],
            swiftSettings: product),

        // Containers, databases and readers behind one door: what runs in the worker.
        .target(
            name: "HearthIntake",
            dependencies: [
                "HearthBiosignals", "HearthFormats", "CArchive", "CHearthSystem", sqlite,
            ],
            swiftSettings: product),

        // Layer 4: opens input files.
        .target(
            name: "HearthPipeline",
            dependencies: [
                "HearthBiosignals", "HearthCrypto", "HearthFormats", "HearthDSP", "HearthInference",
                "HearthModels", "HearthVault", "HearthRights", "HearthReport", "HearthIntake",
                "CHearthSystem", sqlite,
            ],
            swiftSettings: product),

        // Layer 5: the command.
        .executableTarget(
            name: "hearth",
            dependencies: [
                "HearthBiosignals", "HearthCrypto", "HearthFormats", "HearthInference",
                "HearthModels", "HearthVault", "HearthRights", "HearthReport", "HearthIntake",
                "HearthPipeline", "CHearthSystem",
                argumentParser,
            ],
            swiftSettings: product),

        // The worker: parses one input in a sandbox. No keys, no Foundation, one file to start.
        .executableTarget(
            name: "hearth-worker", dependencies: ["HearthIntake", "CHearthSystem"],
            swiftSettings: product, linkerSettings: [.unsafeFlags(["-static-stdlib"])]),

        // The simulated wearer: sample data with known truth.
        .target(
            name: "HearthSimulation", dependencies: ["HearthBiosignals"], swiftSettings: product),
        .executableTarget(
            name: "hearth-simulate", dependencies: ["HearthSimulation", argumentParser],
            swiftSettings: product),

        // Tests, and what they share: contract checkers, seeded generators, slow references.
        .target(
            name: "HearthTestSupport",
            dependencies: [
                "HearthBiosignals", "HearthFormats", "HearthDSP", "HearthInference", sqlite,
            ],
            path: "Tests/Support", swiftSettings: strict),
        // ONNX Runtime, opened while running and only if it is there: the oracle of the executor.
        .target(
            name: "COrt", path: "Tests/ORT",
            linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        // Counts allocations, to hold that a step makes none.
        .target(name: "CAllocations", path: "Tests/Allocations"),
        // `hearth-conformance table|mutate`: every sample file against its reference, and mutants.
        .executableTarget(
            name: "hearth-conformance",
            dependencies: [
                "HearthBiosignals", "HearthFormats", "HearthInference", "HearthIntake",
                "HearthPipeline", "HearthTestSupport", argumentParser,
            ],
            path: "Tests/Conformance", swiftSettings: strict),
        // The fault laboratory: `hearth-faults run|page` tries to break what the vault promises.
        .target(
            name: "HearthFaults",
            dependencies: [
                "HearthBiosignals", "HearthCrypto", "HearthVault", "HearthRights",
                "HearthPipeline", "HearthSimulation", "HearthTestSupport", "CHearthSystem",
                "CZlib",
            ],
            path: "Tests/Faults/Lab", swiftSettings: strict),
        .executableTarget(
            name: "hearth-faults",
            dependencies: [
                "HearthFaults", "HearthBiosignals", "HearthCrypto", "HearthVault", argumentParser,
            ],
            path: "Tests/Faults/Command", swiftSettings: strict),
        tests("FaultTests", ["HearthFaults", "hearth", "hearth-faults"]),
        tests("HearthBiosignalsTests", ["HearthBiosignals"]),
        tests("HearthCryptoTests", ["HearthCrypto", "CHearthSystem"]),
        tests("HearthFormatsTests", ["HearthBiosignals", "HearthFormats"]),
        tests("HearthDSPTests", ["HearthBiosignals", "HearthDSP"]),
        tests(
            "HearthInferenceTests",
            [
                "HearthBiosignals", "HearthCrypto", "HearthInference", "CHearthKernels", "COrt",
                "CAllocations",
            ],
            exclude: ["Fixtures"]),
        tests(
            "HearthVaultTests", ["HearthBiosignals", "HearthCrypto", "HearthVault"],
            exclude: ["Fixtures"]),
        tests(
            "HearthModelsTests",
            ["HearthBiosignals", "HearthDSP", "HearthInference", "HearthModels"],
            exclude: ["Fixtures"]),
        tests("HearthReportTests", ["HearthBiosignals", "HearthReport"], exclude: ["Snapshots"]),
        tests(
            "HearthRightsTests",
            ["HearthBiosignals", "HearthCrypto", "HearthFormats", "HearthVault", "HearthRights"]),
        tests(
            "HearthIntakeTests",
            ["HearthBiosignals", "HearthFormats", "HearthIntake", "CArchive", sqlite]),
        tests(
            "HearthPipelineTests",
            [
                "HearthBiosignals", "HearthCrypto", "HearthFormats", "HearthIntake", "HearthModels",
                "HearthVault", "HearthRights", "HearthReport", "HearthPipeline", "HearthSimulation",
                "CArchive", "CHearthSystem",
            ]),
        tests("HearthSimulationTests", ["HearthBiosignals", "HearthFormats", "HearthSimulation"]),
        // Acts that the worker's sandbox must refuse, tried one by one.
        .executableTarget(
            name: "hearth-sandbox-check", dependencies: ["CHearthSystem"], path: "Tests/Sandbox"),
        tests("CLI", ["HearthCrypto", "hearth", "hearth-simulate", "hearth-sandbox-check"]),
        tests("Repository", []),
    ]
)

// The fuzzer is built only on request, with -sanitize=fuzzer: see CONTRIBUTING.md.
if Context.environment["HEARTH_FUZZ"] != nil {
    package.targets += [
        .target(name: "CFuzzer", path: "Tests/Fuzz/CFuzzer"),
        .executableTarget(
            name: "hearth-fuzz",
            dependencies: ["CFuzzer", "HearthTestSupport"], path: "Tests/Fuzz/Sources",
            swiftSettings: [.swiftLanguageMode(.v6)]),
    ]
}
