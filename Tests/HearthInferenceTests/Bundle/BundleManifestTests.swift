// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import Testing

@testable import HearthInference

/// A signature does not make a faulty manifest sound.
@Suite struct BundleManifestTests {
    @Test func `a sound bundle hands out what was signed`() throws {
        let bundle = try load(BundleFixture().bytes())
        #expect(bundle.manifest.model == "test")
        #expect(bundle.manifest.version == "1.0.0")
        #expect(bundle.manifest.sequence == 7)
        #expect(bundle.manifest.expires == Timestamp(seconds: 1_900_000_000))
        #expect(bundle.manifest.labels == ["wake", "sleep"])
        #expect(bundle.manifest.epochSeconds == 30)
        #expect(bundle.signers == [try BundleFixture.key(1).id])
        #expect(bundle.parameters["mean"]?.doubles == [0.5, 2])
        #expect(bundle.card.measuredError.map(\.value) == ["0.1"])
        #expect(bundle.golden.map(\.name) == ["golden.json"])
        #expect(bundle.entry("online.onnx") == [1, 2, 3, 4, 5])
        #expect(bundle.entry("envelope.json") == nil)
    }

    @Test func `the inputs that are there choose the variant`() throws {
        let bundle = try load(BundleFixture().bytes())
        let both = try #require(bundle.manifest.variant(for: ["counts", "heart-rate", "steps"]))
        #expect(both.name == "both")
        #expect(bundle.model(both, for: "night") == [8, 7, 6])
        let counts = try #require(bundle.manifest.variant(for: ["counts"]))
        #expect(counts.name == "counts")
        #expect(bundle.model(counts, for: "night") == nil)
        #expect(bundle.manifest.variant(for: ["heart-rate"]) == nil)
    }

