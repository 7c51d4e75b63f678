// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthCrypto
import HearthRights
import HearthTestSupport
import HearthVault
import Testing

@Suite struct SignedReceiptTests {
    /// A vault with a hundred heart rates and the receipt of erasing them.
    private func erase() throws -> SignedReceipt {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "hearth-rights-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let vault = try Vault.create(
            at: VaultLocation(
                store: folder.appending(path: "store").path,
                state: folder.appending(path: "state").path),
            passphrase: SecretBytes(copying: Array("a passphrase".utf8).span), kdf: .minimum)
        defer { vault.close() }
        let person = try vault.addPerson(label: "me")
        let session = try vault.beginIngest(for: person.id)
        let device = SourceDevice(vendor: "A", model: "B")
        let times = (0..<100).map { Int64($0) * 60_000_000_000 }
        try session.append(
            SampleBlock(
                device: device, quantity: .heartRate, origin: Origin(file: .hearthCSV),
                times: .irregular(times),
                columns: [.float32((0..<100).map { Float(60 + $0 % 7) })]))
        _ = try session.commit()
        let record = try vault.erase(
            ErasureScope(
                person: person.id, quantities: nil, devices: nil, from: nil, to: nil))
        let scope = ErasureReceipt.Scope(
            person: "me", quantities: nil, devices: nil, from: nil, through: nil)
        let receipt = ErasureReceipt(record, scope: scope, vault: vault.identifier)
        return SignedReceipt(receipt, signedBy: vault)
    }

    @Test func `a receipt verifies after it was written and read again`() throws {
        let signed = try erase()
        #expect(signed.isValid)
        let read = try SignedReceipt(json: signed.json)
        #expect(read == signed)
        #expect(read.isValid)
        #expect(read.receipt.destroyed.samples == 100)
    }

    @Test func `a receipt matches its schema`() throws {
        let project = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let schema = try JSONValue(
            parsing: String(
                contentsOf: project.appending(path: "Schemas/erasure-receipt.schema.json"),
                encoding: .utf8))
        let receipt = try JSONValue(parsing: String(decoding: erase().json, as: UTF8.self))
        #expect(JSONSchemaCheck(schema: schema).problems(in: receipt).isEmpty)
    }

    @Test func `any changed word breaks the signature`() throws {
        var signed = try erase()
        signed.receipt.scope.through = "2026-01-01"
        #expect(!signed.isValid)
        signed = try erase()
        signed.receipt.destroyed.samples += 1
        #expect(!signed.isValid)
        signed = try erase()
        signed.verifyKey = String(signed.verifyKey.reversed())
        #expect(!signed.isValid)
    }

    @Test func `something else than a receipt is refused`() {
        #expect(throws: RightsError.self) { try SignedReceipt(json: Data("{}".utf8)) }
    }

    @Test func `the plain words hold no health value and name what is not covered`() throws {
        let words = try erase().receipt.plainWords
        #expect(words.contains("Erased: all quantities of me, all dates"))
        #expect(words.contains("100 samples"))
    }
}
