// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthVault

/// What a breach may have reached, and drafts of what has to be told (`gdpr` Articles 33 and 34).
///
/// Made of the audit log and the state of the keys. It holds no value, no label and no key.
public struct BreachReport: Sendable {
    /// Hours from becoming aware to telling the authority.
    public static let hoursToTell: Int64 = 72

    public let breach: BreachRecord
    private let vault: String
    private let controller: ControllerIdentity?
    private let people: Int
    /// Of the people's data; the clock says nothing of health.
    private let categories: [String]
    private let keys: [String]
    private let lastCommands: [String]
    private let copies: Int

    /// - Parameter since: from when on the audit log is of interest.
    public init(_ breach: BreachRecord, of vault: Vault, since: Timestamp) throws(VaultError) {
        self.breach = breach
        self.vault = vault.identifier
        controller = try vault.records().controller
        people = vault.people.count
        var held: Set<Category> = []
        var copies = 0
        var isSaid = false
        let ever = (LocalDate(dayNumber: -106_751), LocalDate(dayNumber: 106_751))
        for person in vault.people {
            held.formUnion(
                try vault.streams(of: person.id).map { $0.stream.quantity.facts.category })
            if try !vault.results(of: person.id, from: ever.0, through: ever.1).isEmpty {
                held.insert(.results)
            }
            if try !vault.corrections(of: person.id).isEmpty { isSaid = true }
            copies += try vault.records(of: person.id).disclosures.count
        }
        self.copies = copies
        categories =
            held.subtracting([.clock]).sorted { $0.rawValue < $1.rawValue }.map(Self.words)
            + (isSaid ? ["what people said of themselves (sleep, tags, settings)"] : [])
        keys = vault.keySlots.map(Self.words)
        lastCommands = try vault.auditTrail().filter { $0.time >= since }.suffix(20).map {
            "\($0.time.iso)  \($0.command)  user \($0.user)"
        }
    }

    private static func words(_ category: Category) -> String {
        category == .results ? "results (scores and summaries)" : category.name
    }

    /// What a guess of a slot's secret costs.
    private static func words(_ slot: KeySlotInfo) -> String {
        let work = "Argon2id, \(slot.memLimit >> 20) MiB, \(slot.opsLimit) passes a guess"
        return switch slot.factor {
        case .passphrase: "passphrase: \(work)"
        case .recoveryCode: "recovery code: \(work); too long to be guessed"
        case .keyFile: "key file: 256 random bits, which cannot be guessed; who has the file is in"
        case .passphraseAndKeyFile:
            "passphrase and key file: without the file it cannot be guessed; with it \(work)"
        }
    }

    /// Until when the authority has to be told.
    public var deadline: Timestamp { breach.aware.advanced(bySeconds: Self.hoursToTell * 3600) }

    /// Whole hours left at a time; negative as soon as it is over.
    public func hoursLeft(at now: Timestamp) -> Int64 {
        Calendrical.floorDivide(deadline.seconds - now.seconds, 3600)
    }

    /// `23 hours are left`, `that was 30 minutes ago`.
    private func clock(at now: Timestamp) -> String {
        let seconds = deadline.seconds - now.seconds
        let (hours, minutes) = (Int(abs(seconds) / 3600), Int(abs(seconds) / 60 % 60))
        let time =
            hours > 0
            ? RecordText.counted(hours, "hour", "hours")
            : RecordText.counted(minutes, "minute", "minutes")
        guard seconds >= 0 else { return "that was \(time) ago." }
        return "\(time) \((hours > 0 ? hours : minutes) == 1 ? "is" : "are") left."
    }

    /// What was in reach, in words.
    public func facts(at now: Timestamp) -> String {
        var lines = [
            "Breach \(breach.number): \(breach.what)",
            "Known since \(breach.aware.iso). The authority has to be told by \(deadline.iso): "
                + clock(at: now),
            told("authority", breach.authorityTold), told("people", breach.peopleTold), "",
            "What the vault holds:",
            "  people: \(people); categories: \(categories.isEmpty ? "none" : categories.joined(separator: ", "))",
            "  copies that left it and are not protected by it: \(copies)", "",
            "What somebody with the files alone can do:",
            "  - learn the size of the vault and when its files changed; nothing else without a secret",
            "  - guess what opens it, each guess at this cost:",
        ]
        lines += keys.map { "      \($0)" }
        lines += ["", "What was done with the vault (audit log, newest last):"]
        lines += lastCommands.isEmpty ? ["  nothing"] : lastCommands.map { "  \($0)" }
        lines += [
            "", "Next:",
            "  1. If a passphrase, recovery code or key file may be known: `hearth key rotate`.",
            "     It seals everything under new keys; copies of the old files stay open to the old secret.",
            "  2. If the vault was open on a machine that others controlled, take all of it as read.",
            "  3. Tell the authority within 72 hours unless a risk to people is unlikely; if that risk is",
            "     high, tell the people too. Drafts: --draft authority, --draft people.",
            "  4. Record it: `hearth breach told \(breach.number) --authority`, `--people`.",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    private func told(_ who: String, _ time: Timestamp?) -> String {
        time.map { "The \(who) \(who == "people" ? "were" : "was") told at \($0.iso)." }
            ?? "The \(who) \(who == "people" ? "have" : "has") not been told."
    }

    /// A letter to the supervisory authority; what only people know stands in brackets.
    public var authorityDraft: String {
        """
        To: [supervisory authority]
        From: \(controller.map { "\($0.name), \($0.contact)" } ?? "[controller, contact]")

        Notification of a personal data breach (Article 33 GDPR)

        1. Nature of the breach: \(breach.what). Confidentiality / integrity / availability: [which].
        2. Aware since: \(breach.aware.iso). [If this letter is later than 72 hours: why.]
        3. Data subjects: up to \(RecordText.people(Int(breach.people))). Records: [approximate number].
        4. Categories of data: data concerning health (\(categories.joined(separator: ", "))).
        5. Contact: \(controller?.contact ?? "[data protection officer or other contact]").
        6. Likely consequences: [describe]. The data were encrypted at rest (XChaCha20-Poly1305, key
           derived from a passphrase with Argon2id). [Was a secret exposed too: yes / no / unknown.]
        7. Measures taken or proposed: [keys rotated on …; passphrases changed; copies recalled].

        """
    }

    /// A letter to the people concerned.
    public var peopleDraft: String {
        """
        To: [name]
        From: \(controller.map { "\($0.name), \($0.contact)" } ?? "[controller, contact]")

        What happened to your data (Article 34 GDPR)

        What happened: \(breach.what). We know of it since \(breach.aware.iso).
        Which data: data about your health from wearables (\(categories.joined(separator: ", "))).
        What that can mean for you: [describe in plain words].
        What we have done: [describe]. The data were stored encrypted. [Whether the key was exposed.]
        What you can do: [advice].
        Whom to ask: \(controller?.contact ?? "[contact]").

        """
    }
}
