// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthInference
import HearthModels
import Testing

/// The models that are part of the program fit the program.
@Suite struct ShippedBundleTests {
    @Test func `every embedded bundle passes every check`() throws {
        #expect(!EmbeddedBundle.all.isEmpty)
        for embedded in EmbeddedBundle.all {
            let bundle = try embedded.withBytes { bytes throws(BundleRefusal) in
                try ModelBundle(
                    verifying: bytes, trusted: .shipped,
                    engine: ModelEngine(schemas: ModelFeatures.all),
                    at: Timestamp(seconds: 1_800_000_000))
            }
            #expect(!bundle.manifest.variants.isEmpty)
            #expect(embedded.withBytes { $0.count } <= 400 * 1024, "\(embedded.name)")
        }
    }

    @Test func `no two feature schemas have one name`() {
        let names = ModelFeatures.all.map(\.name)
        #expect(Set(names).count == names.count)
    }
}
