// SPDX-License-Identifier: Apache-2.0
internal import HearthCrypto

/// The features a model is fed, in order. A model trained on other features, or on the same in
/// another order, would give numbers that look right and mean nothing.
public struct FeatureSchema: Sendable, Hashable {
    /// Such as `sleep-epoch/1`. The number rises whenever a feature's computation changes.
    public let name: String
    /// The names of the features, in the order of the model's input.
    public let features: [String]

    public init(name: String, features: [String]) {
        self.name = name
        self.features = features
    }

    /// SHA-256, in lower-case hexadecimal, of the canonical JSON
    /// `{"features":[…],"schema":"…"}`.
    public var digest: String {
        let json = CanonicalJSON.sorted([
            .init("schema", .text(name)), .init("features", .list(features.map { .text($0) })),
        ])
        return SHA256Hasher.text(of: json.bytes)
    }
}

/// What this build can run: its version and the features that it computes.
public struct ModelEngine: Sendable {
    /// Rises when the executor learns an operator or the meaning of a bundle changes.
    public var version: Int
    public var schemas: [FeatureSchema]

    public static let currentVersion = 1

    public init(version: Int = ModelEngine.currentVersion, schemas: [FeatureSchema]) {
        self.version = version
        self.schemas = schemas
    }
}

/// Names a person of a public data set without spelling the name out.
///
/// Whoever has the data can tell which of its subjects a model has seen, and so can a benchmark,
/// which must not count them as new. It hides nothing from who has the data.
public enum TrainingSubject {
    /// SHA-256, in lower-case hexadecimal, of `hearth-subject/1`, the name of the data set and the
    /// subject's, joined by line feeds.
    public static func digest(dataset: String, subject: String) -> String {
        SHA256Hasher.text(of: Array("hearth-subject/1\n\(dataset)\n\(subject)".utf8))
    }
}

extension SHA256Hasher {
    /// The hash in lower-case hexadecimal.
    static func text(of bytes: [UInt8]) -> String { text(of: bytes.span) }

    static func text(of bytes: Span<UInt8>) -> String {
        let hasher = SHA256Hasher()
        hasher.update(bytes)
        return Hexadecimal.text(hasher.finish())
    }
}
