// SPDX-License-Identifier: Apache-2.0
import Testing

/// Imports go down only, and each right is held by one target.
@Suite struct LayerTests {
    /// The layer of each target; a target imports only from layers below its own.
    static let layers: [String: Int] = [
        "CSodium": 0, "CZstd": 0, "CArchive": 0, "CZlib": 0,
        "CHearthSystem": 0, "CHearthSQLite": 0, "CHearthBundles": 0, "CHearthKernels": 0,
        "HearthBiosignals": 1, "HearthCrypto": 1,
        "HearthFormats": 2, "HearthDSP": 2, "HearthInference": 2, "HearthVault": 2,
        "HearthModels": 3, "HearthReport": 3, "HearthRights": 3, "HearthIntake": 3,
        "HearthPipeline": 4,
        "hearth": 5, "hearth-worker": 5,
        // The simulated wearer stands aside: it knows the nouns and nothing else.
        "HearthSimulation": 2, "hearth-simulate": 5,
    ]

    /// Who alone may import what.
    static let rights: [String: Set<String>] = [
        "CSodium": ["HearthCrypto"],
        "GRDB": ["HearthVault"],
        "CZstd": ["HearthVault"],
        "CArchive": ["HearthIntake"],
        "CZlib": ["HearthFormats"],
        "CHearthSQLite": ["HearthVault"],
        "CHearthBundles": ["HearthInference"],
        "CHearthKernels": ["HearthInference"],
        "GRDBSQLite": ["HearthIntake", "HearthPipeline"],
        "ArgumentParser": ["hearth", "hearth-simulate"],
    ]

    @Test func `every target has a layer and every layered target exists`() throws {
        let folders = Set(try SourceTree.files(below: "Sources").map(SourceTree.target))
        #expect(folders == Set(Self.layers.keys))
    }

    @Test func `imports go down only`() throws {
        for file in try SourceTree.swiftFiles(below: "Sources") {
            let own = try #require(Self.layers[SourceTree.target(of: file.path)])
            for module in SourceTree.imports(of: file) {
                guard let layer = Self.layers[module] else { continue }
                #expect(layer < own, "\(file.path) imports \(module)")
            }
        }
    }

    @Test func `each right is held by its target alone`() throws {
        for file in try SourceTree.swiftFiles(below: "Sources") {
            for module in SourceTree.imports(of: file) {
                guard let holders = Self.rights[module] else { continue }
                #expect(
                    holders.contains(SourceTree.target(of: file.path)),
                    "\(file.path) imports \(module)")
            }
        }
    }

    @Test func `nothing in the default targets can talk to a network`() throws {
        let forbidden = [
            "FoundationNetworking", "URLSession", "import Network", "NWConnection", "socket(",
            "getaddrinfo", "gethostbyname", "CFSocket", "SOCK_STREAM", "SOCK_DGRAM", "AF_INET",
        ]
        for file in try SourceTree.swiftFiles(below: "Sources") {
            for (index, line) in file.lines.enumerated() where !line.contains("///") {
                for word in forbidden {
                    #expect(!line.contains(word), "\(file.path):\(index + 1) uses \(word)")
                }
            }
        }
        for path in try SourceTree.files(below: "Sources") where path.hasSuffix(".c") {
            let text = try SourceTree.text(of: path)
            #expect(!text.contains("sys/socket.h"), "\(path)")
        }
    }

    @Test func `reading, signal processing, models and reports open nothing and wait for nothing`()
        throws
    {
        let pure = [
            "HearthBiosignals", "HearthFormats", "HearthDSP", "HearthInference", "HearthModels",
            "HearthReport",
        ]
        let forbidden = ["FileHandle", "FileManager", "fopen(", " async ", "await ", "Task {"]
        for target in pure {
            for file in try SourceTree.swiftFiles(below: "Sources/\(target)") {
                for (index, line) in file.lines.enumerated() where !line.contains("//") {
                    for word in forbidden {
                        #expect(!line.contains(word), "\(file.path):\(index + 1) uses \(word)")
                    }
                }
            }
        }
    }
}
