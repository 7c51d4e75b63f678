// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import HearthBiosignals
import HearthCrypto
import HearthPipeline
import HearthReport
import HearthRights
import HearthVault

struct EraseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase", abstract: "Destroy data for good, with a signed receipt.",
        discussion: """
            Shows what would be destroyed and asks. The keys of the erased packs are overwritten \
            where they lie, so that copies of the packs stay closed; ingesting the same file again \
            does not bring the data back. What was computed from it goes along. Corrections of \
            sleep go with the quantity sleep-stage, tags with event; they are of no device. \
            --category and --quantity together mean both; everything else narrows. Without any of \
            them everything of the person is erased. --rotate makes all keys new afterwards, so that \
            even raw blocks of the drive and the secrets of today stay closed (level E4).
            """)

    @Option(
        name: .customLong("category"),
        help: ArgumentHelp(
            "Only this group of quantities, such as heart; may be repeated.", valueName: "name"))
    var categories: [HearthBiosignals.Category] = []

    @OptionGroup var selection: SelectionOptions
    @Flag(help: "Show what would be destroyed, and do nothing.") var dryRun = false
    @Flag(help: "Do not ask.") var yes = false
    @Option(
        help: ArgumentHelp(
            "Where to write the receipt (default: hearth-receipt-….json here).", valueName: "file"))
    var receipt: String?
    @Flag(
        help: """
            Put a hash in the receipt in place of whose and what; what it stands for goes into a \
            second file, for you alone.
            """)
    var minimal = false
    @Flag(help: "Then make all keys new, under a new passphrase, as `hearth key rotate` does.")
    var rotate = false

    @OptionGroup var new: NewPassphrase
    @OptionGroup var vault: VaultOptions
    @OptionGroup var person: PersonOption

    func validate() throws {
        guard categories.contains(.results) else { return }
        guard Set(categories) == [.results], selection.quantities.isEmpty else {
            throw ValidationError(
                "--category results stands alone: with samples goes what was computed from them")
        }
        guard selection.devices.isEmpty else {
            throw ValidationError("results are of no device: leave --device out")
        }
    }

    func run() throws {
        try Failure.handled {
            let opened = try vault.open()
            let who = try person.find(in: opened)
            let scope = try scope(of: who, in: opened)
            let impact = try opened.impact(of: scope)
            guard
                impact.samples + impact.corrections + impact.results > 0 || impact.wholePerson
            else {
                print("there is nothing to erase in this selection")
                return
            }
            show(impact, of: who)
            if dryRun { return Messages.note("a dry run: nothing was erased") }
            var ending = try ErasureEnding(
                scope, words(who), in: opened, to: receipt.map { .file($0) } ?? .folder("."))
            ending.telling = .inFull
            ending.isMinimal = minimal
            guard yes || ErasureEnding.confirmed() else {
                Messages.note("nothing was erased")
                throw ExitStatus.failed
            }
            let next = rotate ? try Credential(new.secret(), as: .passphrase) : nil
            let record = try opened.erase(scope)
            guard let next else { return try ending.finish(record, in: opened) }
            let renewed: Vault
            do { renewed = try rekeyed(opened, next) } catch {
                // What was erased is erased; the receipt says how far it came.
                try ending.finish(record, in: opened)
                throw error
            }
            try ending.finish(record, in: renewed, isRekeyed: true)
        }
    }

    private func scope(of who: Person, in vault: Vault) throws -> ErasureScope {
        guard categories.contains(.results) else {
            let zone = try ScoringService(vault: vault, person: who.id).zoneTimeline
            return ErasureScope(
                person: who.id, quantities: quantities, devices: selection.deviceSet,
                from: selection.start(in: zone), to: selection.end(in: zone))
        }
        // A result is of a local day, and found by that day's number wherever it was.
        var scope = ErasureScope(
            person: who.id, from: selection.from?.firstInstantUTC,
            to: selection.to?.advanced(by: 1).firstInstantUTC)
        scope.results = .only
        return scope
    }

    private func words(_ who: Person) -> ErasureScopeWords {
        ErasureScopeWords(
            person: who.label,
            categories: categories.isEmpty ? nil : categories.map(\.name).sorted(),
            quantities: selection.quantitySet.map { $0.map(\.name).sorted() },
            devices: selection.deviceSet.map { $0.map(\.text).sorted() },
            from: selection.from?.description, through: selection.to?.description)
    }

    /// The vault under new keys, opened again.
    private func rekeyed(_ vault: Vault, _ next: Credential) throws -> Vault {
        let code = try vault.rotateKeys(to: next, kdf: new.kdf.parameters)
        SessionText.end(at: self.vault.location)
        Messages.note("all keys are new; only the new passphrase opens the vault")
        if let code { RecoveryCodeText.show(code) }
        Messages.note("destroy the old recovery code and the old key files")
        return try Vault.open(at: self.vault.location, with: next)
    }

    /// The quantities of the categories and those named; `nil` if neither is given.
    private var quantities: Set<Quantity>? {
        guard !categories.isEmpty else { return selection.quantitySet }
        let grouped = Quantity.allCases.filter { categories.contains($0.facts.category) }
        return (selection.quantitySet ?? []).union(grouped)
    }

    private func show(_ impact: ErasureImpact, of who: Person) {
        print(dryRun ? "This would be destroyed:" : "This will be destroyed, for good:")
        for stream in impact.streams {
            let vendor = [stream.device.vendor, stream.device.model].filter { !$0.isEmpty }
            let device =
                vendor.isEmpty ? "" : " of \(SafeText.clean(vendor.joined(separator: " ")))"
            print("  \(stream.stream.quantity.name): \(stream.samples) samples\(device)")
        }
        if impact.corrections > 0 { print("  \(impact.corrections) corrections and tags") }
        if categories.contains(.results) {
            print("\(impact.results) results computed for \(who.label); the samples stay")
        } else {
            print(
                "\(impact.samples) samples of \(who.label) in all, and what was computed from them")
        }
        if impact.wholePerson { print("and everything else the vault knows of \(who.label)") }
    }
}

extension LocalDate {
    /// Midnight of the day in UTC.
    fileprivate var firstInstantUTC: Timestamp { Timestamp(seconds: dayNumber * 86_400) }
}

/// What the hash in a minimal receipt stands for: `hearth receipt verify FILE --scope THIS`.
struct ScopeOpening: Codable {
    /// Hexadecimal, 16 bytes.
    var salt: String
    /// The text that was hashed behind the salt.
    var scope: String

    init(_ scope: String, salt: [UInt8]) {
        self.salt = salt.map { String(UInt16($0) + 256, radix: 16).suffix(2) }.joined()
        self.scope = scope
    }

    var json: Data {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return try encoder.encode(self)
        }
    }

    /// The hash a receipt must hold; `nil` if the salt is no salt.
    var hash: String? {
        let digits = Array(salt)
        guard digits.count == 32 else { return nil }
        let bytes = stride(from: 0, to: 32, by: 2).compactMap {
            UInt8(String(digits[$0...$0 + 1]), radix: 16)
        }
        return bytes.count == 16 ? ErasureScopeWords.hash(scope, salt: bytes) : nil
    }
}
