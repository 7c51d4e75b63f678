// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// What signs models stays out of the tree.
@Suite struct SecretTests {
    static let folders = [
        "Sources", "Tests", "Benchmarks", "Training", "SampleData", "Schemas", "docs", "scripts",
        ".ci",
    ]

    @Test func `no private key is in the tree`() throws {
        // In parts, so that this file does not hold what it looks for.
        let marks = ["RSA ", "EC ", "OPENSSH ", "ENCRYPTED ", ""].map {
            Data(("-----BEGIN " + $0 + "PRIVATE" + " KEY-----").utf8)
        }
        var looked = 0
        for folder in Self.folders {
            for path in try SourceTree.files(below: folder) {
                let suffix = path.split(separator: ".").last.map(String.init) ?? ""
                #expect(!["pem", "key", "p8", "p12", "pfx", "der"].contains(suffix), "\(path)")
                let url = SourceTree.root.appending(path: path)
                guard let data = try? Data(contentsOf: url, options: .mappedIfSafe) else {
                    continue
                }
                looked += 1
                for mark in marks { #expect(data.range(of: mark) == nil, "\(path)") }
            }
        }
        #expect(looked > 300)
    }

    @Test func `the folder in which a new signing key is made is ignored`() throws {
        let ignored = try SourceTree.text(of: ".gitignore").split(separator: "\n")
        #expect(ignored.contains("/out/"))
        #expect(ignored.contains("*.pem"))
        let script = try SourceTree.text(of: "Training/sign_bundle.py")
        #expect(script.contains("PROJECT / \"out\" / \"keys\""))
    }
}
