// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthCrypto
import HearthPipeline
import HearthVault

/// A vault in a folder that is removed with it.
final class TemporaryVault {
    let folder: URL
    let vault: Vault
    let person: Person

    init() throws {
        folder = FileManager.default.temporaryDirectory
            .appending(path: "hearth-pipeline-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let location = VaultLocation(
            store: folder.appending(path: "store").path,
            state: folder.appending(path: "state").path)
        let secret = try SecretBytes(copying: Array("a passphrase".utf8).span)
        vault = try Vault.create(at: location, passphrase: secret, kdf: .minimum)
        person = try vault.addPerson(label: "me")
    }

    deinit {
        vault.close()
        try? FileManager.default.removeItem(at: folder)
    }

    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        let path = folder.appending(path: name).path
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    func ingest(
        _ paths: String..., options: IngestOptions = IngestOptions(),
        onProgress: @escaping (IngestProgress) -> Void = { _ in }
    ) throws -> IngestReport {
        try Ingestor(
            vault: vault, person: person.id, options: options, onProgress: onProgress
        ).ingest(paths)
    }
}

/// Hearth CSV with one heart rate a minute from the given instant on.
func heartRates(from start: String, _ values: [Int]) -> String {
    var text = "time,quantity,value\n"
    let begin = (try? Date(start, strategy: .iso8601)) ?? .now
    for (index, value) in values.enumerated() {
        let time = begin.addingTimeInterval(Double(index) * 60).formatted(.iso8601)
        text += "\(time),heart-rate,\(value)\n"
    }
    return text
}
