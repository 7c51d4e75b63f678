// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import Testing

@testable import HearthInference

/// Who signed, for which engine and features, and until when.
@Suite struct BundleTrustTests {
    @Test func `a bundle of another key is refused`() throws {
        var fixture = BundleFixture()
        fixture.seeds = [2]
        #expect(refusal(try fixture.bytes()) == .signature)
        #expect(refusal(try fixture.bytes(), keys: [1, 2]) == nil)
        #expect(refusal(try BundleFixture().bytes(), keys: []) == .signature)
    }

    @Test func `a signature in the name of another key is refused`() throws {
        let fixture = BundleFixture()
        let own = try BundleFixture.key(1).id
        let other = try BundleFixture.key(2).id
        let text = String(decoding: try fixture.envelope(), as: UTF8.self)
        let renamed = Array(text.replacing(own, with: other).utf8)
        let bytes = BundleFixture.join([("envelope.json", renamed)] + fixture.entries)
        #expect(refusal(bytes, keys: [1, 2]) == .signature)
    }

    @Test func `a signature over another manifest is refused`() throws {
        let fixture = BundleFixture()
        var other = fixture
        other.set("sequence", to: .integer(8))
        let mine = try CanonicalJSON(
            canonical: fixture.envelope(), limits: BundleLimits.envelope)
        let theirs = try CanonicalJSON(canonical: other.envelope(), limits: BundleLimits.envelope)
        let mixed = CanonicalJSON.sorted([
            .init("payload", theirs["payload"] ?? .null),
            .init("payloadType", mine["payloadType"] ?? .null),
            .init("signatures", mine["signatures"] ?? .null),
        ])
        let bytes = BundleFixture.join([("envelope.json", mixed.bytes)] + fixture.entries)
        #expect(refusal(bytes) == .signature)
    }

    @Test func `the payload's type is part of what is signed`() throws {
        let fixture = BundleFixture()
        let text = String(decoding: try fixture.envelope(), as: UTF8.self)
        let changed = text.replacing("model-manifest+json", with: "model-manifest+text")
        let bytes = BundleFixture.join([("envelope.json", Array(changed.utf8))] + fixture.entries)
        #expect(refusal(bytes) == .envelope)
    }

    @Test func `the signed bytes are those of the DSSE specification`() {
        // The example of the specification's section on the pre-authentication encoding.
        let bytes = SignedEnvelope.signedBytes(
            type: "http://example.com/HelloWorld", payload: Array("hello world".utf8))
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == "DSSEv1 29 http://example.com/HelloWorld 11 hello world")
    }

    @Test func `a threshold asks for that many different keys`() throws {
        var fixture = BundleFixture()
        #expect(refusal(try fixture.bytes(), keys: [1, 2, 3], threshold: 2) == .signature)
        fixture.seeds = [1, 1]
        #expect(refusal(try fixture.bytes(), keys: [1, 2, 3], threshold: 2) == .signature)
        #expect(refusal(try fixture.bytes(), keys: [1, 2, 3], threshold: 1) == .signature)
        fixture.seeds = [1, 3]
        #expect(refusal(try fixture.bytes(), keys: [1, 2, 3], threshold: 2) == nil)
        #expect(try load(fixture.bytes(), keys: [1, 2, 3]).signers.count == 2)
        // Keys the program does not know are passed over, so that a key can be replaced.
        fixture.seeds = [9, 1]
        #expect(refusal(try fixture.bytes()) == nil)
        fixture.seeds = [9, 1]
        #expect(refusal(try fixture.bytes(), threshold: 2) == .signature)
        fixture.seeds = Array(1...9)
        #expect(refusal(try fixture.bytes()) == .envelope)
    }

    @Test func `a model for a newer engine is refused`() throws {
        let bytes = try BundleFixture().bytes()
        let older = ModelEngine(version: 2, schemas: [BundleFixture.schema])
        #expect(refusal(bytes, engine: older) == .engine)
        let newer = ModelEngine(version: 4, schemas: [BundleFixture.schema])
        #expect(refusal(bytes, engine: newer) == nil)
    }

    @Test func `a model that wants other features is refused`() throws {
        let bytes = try BundleFixture().bytes()
        let others: [[FeatureSchema]] = [
            [], [FeatureSchema(name: "test/2", features: ["one", "two"])],
            [FeatureSchema(name: "test/1", features: ["two", "one"])],
            [FeatureSchema(name: "test/1", features: ["one"])],
            [FeatureSchema(name: "test/1", features: ["one", "two", "three"])],
        ]
        for schemas in others {
            let engine = ModelEngine(version: 3, schemas: schemas)
            #expect(refusal(bytes, engine: engine) == .features, "\(schemas)")
        }
    }

    @Test func `a bundle past its time is refused, to the second`() throws {
        let bytes = try BundleFixture().bytes()
        #expect(refusal(bytes, at: Timestamp(seconds: 1_900_000_000)) == nil)
        #expect(refusal(bytes, at: Timestamp(seconds: 1_900_000_001)) == .expiry)
        var lasting = BundleFixture()
        lasting.set("expires", to: .null)
        #expect(refusal(try lasting.bytes(), at: .distantFuture) == nil)
    }

    @Test func `a refusal says what failed and holds no content`() throws {
        let bytes = try BundleFixture().bytes()
        let engine = ModelEngine(version: 2, schemas: [])
        let error = #expect(throws: BundleRefusal.self) { try load(bytes, engine: engine) }
        #expect(
            error?.description
                == "the check of the engine failed: found a model for engine 3; expected at most 2, "
                + "which this program has")
    }
}
