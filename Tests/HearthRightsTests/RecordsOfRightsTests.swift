// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthCrypto
import HearthRights
import HearthTestSupport
import HearthVault
import Testing

/// A vault in a temporary folder with a person and three days of heart rates and steps.
final class RightsFixture {
    let folder: URL
    let vault: Vault
    let person: Person
    static let day: Int64 = 86_400

    init() throws {
        folder = FileManager.default.temporaryDirectory
            .appending(path: "hearth-rights-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        vault = try Vault.create(
            at: VaultLocation(
                store: folder.appending(path: "store").path,
                state: folder.appending(path: "state").path),
            passphrase: SecretBytes(copying: Array("a passphrase".utf8).span), kdf: .minimum)
        person = try vault.addPerson(label: "ada lovelace")
        let session = try vault.beginIngest(for: person.id)
        for quantity in [Quantity.heartRate, .steps] {
            let times = (0..<72).map { (Self.day * 20_000 + Int64($0) * 3600) * 1_000_000_000 }
            try session.append(
                SampleBlock(
                    device: SourceDevice(vendor: "A", model: "B"), quantity: quantity,
                    origin: Origin(file: .hearthCSV), times: .irregular(times),
                    columns: [.float32(times.indices.map { Float(60 + $0 % 7) })]))
        }
        _ = try session.commit()
    }

    deinit {
        vault.close()
        try? FileManager.default.removeItem(at: folder)
    }

    static func time(_ day: Int64, _ second: Int64 = 0) -> Timestamp {
        Timestamp(seconds: Self.day * (20_000 + day) + second)
    }
}

@Suite struct RecordsOfRightsTests {
    @Test func `a signed document is read back, and any changed character is found`() throws {
        let fixture = try RightsFixture()
        _ = try fixture.vault.addConsent(
            ConsentEvent(
                kind: .given, time: RightsFixture.time(0), purposes: [.keep], categories: [.sleep],
                how: "signed form"), of: fixture.person.id)
        let document = try ConsentDocument(of: fixture.person.id, in: fixture.vault)
        let signed = SignedDocument(document.record, signedBy: fixture.vault)
        let text = signed.json
        #expect(!text.contains("lovelace"))
        let back = try SignedDocument(json: Array(text.utf8))
        #expect(back == signed && back.isValid)
        let forged = text.replacingOccurrences(of: "signed form", with: "signed farm")
        #expect(forged != text)
        #expect(try !SignedDocument(json: Array(forged.utf8)).isValid)
        #expect(throws: RightsError.self) { _ = try SignedDocument(json: Array("{}".utf8)) }
        #expect(document.receipt(1) != nil && document.receipt(2) == nil)
    }

    /// The terms were looked up in DPV 2.3 and its extensions `eu-gdpr`, `pd` and `dpv-27560`.
    @Test func `only terms that the vocabularies have are used`() throws {
        let fixture = try RightsFixture()
        for kind in [ConsentEvent.Kind.given, .withdrawn] {
            _ = try fixture.vault.addConsent(
                ConsentEvent(
                    kind: kind, time: RightsFixture.time(0), purposes: Set(Purpose.allCases),
                    categories: Set(HearthBiosignals.Category.choosable),
                    expires: RightsFixture.time(9),
                    how: "x", notice: [UInt8](repeating: 9, count: 32)), of: fixture.person.id)
        }
        let known: Set<String> = [
            "dpv-27560:record-eu-gdpr", "dpv:Analyse", "dpv:Collect", "dpv:ConsentGiven",
            "dpv:ConsentNotice", "dpv:ConsentRecord", "dpv:ConsentWithdrawn", "dpv:DataController",
            "dpv:DataProcessingRecord", "dpv:DataSubject", "dpv:EncryptionAtRest",
            "dpv:CryptographicMethods", "dpv:ExplicitlyExpressedConsent", "dpv:LocalLocation",
            "dpv:PersonalDataProcess", "dpv:PersonalisedBenefits", "dpv:RecordManagement",
            "dpv:ResearchAndDevelopment", "dpv:ServiceProvision", "dpv:Share",
            "dpv:SpecialCategoryPersonalData", "dpv:StorageDuration", "dpv:StorageLocation",
            "dpv:Store", "dpv:UntilEventDuration", "dpv:UntilTimeDuration", "dpv:hasConsentControl",
            "dpv:WithdrawConsent", "dpv:hasConsentStatus", "dpv:hasContact",
            "dpv:hasDataController", "dpv:hasDataSubject", "dpv:hasDuration",
            "dpv:hasIndicationMethod", "dpv:hasLegalBasis", "dpv:hasLocation", "dpv:hasName",
            "dpv:hasNotice", "dpv:hasPersonalData", "dpv:hasProcess", "dpv:hasProcessing",
            "dpv:hasPurpose", "dpv:hasRecipient", "dpv:hasRight", "dpv:hasStorageCondition",
            "dpv:hasTechnicalMeasure", "dpv:isExercisedAt", "dpv:isIndicatedAtTime",
            "dpv:isIndicatedBy", "eu-gdpr:A7-3", "eu-gdpr:A9-2-a", "pd:Behavioural", "pd:Health",
            "pd:PhysicalHealth",
        ]
        let record = try ConsentDocument(of: fixture.person.id, in: fixture.vault).record.json
        let processing = try ProcessingRecord(of: fixture.vault).linkedData.json
        let used = Set(
            (record + processing).matches(of: /(dpv|dpv-27560|eu-gdpr|pd):[A-Za-z0-9-]+/)
                .map { String($0.output.0) })
        #expect(used.subtracting(known) == [])
        #expect(used.count > 30)
    }

