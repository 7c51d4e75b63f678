// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthCrypto

@testable import HearthInference

/// A bundle in parts, put together by a writer that shares nothing with the reader but JSON.
struct BundleFixture {
    var manifest: CanonicalJSON
    /// Entries beside the envelope.
    var entries: [(name: String, bytes: [UInt8])]
    /// Seeds of the keys that sign.
    var seeds: [UInt8] = [1]

    static let schema = FeatureSchema(name: "test/1", features: ["one", "two"])
    static let engine = ModelEngine(version: 3, schemas: [schema])
    static let now = Timestamp(seconds: 1_800_000_000)

    static func key(_ seed: UInt8) throws -> TrustedKey {
        TrustedKey(publicKey: try signingKey(seed).publicKey)
    }

    static func signingKey(_ seed: UInt8) throws -> SigningKey {
        let bytes = try SecretBytes(copying: [UInt8](repeating: seed, count: 32).span)
        return try SigningKey(seed: bytes)
    }

    /// A small sound bundle.
    init() {
        entries = [
            ("card.json", Self.card.bytes), ("golden.json", Array("golden".utf8)),
            ("night.onnx", [8, 7, 6]), ("online.onnx", [1, 2, 3, 4, 5]),
            (
                "parameters.json",
                CanonicalJSON.sorted([.init("mean", .list([.number(0.5), .integer(2)]))]).bytes
            ),
        ]
        manifest = .null
        manifest = Self.manifest(of: entries)
    }

    static let card = CanonicalJSON.sorted([
        .init("title", .text("Test")), .init("intendedUse", .list([.text("To test.")])),
        .init("data", .list([.text("None.")])), .init("limits", .list([.text("Knows nothing.")])),
        .init(
            "measuredError",
            .list([
                .sorted([
                    .init("measure", .text("kappa")), .init("value", .text("0.1")),
                    .init("on", .text("nobody")),
                ])
            ])),
    ])

    static func targets(_ entries: [(name: String, bytes: [UInt8])]) -> CanonicalJSON {
        .list(
            entries.map { entry in
                .sorted([
                    .init("name", .text(entry.name)),
                    .init("size", .integer(Int64(entry.bytes.count))),
                    .init("sha256", .text(SHA256Hasher.text(of: entry.bytes))),
                ])
            })
    }

    static func manifest(of entries: [(name: String, bytes: [UInt8])]) -> CanonicalJSON {
        .sorted([
            .init("format", .text("hearth-model/1")), .init("model", .text("test")),
            .init("version", .text("1.0.0")), .init("sequence", .integer(7)),
            .init("expires", .integer(1_900_000_000)), .init("minimumEngine", .integer(3)),
            .init("epochSeconds", .integer(30)),
            .init("labels", .list([.text("wake"), .text("sleep")])),
            .init(
                "features",
                .sorted([
                    .init("schema", .text("test/1")), .init("sha256", .text(schema.digest)),
                ])),
            .init(
                "training",
                .sorted([
                    .init("data", .text("None.")),
                    .init(
                        "subjects",
                        .list([.text(TrainingSubject.digest(dataset: "set", subject: "a"))])),
                ])),
            .init("targets", targets(entries)),
            .init(
                "variants",
                .list([
                    variant(
                        "both", ["counts", "heart-rate"],
                        ["online": "online.onnx", "night": "night.onnx"]),
                    variant("counts", ["counts"], ["online": "online.onnx"]),
                ])),
            .init("extensions", .object([])),
        ])
    }

    static func variant(
        _ name: String, _ inputs: [String], _ files: [String: String]
    ) -> CanonicalJSON {
        .sorted([
            .init("name", .text(name)), .init("inputs", .list(inputs.map { .text($0) })),
            .init("files", .sorted(files.map { .init($0.key, .text($0.value)) })),
        ])
    }

    /// Changes a member of the manifest; `nil` takes it away.
    mutating func set(_ name: String, to value: CanonicalJSON?) {
        guard case .object(var members) = manifest else { return }
        members.removeAll { $0.name == name }
        if let value { members.append(.init(name, value)) }
        manifest = .sorted(members)
    }

    /// Lists the entries as they are now.
    mutating func listEntries() { set("targets", to: Self.targets(entries)) }

    func envelope(payload: [UInt8]? = nil) throws -> [UInt8] {
        let payload = payload ?? manifest.bytes
        let type = "application/vnd.hearth.model-manifest+json"
        let message = Array("DSSEv1 \(type.count) \(type) \(payload.count) ".utf8) + payload
        let lines: [CanonicalJSON] = try seeds.map { seed in
            let signature = try Self.signingKey(seed).sign(message.span)
            return .sorted([
                .init("keyid", .text(try Self.key(seed).id)),
                .init("sig", .text(Data(signature).base64EncodedString())),
            ])
        }
        return CanonicalJSON.sorted([
            .init("payload", .text(Data(payload).base64EncodedString())),
            .init("payloadType", .text(type)), .init("signatures", .list(lines)),
        ]).bytes
    }

    func bytes() throws -> [UInt8] {
        Self.join([("envelope.json", try envelope())] + entries)
    }

    static func join(_ entries: [(name: String, bytes: [UInt8])]) -> [UInt8] {
        var body: [UInt8] = []
        for entry in entries {
            body += little(UInt64(entry.name.utf8.count), 2) + Array(entry.name.utf8)
            body += little(UInt64(entry.bytes.count), 4) + entry.bytes
        }
        return [0x89] + Array("HMODEL\n".utf8) + little(1, 4) + little(UInt64(entries.count), 4)
            + little(UInt64(24 + body.count), 8) + body
    }

    static func little(_ value: UInt64, _ width: Int) -> [UInt8] {
        (0..<width).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    }
}

/// Loads as a program would.
func load(
    _ bytes: [UInt8], keys: [UInt8] = [1], threshold: Int = 1,
    engine: ModelEngine = BundleFixture.engine, at time: Timestamp = BundleFixture.now
) throws(BundleRefusal) -> ModelBundle {
    let trusted = TrustedKeys(keys.compactMap { try? BundleFixture.key($0) }, threshold: threshold)
    return try ModelBundle(verifying: bytes.span, trusted: trusted, engine: engine, at: time)
}

/// The check that refuses the bytes; `nil` if they are accepted.
func refusal(
    _ bytes: [UInt8], keys: [UInt8] = [1], threshold: Int = 1,
    engine: ModelEngine = BundleFixture.engine, at time: Timestamp = BundleFixture.now
) -> BundleRefusal.Check? {
    do {
        _ = try load(bytes, keys: keys, threshold: threshold, engine: engine, at: time)
        return nil
    } catch {
        return error.check
    }
}

/// Files beside the tests.
enum BundleFiles {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures/bundle")

    static let project = folder.deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appending(path: name)))
    }
}
