// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthInference
import HearthIntake
import HearthModels

/// Where a bundle's bytes come from.
enum ModelSource {
    case embedded(EmbeddedBundle)
    case file(path: String, bytes: [UInt8])

    static var embedded: [ModelSource] { EmbeddedBundle.all.map { .embedded($0) } }

    /// The models that a person means: all of the program, one of them, or a file.
    static func find(_ name: String?) throws -> [ModelSource] {
        guard let name else { return embedded }
        if let found = EmbeddedBundle.named(name) { return [.embedded(found)] }
        guard let file = FileHandle(forReadingAtPath: name),
            let data = try? file.read(upToCount: BundleLimits.fileBytes + 1)
        else {
            throw IntakeError(
                .notReadable, "\(name) is neither a model of this program nor a file with content")
        }
        return [.file(path: name, bytes: Array(data))]
    }

    var name: String {
        switch self {
        case .embedded(let bundle): bundle.name
        case .file(let path, _): path
        }
    }

    func withBytes<Value, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        switch self {
        case .embedded(let bundle): try bundle.withBytes(body)
        case .file(_, let bytes): try body(bytes.span)
        }
    }
}

/// A bundle after its checks: the bundle, or why there is none.
struct CheckedBundle {
    let name: String
    let size: Int
    let outcome: Result<ModelBundle, BundleRefusal>

    init(_ source: ModelSource) {
        name = source.name
        let now = Timestamp(seconds: Int64(Date().timeIntervalSince1970))
        (size, outcome) = source.withBytes { bytes in
            do throws(BundleRefusal) {
                let bundle = try ModelBundle(
                    verifying: bytes, trusted: .shipped,
                    engine: ModelEngine(schemas: ModelFeatures.all), at: now)
                return (bytes.count, Result<ModelBundle, BundleRefusal>.success(bundle))
            } catch {
                return (bytes.count, .failure(error))
            }
        }
    }

    var bundle: ModelBundle? { try? outcome.get() }
    var isSound: Bool { bundle != nil }

    var refusal: BundleRefusal? {
        if case .failure(let refusal) = outcome { refusal } else { nil }
    }

    /// Each check with what became of it.
    var checks: [(check: BundleRefusal.Check, verdict: String)] {
        let all = BundleRefusal.Check.allCases
        let failed = refusal.flatMap { all.firstIndex(of: $0.check) } ?? all.count
        return all.enumerated().map { index, check in
            (check, index < failed ? "passed" : index == failed ? "failed" : "not reached")
        }
    }

    func tellRefusal() {
        guard let refusal else { return }
        Messages.error("\(name): \(refusal)")
        Messages.hint("nothing of this file was used; fetch it again from where it came")
    }
}
