// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthInference
import HearthIntake
import HearthModels

/// The stager that a benchmark measures, person by person.
struct BenchmarkedStager {
    /// How a person's stager came about.
    enum Origin: String {
        /// The one of this program, the same for everyone.
        case shipped
        /// One for each person, made without that person.
        case folds
    }

    var origin: Origin
    /// By person; who has none is not staged.
    var models: [String: SleepModel] = [:]
    var trainedOn: Set<String> = []
    var version: String?
    /// Why there is no stager at all.
    var refusal: String?
    /// People without a stager of their own.
    var missing: [String] = []

    /// The name of the data set in the manifests of bundles.
    private static let dataset = "sleep-accel"
    private static let parameters = "parameters.json"

    // MARK: The one of this program

    static func shipped(for people: [String]) -> BenchmarkedStager {
        var result = BenchmarkedStager(origin: .shipped)
        switch SleepModel.shipped {
        case .failure(let refusal): result.refusal = "\(refusal)"
        case .success(let model):
            result.version = model.version
            let manifest = shippedManifest
            for person in people {
                result.models[person] = model
                // Nothing is called unseen that cannot be shown to be.
                if manifest?.wasTrained(on: person, of: dataset) ?? true {
                    result.trainedOn.insert(person)
                }
            }
        }
        return result
    }

    private static var shippedManifest: BundleManifest? {
        guard let embedded = EmbeddedBundle.named("sleep") else { return nil }
        return embedded.withBytes { bytes in
            let bundle = try? ModelBundle(
                verifying: bytes, trusted: .shipped,
                engine: ModelEngine(schemas: [SleepModel.featureSchema]), at: .distantPast)
            return bundle?.manifest
        }
    }

    // MARK: One for each person

    /// - Parameter folder: a folder for each person with `parameters.json` and the model files that
    ///   it names.
    /// - Throws: if a stager that is there cannot be used.
    static func folds(
        _ folder: String, for people: [String]
    ) throws(IntakeError) -> BenchmarkedStager {
        guard (try? FileManager.default.contentsOfDirectory(atPath: folder)) != nil else {
            throw IntakeError(.notFound, "\(folder) is no folder that can be read")
        }
        var result = BenchmarkedStager(origin: .folds)
        for person in people {
            let own = URL(filePath: folder).appending(path: person)
            guard let bytes = file(parameters, in: own) else {
                result.missing.append(person)
                continue
            }
            do throws(InferenceError) {
                // A text editor's last line feed is no part of the text.
                let text = bytes.last == 10 ? Array(bytes.dropLast()) : bytes
                let json = try CanonicalJSON(canonical: text, limits: BundleLimits.parameters)
                let model = try SleepModel(parameters: json) { file($0, in: own) }
                result.models[person] = model
                result.version = model.version
            } catch {
                throw IntakeError(.notReadable, "\(own.path): \(error)")
            }
        }
        if result.models.isEmpty && !people.isEmpty {
            result.refusal = "\(folder) holds no models of any of these people"
        }
        return result
    }

    /// A file right below the folder; `nil` if there is none or it is too large.
    private static func file(_ name: String, in folder: URL) -> [UInt8]? {
        let isName = name.utf8.allSatisfy { $0 != UInt8(ascii: "/") && $0 != 0 }
        guard isName, !name.hasPrefix("."),
            let handle = try? FileHandle(forReadingFrom: folder.appending(path: name)),
            let data = try? handle.read(upToCount: BundleLimits.entryBytes + 1),
            data.count <= BundleLimits.entryBytes
        else { return nil }
        return [UInt8](data)
    }
}
