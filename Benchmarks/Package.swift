// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

let package = Package(
    name: "hearth-benchmarks",
    platforms: [.macOS("26.0")],
    dependencies: [.package(name: "hearth", path: "..")],
    targets: [
        // Links to the tests' own: ONNX Runtime by dlopen, and a counter of allocations.
        .target(
            name: "COracle", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        .target(name: "CCounter"),
        .executableTarget(
            name: "hearth-bench",
            dependencies: [.product(name: "Hearth", package: "hearth"), "COracle", "CCounter"],
            swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]),
    ]
)