    @Test func `equal policies give equal notices, and another policy another`() throws {
        var records = VaultRecords()
        func text(_ law: Law = .gdpr) -> String {
            Notice(records, law: law, version: "1", models: ["a: b"]).markdown
        }
        let personal = text()
        #expect(personal.contains("neither a law nor a contract asks for them"))
        #expect(personal.contains("kept until you erase it"))
        #expect(personal == text() && personal.contains("a person's own use"))
        records.mode = .controller
        records.controller = ControllerIdentity(name: "A <b> & Co", contact: "c")
        let first = text()
        #expect(first != personal && first.contains("The controller is A <b> & Co."))
        #expect(first.contains("kept until it is erased") && !first.contains("you erase"))
        var care = records
        care.set(
            CategoryPolicy(category: .heart, purposes: [.keep], basis: .healthCare), of: .heart)
        let cared = Notice(care, law: .gdpr, version: "1", models: []).markdown
        #expect(cared.contains("Ask the controller at the contact above whether a law"))
        let html = Notice(records, law: .gdpr, version: "1", models: []).html
        #expect(html.contains("A &lt;b&gt; &amp; Co") && !html.contains("<b>"))
        records.set(
            CategoryPolicy(
                category: .heart, purposes: [.keep], basis: .consent, keepDays: 30), of: .heart)
        #expect(text() != first && text().contains("kept for 30 days"))
        #expect(text(.ccpa).contains("The business is"))
        #expect(text(.gdpr).contains("data about health, a special category of personal data."))
        #expect(text(.ccpa).contains("data about health, sensitive personal information."))
        #expect(!text(.ccpa).contains("special category"))
    }

