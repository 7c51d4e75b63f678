// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthVault

/// What became of the flips.
struct FlipTally: Sendable {
    /// The vault was refused at opening, by the code of the refusal.
    var refused: [String: Int] = [:]
    /// Opened; the damaged part was refused when it was read.
    var refusedPart = 0
    /// Opened and read rightly; only the full check has something to say.
    var foundByVerify = 0
    /// Set right from the other copy.
    var repaired = 0
    /// Bytes without a meaning, in the database and in the key files.
    var unused: [String: Int] = [:]
    var attempts = 0
    /// Days that were looked at in damaged vaults that open, and those of them that were readable.
    var days = 0
    var readableDays = 0
    var failures: [String] = []

    mutating func add(_ other: FlipTally) {
        refused.merge(other.refused, uniquingKeysWith: +)
        unused.merge(other.unused, uniquingKeysWith: +)
        refusedPart += other.refusedPart
        foundByVerify += other.foundByVerify
        repaired += other.repaired
        attempts += other.attempts
        days += other.days
        readableDays += other.readableDays
        failures += other.failures
    }

    func tell(_ outcome: inout Outcome, _ subject: FlipSubject, isFull: Bool) {
        outcome.attempts = attempts
        for failure in failures { outcome.fail(failure) }
        let sizes = subject.parts.map { part in
            "\(URL(filePath: part.path).lastPathComponent) \(part.bytes)"
        }
        outcome.show("bytes of the files", sizes.joined(separator: ", "))
        for (code, count) in refused.sorted(by: { $0.key < $1.key }) {
            outcome.show("refused at opening (\(code))", count)
        }
        outcome.show("the damaged part refused when read", refusedPart)
        outcome.show("found by the full check alone", foundByVerify)
        outcome.show("repaired from the other copy", repaired)
        for (place, count) in unused.sorted(by: { $0.key < $1.key }) {
            outcome.show("no effect: unused bytes of \(place)", count)
        }
        outcome.show(
            "days readable in vaults with a damaged part",
            "\(readableDays) of \(days)")
        // The stores of the short run are so small that one page of an index is many days.
        let least = isFull ? 80 : 66
        if refusedPart > 0, readableDays * 100 < days * least {
            outcome.fail("only \(readableDays) of \(days) days beside the damage are readable")
        }
    }
}

/// Lays out a damaged store, opens it, reads everything, and says what happened.
struct FlipRunner {
    let subject: FlipSubject
    let folder: String
    let derived = DerivedKeys()
    var tally = FlipTally()

    init(subject: FlipSubject, folder: String) {
        self.subject = subject
        self.folder = folder
    }

    /// One damage: all flips are of one file.
    mutating func attempt(_ flips: [Flip]) throws {
        guard let first = flips.first else { return }
        tally.attempts += 1
        let image = subject.images[first.image].with(first.path) { bytes in
            for flip in flips { bytes[flip.offset] ^= flip.mask }
        }
        try image.lay(in: folder)
        let vault: Vault
        do { vault = try LabVault.open(in: folder, derived) } catch let error as VaultError {
            tally.refused[error.code.description, default: 0] += 1
            return
        }
        defer { vault.close() }
        let problems: Int
        do {
            let found = try Holdings(vault)
            guard found == subject.holdings[first.image] else {
                tally.failures.append("other data were shown: \(Self.text(flips))")
                return
            }
            problems = try vault.verify().problems.count
        } catch is VaultError {
            tally.refusedPart += 1
            readDays(vault, subject.holdings[first.image], flips)
            return
        }
        if problems > 0 {
            tally.foundByVerify += 1
        } else {
            vault.close()
            try judgeSilence(flips, image)
        }
    }

    /// Nothing was said: right only if the bytes mean nothing, or were repaired.
    private mutating func judgeSilence(_ flips: [Flip], _ image: StoreImage) throws {
        let path = flips[0].path
        let name = URL(filePath: path).lastPathComponent
        if StoreImage.keys.contains(path) {
            guard flips.contains(where: subject.isMeant) else {
                tally.unused["the key files", default: 0] += 1
                return
            }
            let now = try StoreImage(of: folder)
            let isRight = flips.filter(subject.isMeant).allSatisfy { flip in
                StoreImage.keys.allSatisfy { key in
                    now.files[key]?[flip.offset]
                        == subject.images[flip.image].files[path]?[flip.offset]
                }
            }
            if isRight {
                tally.repaired += 1
            } else {
                tally.failures.append("a changed key slot stayed: \(Self.text(flips))")
            }
            return
        }
        let isDatabase = [StoreImage.database, StoreImage.log].contains(path)
        let plain = try isDatabase ? PlainRows(of: image, in: "\(folder)-plain") : nil
        if isDatabase, plain == subject.plain[flips[0].image] {
            tally.unused["\(name)", default: 0] += 1
        } else {
            tally.failures.append("a change of the content went unnoticed: \(Self.text(flips))")
        }
    }

    /// Every day by itself: right or refused.
    private mutating func readDays(_ vault: Vault, _ expected: Holdings, _ flips: [Flip]) {
        for (place, hash) in expected.days {
            guard let person = vault.people.first(where: { $0.id == place.person }) else {
                continue
            }
            tally.days += 1
            let query = SampleQuery(
                person: person.id,
                from: Timestamp(nanoseconds: place.day * LabVault.dayNanoseconds),
                to: Timestamp(nanoseconds: (place.day + 1) * LabVault.dayNanoseconds))
            var found = Holdings()
            guard (try? found.add(vault, person, query)) != nil else { continue }
            tally.readableDays += 1
            if found.days[place] != hash {
                tally.failures.append("a day showed other data: \(Self.text(flips))")
            }
        }
    }

    private static func text(_ flips: [Flip]) -> String {
        let some = flips.prefix(4).map { "\($0.offset)^\($0.mask)" }.joined(separator: " ")
        return "\(flips[0].path) of image \(flips[0].image), bytes \(some)"
    }
}
