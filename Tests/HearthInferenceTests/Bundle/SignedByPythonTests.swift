// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import Testing

@testable import HearthInference

/// Bundles that `Training/sign_bundle.py` made.
@Suite struct SignedByPythonTests {
    /// RFC 8032, section 7.1, test 1.
    static let publicKey = TrustedKey(
        hexadecimal: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")

    static func load(_ bytes: [UInt8]) throws(BundleRefusal) -> ModelBundle {
        try ModelBundle(
            verifying: bytes.span, trusted: TrustedKeys([publicKey]),
            engine: ModelEngine(schemas: [BundleFixture.schema]), at: BundleFixture.now)
    }

    @Test func `what Python signed is accepted`() throws {
        let bundle = try Self.load(BundleFiles.bytes("signed.hearthmodel"))
        #expect(bundle.manifest.model == "test")
        #expect(bundle.manifest.labels == ["wake", "light", "deep", "rem"])
        #expect(bundle.signers == [Self.publicKey.id])
        #expect(bundle.manifest.wasTrained(on: "a", of: "none"))
        #expect(bundle.parameters["mean"]?.doubles == [0.5, 1e-7])
        let file = try BundleFiles.bytes("test-model/test.onnx")
        #expect(bundle.entry("test.onnx") == file)
    }

    @Test func `the manifest Python signed is written again byte for byte`() throws {
        let bytes = try BundleFiles.bytes("signed.hearthmodel")
        let place = try #require(BundleContainer(bytes.span).entries.first?.place)
        let envelope = try SignedEnvelope(Array(bytes[place]))
        let value = try CanonicalJSON(
            canonical: envelope.payload, limits: BundleLimits.manifest)
        #expect(value.bytes == envelope.payload)
        let parsed = try JSONSerialization.jsonObject(with: Data(envelope.payload))
        #expect((parsed as? [String: Any])?.count == 13)
    }

    @Test func `every changed byte of it is refused`() throws {
        let sound = try BundleFiles.bytes("signed.hearthmodel")
        for place in sound.indices {
            var changed = sound
            changed[place] ^= 1
            #expect(throws: BundleRefusal.self, "byte \(place)") { try Self.load(changed) }
        }
    }

    @Test func `the program holds the bundle files as they are in the folder`() throws {
        #expect(!EmbeddedBundle.all.isEmpty)
        for embedded in EmbeddedBundle.all {
            let path = "Sources/CHearthBundles/Bundles/\(embedded.name)"
            let file = try Data(contentsOf: BundleFiles.project.appending(path: path))
            let bytes = embedded.withBytes { span in span.indices.map { span[$0] } }
            #expect(bytes == Array(file), "\(embedded.name) is not the file; build again")
        }
        #expect(EmbeddedBundle.named("none") == nil)
        let sleep = "Sources/CHearthBundles/Bundles/sleep.hearthmodel"
        let isThere = FileManager.default.fileExists(
            atPath: BundleFiles.project.appending(path: sleep).path)
        #expect(isThere == (EmbeddedBundle.named("sleep") != nil), "touch bundles.c")
    }

    @Test func `the embedded bundles are signed by a shipped key`() throws {
        for embedded in EmbeddedBundle.all {
            try embedded.withBytes { bytes in
                let place = try #require(BundleContainer(bytes).entries.first?.place)
                let envelope = try SignedEnvelope(place.map { bytes[$0] })
                #expect(try !envelope.signers(trusted: .shipped).isEmpty)
            }
        }
    }
}