    @Test func `what is due is what started before midnight of the day reached back to`() throws {
        let fixture = try RightsFixture()
        var records = VaultRecords()
        records.set(
            CategoryPolicy(category: .heart, purposes: [.keep], basis: .household, keepDays: 1),
            of: .heart)
        try fixture.vault.store(records, command: "policy set")
        // In the evening of the third day one day reaches back to the midnight before the second.
        let retention = Retention(vault: fixture.vault, now: RightsFixture.time(2, 80_000))
        let due = try retention.due()
        #expect(due.map(\.category) == [.heart] && due.map(\.samples) == [24])
        #expect(due.first?.cutoff == RightsFixture.time(1))
        let record = try retention.apply(due[0])
        #expect(record.samples == 24)
        #expect(try retention.due().isEmpty)
        #expect(
            try fixture.vault.records(of: fixture.person.id).resultsKeptBefore
                == RightsFixture.time(1))
        #expect(
            try fixture.vault.streams(of: fixture.person.id).map(\.samples).sorted() == [48, 72])
    }

    @Test func `retention does not undo what the person erased before`() throws {
        let fixture = try RightsFixture()
        let own = try fixture.vault.erase(
            ErasureScope(
                person: fixture.person.id, quantities: Category.heart.quantities,
                from: RightsFixture.time(0, 3600), to: RightsFixture.time(0, 7200)))
        var records = VaultRecords()
        records.set(
            CategoryPolicy(category: .heart, purposes: [.keep], basis: .household, keepDays: 1),
            of: .heart)
        try fixture.vault.store(records, command: "policy set")
        for day in [2, 3] {
            let retention = Retention(
                vault: fixture.vault, now: RightsFixture.time(Int64(day), 80_000))
            for due in try retention.due() { _ = try retention.apply(due) }
        }
        // One tombstone a quantity, and retention's own is replaced by its next.
        let opened = try fixture.vault.resurrect(
            receipt: own.receiptID, of: fixture.person.id)
        #expect(opened == Category.heart.quantities.count)
    }

    @Test func `a name that a spreadsheet would run is made harmless`() throws {
        let fixture = try RightsFixture()
        var records = VaultRecords()
        records.mode = .controller
        records.controller = ControllerIdentity(name: "=HYPERLINK(1)", contact: "a, \"b\"")
        try fixture.vault.store(records, command: "policy mode")
        let csv = try ProcessingRecord(of: fixture.vault).csv
        #expect(csv.contains(",'=HYPERLINK(1),\"a, \"\"b\"\"\"\n"))
        #expect(csv.split(separator: "\n").count == 12)
    }

    @Test func `the clock of a breach runs from when it was known`() throws {
        let fixture = try RightsFixture()
        var records = VaultRecords()
        let made = records.add(
            BreachRecord(
                aware: RightsFixture.time(0), recorded: RightsFixture.time(0), what: "lost",
                people: 1))
        let report = try BreachReport(made, of: fixture.vault, since: .distantPast)
        #expect(report.deadline == RightsFixture.time(3))
        #expect(report.hoursLeft(at: RightsFixture.time(2)) == 24)
        #expect(report.facts(at: RightsFixture.time(4)).contains("that was 24 hours ago"))
        let all =
            report.facts(at: RightsFixture.time(1)) + report.authorityDraft + report.peopleDraft
        #expect(!all.contains("lovelace") && all.contains("heart, movement"))
    }

    @Test func `the clock of a breach tells minutes, before and after`() throws {
        let fixture = try RightsFixture()
        let report = try breach(of: fixture)
        for (second, words) in [
            (Int64(-30 * 60), "30 minutes are left."), (30 * 60, "that was 30 minutes ago."),
            (-3600, "1 hour is left."), (0, "0 minutes are left."), (3600, "that was 1 hour ago."),
        ] {
            let facts = report.facts(at: RightsFixture.time(3, second))
            #expect(facts.contains(words), "\(second) s")
        }
        #expect(report.hoursLeft(at: RightsFixture.time(3, 1)) == -1)
    }

    @Test func `a breach letter names results and what people said, and no clock`() throws {
        let fixture = try RightsFixture()
        let (vault, me) = (fixture.vault, fixture.person.id)
        let session = try vault.beginIngest(for: me)
        try session.append(
            SampleBlock(
                device: SourceDevice(vendor: "A", model: "B"), quantity: .zoneOffset,
                origin: Origin(file: .hearthCSV),
                times: .irregular([RightsFixture.time(0).nanoseconds]),
                columns: [.float32([3600]), .float32([1])]))
        _ = try session.commit()
        #expect(try vault.streams(of: me).count == 3)
        let before = try breach(of: fixture).authorityDraft
        #expect(before.contains("data concerning health (heart, movement)"))
        #expect(before.contains("up to 1 person."))
        try vault.set(.maximumHeartRate, to: 182, of: me)
        try vault.storeResults(
            [
                StoredResult(
                    day: LocalDate(dayNumber: 20_000), model: "day/1", inputDigest: [1],
                    payload: [2])
            ], of: me)
        let words =
            "(heart, movement, results (scores and summaries), what people said of themselves (sleep, "
            + "tags, settings))"
        let report = try breach(of: fixture)
        #expect(report.authorityDraft.contains(words) && report.peopleDraft.contains(words))
    }

    @Test func `a breach report tells what a guess costs, and that a key file has none`() throws {
        let fixture = try RightsFixture()
        func file() throws -> HeldSecret {
            try HeldSecret(SecretBytes(copying: [UInt8](repeating: 7, count: 32).span))
        }
        _ = try fixture.vault.addKeySlot(Credential(keyFile: file()), kdf: .minimum)
        _ = try fixture.vault.addKeySlot(
            Credential(
                passphrase: HeldSecret(SecretBytes(copying: Array("another one".utf8).span)),
                keyFile: file()), kdf: .minimum)
        let facts = try breach(of: fixture).facts(at: RightsFixture.time(0))
        #expect(facts.contains("\n      passphrase: Argon2id, "))
        #expect(facts.contains("\n      key file: 256 random bits, which cannot be guessed"))
        #expect(facts.contains("\n      passphrase and key file: without the file it cannot be"))
        #expect(!facts.contains(" 0 MiB") && !facts.contains("0 passes"))
    }

    private func breach(of fixture: RightsFixture) throws -> BreachReport {
        var records = VaultRecords()
        let made = records.add(
            BreachRecord(
                aware: RightsFixture.time(0), recorded: RightsFixture.time(0), what: "lost",
                people: 1))
        return try BreachReport(made, of: fixture.vault, since: .distantPast)
    }

    @Test func `models for an access report hold everything that was recorded`() throws {
        let fixture = try RightsFixture()
        let device = try #require(try fixture.vault.streams(of: fixture.person.id).first?.device.id)
        _ = try fixture.vault.amend(
            Amendment(
                quantity: .heartRate, device: device, from: RightsFixture.time(0),
                to: RightsFixture.time(0, 60), change: .replace([61]), made: RightsFixture.time(5),
                reason: "slipped"), of: fixture.person.id)
        _ = try fixture.vault.addRestriction(
            Restriction(
                categories: [.heart], from: .distantPast, to: .distantFuture,
                made: RightsFixture.time(5), reason: "dispute"), of: fixture.person.id)
        let model = try PersonRightsModel(
            of: fixture.person.id, in: fixture.vault, at: RightsFixture.time(6))
        #expect(model.amendments.map(\.values) == [[61]])
        #expect(model.restrictions.map(\.from) == [nil])
        #expect(model.restrictions.map(\.reason) == ["dispute"])
        let data = try JSONEncoder().encode(model)
        #expect(try JSONDecoder().decode(PersonRightsModel.self, from: data) == model)
    }
}
