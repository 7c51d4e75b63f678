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
    private func erase(salt: [UInt8]? = nil) throws -> SignedReceipt {
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
        let receipt = ErasureReceipt(
            record, scope: ErasureScopeWords(person: "me"), vault: vault.identifier, salt: salt)
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
        // Readers of linked data keep the order of its sentences.
        #expect(
            receipt["receipt"]?["@context"]?["inWords"]?["@container"] == .text("@list"))
    }

    @Test func `every changed, added or missing byte is noticed`() throws {
        let file = [UInt8](try erase().json)
        func isBelieved(_ bytes: [UInt8]) -> Bool {
            (try? ReceiptCheck(Data(bytes)))?.isValid ?? false
        }
        #expect(isBelieved(file))
        let seed = UInt64.random(in: 1...(1 << 32))
        var random = SeededRandom(seed: seed)
        for place in file.indices {
            var changed = file
            changed[place] ^= UInt8(1 << Int.random(in: 0..<8, using: &random))
            #expect(!isBelieved(changed), "seed \(seed), byte \(place)")
            changed = file
            changed.insert(0x20, at: place)
            #expect(!isBelieved(changed), "a space before byte \(place)")
            changed = file
            changed.remove(at: place)
            #expect(!isBelieved(changed), "without byte \(place)")
        }
        #expect(!isBelieved(file + [0x0A]))
    }

    @Test func `a minimal receipt tells neither whose nor what, and its hash can be opened`() throws
    {
        let salt = [UInt8](0..<16)
        let signed = try erase(salt: salt)
        #expect(signed.isValid && signed.receipt.scope == nil)
        #expect(!String(decoding: signed.json, as: UTF8.self).contains("quantities"))
        // SHA-256 of the bytes 00 to 0f and {"person":"me"}, from Python's hashlib.
        let known = "97ca441a09abaec11cf7a69ea083bd47777b272ad6022f4876ee021cc69e1e9c"
        #expect(signed.receipt.scopeHash == known)
        #expect(ErasureScopeWords.hash("{\"person\":\"you\"}", salt: salt) != known)
    }

    @Test func `a receipt of the earlier form is still believed, and a changed one is not`() throws
    {
        let check = try ReceiptCheck(Data(Self.earlier.utf8))
        #expect(check.isValid)
        #expect(check.id == "d74943746072cd7f98558c877fe75254")
        #expect(check.words.contains("2 samples"))
        let forged = Self.earlier.replacingOccurrences(
            of: "\"samples\" : 2", with: "\"samples\" : 1")
        #expect(forged != Self.earlier)
        #expect(try !ReceiptCheck(Data(forged.utf8)).isValid)
    }

    /// Written by the program before receipts were signed over their very bytes.
    private static let earlier = """
        {
          "receipt" : {
            "@context" : {
              "dpv" : "https://w3id.org/dpv#"
            },
            "@type" : [
              "dpv:RightExerciseRecord",
              "dpv:Erase"
            ],
            "auditHeadAfter" : "c6e455b622b2a9faea50d0293cfdb3121b86d4626114d59afad8daece2552166",
            "auditHeadBefore" : "f139e69ed32a6b584a40e18780f49e21c6a197e7a60fc839e0069f148996363b",
            "checks" : {
              "fileSystem" : "ext4",
              "filesScanned" : true,
              "keysReadBack" : true
            },
            "completedAt" : "2026-11-21T21:55:24Z",
            "destroyed" : {
              "bytes" : 4096,
              "keyHashes" : [
                "40e3cb5d46f4b1daccb67ace95e94b06",
                "9019bc0663c0f7f528f3739763692235",
                "16d9328fd356e575f64575b349b6a06f"
              ],
              "keys" : 3,
              "packs" : 1,
              "samples" : 2
            },
            "generation" : 7,
            "id" : "d74943746072cd7f98558c877fe75254",
            "level" : "E3",
            "requestedAt" : "2026-11-21T21:55:24Z",
            "residualRisks" : [
              "Copies made before the erase, such as backups and snapshots, are not reached.",
              "Files exported earlier are not reached.",
              "A flash drive may keep an old copy of an overwritten block that only its maker's tools can read."
            ],
            "scope" : {
              "person" : "me",
              "quantities" : [
                "heart-rate"
              ],
              "through" : "2026-01-05"
            },
            "vault" : "907ebf2e453db73b7e203b5c9524f330"
          },
          "signature" : "8405bbb052f05a6e6cea6ed21a9cde1f76dcb3941102adad12899cfe6882283041d9aee3bda468dfc6200a3d942f117684189f03d14fa3a24734642bb39c3301",
          "verifyKey" : "1d129f56c49da93952428a62fee753487b6ef4405ff92b4a32c261187c1abc68"
        }
        """

    @Test func `the levels follow what was checked`() throws {
        let receipt = try erase().receipt
        let inPlace = receipt.levelReason == nil
        #expect(receipt.level == (inPlace ? .noBlock : .noFile))
        #expect(receipt.plainWords.contains("Level: \(receipt.level.rawValue): "))
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
