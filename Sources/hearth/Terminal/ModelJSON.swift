// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthInference

enum ModelJSON {
    static func text(of value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

/// `hearth model list --json`
struct ModelListJSON: Encodable {
    struct Row: Encodable {
        var file: String
        var bytes: Int
        var sound: Bool
        /// The check that failed.
        var failed: String?
        var model: String?
        var version: String?
        var sequence: Int64?
    }

    var schema = "hearth.models/1"
    var models: [Row]

    init(_ bundles: [CheckedBundle]) {
        models = bundles.map { checked in
            let manifest = checked.bundle?.manifest
            return Row(
                file: checked.name, bytes: checked.size, sound: checked.isSound,
                failed: checked.refusal?.check.rawValue, model: manifest?.model,
                version: manifest?.version, sequence: manifest?.sequence)
        }
    }
}

/// `hearth model verify --json`
struct ModelVerificationJSON: Encodable {
    struct Row: Encodable {
        struct Check: Encodable {
            var check: String
            var verdict: String
        }

        var file: String
        var sound: Bool
        var checks: [Check]
        var reason: String?
        var signers: [String]
        var sha256: String?
    }

    var schema = "hearth.model-verification/1"
    var bundles: [Row]

    init(_ bundles: [CheckedBundle]) {
        self.bundles = bundles.map { checked in
            Row(
                file: checked.name, sound: checked.isSound,
                checks: checked.checks.map { .init(check: $0.check.rawValue, verdict: $0.verdict) },
                reason: checked.refusal?.description, signers: checked.bundle?.signers ?? [],
                sha256: checked.bundle?.digest)
        }
    }
}

/// `hearth model show --json`
struct ModelCardsJSON: Encodable {
    struct Measurement: Encodable {
        var measure: String
        var value: String
        var on: String
    }

    struct Variant: Encodable {
        var name: String
        var inputs: [String]
        var files: [String: String]
    }

    struct Model: Encodable {
        var model: String
        var version: String
        var sequence: Int64
        /// Seconds since 1970; absent if it never expires.
        var expires: Int64?
        var title: String
        var intendedUse: [String]
        var data: [String]
        var measuredError: [Measurement]
        var limits: [String]
        var trainingData: String
        var trainingSubjects: [String]
        var labels: [String]
        var epochSeconds: Int
        var featureSchema: String
        var featureSHA256: String
        var minimumEngine: Int
        var variants: [Variant]
        var signers: [String]
        var sha256: String
    }

    var schema = "hearth.model-cards/1"
    var models: [Model]

    init(_ bundles: [ModelBundle]) { models = bundles.map(Self.model) }

    private static func model(_ bundle: ModelBundle) -> Model {
        let manifest = bundle.manifest
        let card = bundle.card
        return Model(
            model: manifest.model, version: manifest.version, sequence: manifest.sequence,
            expires: manifest.expires?.seconds, title: card.title, intendedUse: card.intendedUse,
            data: card.data,
            measuredError: card.measuredError.map {
                Measurement(measure: $0.measure, value: $0.value, on: $0.population)
            },
            limits: card.limits, trainingData: manifest.trainingData,
            trainingSubjects: manifest.trainingSubjects, labels: manifest.labels,
            epochSeconds: manifest.epochSeconds, featureSchema: manifest.featureSchema,
            featureSHA256: manifest.featureDigest, minimumEngine: manifest.minimumEngine,
            variants: manifest.variants.map { variant in
                Variant(
                    name: variant.name, inputs: variant.inputs,
                    files: Dictionary(
                        variant.files.map { ($0.use, $0.file) }, uniquingKeysWith: { a, _ in a }))
            },
            signers: bundle.signers, sha256: bundle.digest)
    }
}