    @Test func `a subject of the training set is known by its digest`() throws {
        let manifest = try load(BundleFixture().bytes()).manifest
        #expect(manifest.wasTrained(on: "a", of: "set"))
        #expect(!manifest.wasTrained(on: "b", of: "set"))
        #expect(!manifest.wasTrained(on: "a", of: "other"))
        // printf 'hearth-subject/1\nset\na' | sha256sum
        #expect(
            manifest.trainingSubjects
                == ["6fbbc76c30224da9933b0959b5da1f34dc24009d74a6dc29c3b7939132194882"])
    }

    @Test func `a manifest without a member, or with one more, is refused`() throws {
        guard case .object(let members) = BundleFixture().manifest else { return }
        #expect(members.count == 13)
        for member in members {
            var fixture = BundleFixture()
            fixture.set(member.name, to: nil)
            #expect(refusal(try fixture.bytes()) == .manifest, "\(member.name)")
            fixture.set(member.name, to: .bool(true))
            #expect(refusal(try fixture.bytes()) == .manifest, "\(member.name)")
        }
        var more = BundleFixture()
        more.set("more", to: .integer(1))
        #expect(refusal(try more.bytes()) == .manifest)
        more = BundleFixture()
        more.set("extensions", to: .sorted([.init("cohort", .text("a"))]))
        #expect(refusal(try more.bytes()) == nil)
    }

    @Test(arguments: [
        ("format", CanonicalJSON.text("hearth-model/2")), ("model", .text("../sleep")),
        ("model", .text("")), ("sequence", .integer(0)), ("sequence", .integer(-1)),
        ("expires", .integer(-1)), ("expires", .integer(9_007_199_254_740_991)),
        ("expires", .text("2030")), ("minimumEngine", .integer(0)), ("epochSeconds", .integer(0)),
        ("labels", .list([.text("wake")])), ("labels", .list([.text("a"), .text("a")])),
        ("labels", .list([.text("a"), .integer(1)])), ("variants", .list([])),
        ("targets", .list([])),
        ("variants", .list([BundleFixture.variant("a", ["x"], ["online": "none.onnx"])])),
        ("variants", .list([BundleFixture.variant("a", ["x"], ["online": "card.json"])])),
        ("variants", .list([BundleFixture.variant("a", [], ["online": "online.onnx"])])),
        ("variants", .list([BundleFixture.variant("a", ["x"], [:])])),
        (
            "training",
            .sorted([.init("data", .text("x")), .init("subjects", .list([.text("Anna")]))])
        ),
        ("features", .sorted([.init("schema", .text("test/1")), .init("sha256", .text("00"))])),
    ])
    func `a member of another form is refused`(name: String, value: CanonicalJSON) throws {
        var fixture = BundleFixture()
        fixture.set(name, to: value)
        #expect(refusal(try fixture.bytes()) == .manifest)
    }

    @Test func `what every bundle needs is asked for`() throws {
        for name in ["card.json", "parameters.json", "golden.json"] {
            var fixture = BundleFixture()
            fixture.entries.removeAll { $0.name == name }
            fixture.listEntries()
            #expect(refusal(try fixture.bytes()) == .manifest, "\(name)")
        }
    }

    @Test func `a signed manifest that is not canonical is refused`() throws {
        let fixture = BundleFixture()
        let text = String(decoding: fixture.manifest.bytes, as: UTF8.self)
        let spellings = [
            text + "\n", " " + text, text.replacing(",", with: ", "),
            text.replacing("\"sequence\":7", with: "\"sequence\":7.0"),
            text.replacing("\"sequence\":7", with: "\"sequence\":07"),
            text.replacing("\"sequence\":7", with: "\"sequence\":7e0"),
            text.replacing("\"sequence\":7", with: "\"sequence\":7,\"sequence\":7"),
            text.replacing("\"sequence\":7", with: "\"sequence\":7,\"sequence\":8"),
            text.replacing("\"test\"", with: "\"\\u0074est\""),
            "{\"version\":\"1.0.0\","
                + text.dropFirst().replacing("\"version\":\"1.0.0\"", with: ""),
            "\u{FEFF}" + text,
        ]
        for spelling in spellings {
            #expect(spelling != text)
            let envelope = try fixture.envelope(payload: Array(spelling.utf8))
            let bytes = BundleFixture.join([("envelope.json", envelope)] + fixture.entries)
            #expect(refusal(bytes) == .manifest, "\(spelling.prefix(40))")
        }
        let whole = try fixture.envelope(payload: Array(text.utf8))
        #expect(
            refusal(BundleFixture.join([("envelope.json", whole)] + fixture.entries)) == nil)
    }

    @Test func `an envelope of another spelling is refused`() throws {
        let fixture = BundleFixture()
        let text = String(decoding: try fixture.envelope(), as: UTF8.self)
        for spelling in [
            text + " ", text.replacing(":", with: ": "), text.replacing("/vnd", with: "\\/vnd"),
            text.replacing("=\"", with: "\""), text.replacing("\"keyid\"", with: "\"keyId\""),
            "{}", "[]", "", text.replacing("\"signatures\":[", with: "\"signatures\":[{},"),
        ] {
            #expect(spelling != text)
            let bytes = BundleFixture.join(
                [("envelope.json", Array(spelling.utf8))] + fixture.entries)
            #expect(refusal(bytes) == .envelope, "\(spelling.prefix(40))")
        }
    }

    @Test func `a card that leaves out an error, the data or the limits is refused`() throws {
        guard case .object(let members) = BundleFixture.card else { return }
        for member in members {
            for value in [nil, CanonicalJSON.list([])] {
                var fixture = BundleFixture()
                var changed = members.filter { $0.name != member.name }
                if let value { changed.append(.init(member.name, value)) }
                fixture.entries[0].bytes = CanonicalJSON.sorted(changed).bytes
                fixture.listEntries()
                #expect(refusal(try fixture.bytes()) == .contents, "\(member.name)")
            }
        }
        var spaced = BundleFixture()
        spaced.entries[4].bytes = Array("{ }".utf8)
        spaced.listEntries()
        #expect(refusal(try spaced.bytes()) == .contents)
    }
}
