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
    /// Each image of the subject in a folder of its own.
    private let stores: [LaidStore]
    let derived = DerivedKeys()
    var tally = FlipTally()

    init(subject: FlipSubject, folder: String) throws {
        self.subject = subject
        stores = try subject.images.enumerated().map { number, image in
            try LaidStore(image, in: "\(folder)/\(number)")
        }
    }

    /// One damage: all flips are of one file.
    mutating func attempt(_ flips: [Flip]) throws {
        guard let first = flips.first else { return }
        tally.attempts += 1
        let store = stores[first.image]
        try store.lay(flips)
        let vault: Vault
        do { vault = try LabVault.open(in: store.folder, derived) } catch let error as VaultError {
            tally.refused[error.code.description, default: 0] += 1
            return
        }
        defer { vault.close() }
        let expected = subject.holdings[first.image]
        let problems: Int
        var found = Holdings()
        do {
            try found.read(vault)
            guard found == expected else {
                tally.failures.append("other data were shown: \(Self.text(flips))")
                return
            }
            problems = try vault.verify().problems.count
        } catch is VaultError {
            tally.refusedPart += 1
            readDays(vault, found, expected, flips)
            return
        }
        if problems > 0 {
            tally.foundByVerify += 1
        } else {
            vault.close()
            try judgeSilence(flips, store)
        }
    }

    /// Nothing was said: right only if the bytes mean nothing, or were repaired.
    private mutating func judgeSilence(_ flips: [Flip], _ store: LaidStore) throws {
        let path = flips[0].path
        if StoreImage.keys.contains(path) {
            guard flips.contains(where: subject.isMeant) else {
                tally.unused["the key files", default: 0] += 1
                return
            }
            let now = try StoreImage.keys.map { try WholeFile.read("\(store.folder)/\($0)") }
            let right = store.image.files[path] ?? []
            let isRight = flips.filter(subject.isMeant).allSatisfy { flip in
                now.allSatisfy { $0.count == right.count && $0[flip.offset] == right[flip.offset] }
            }
            if isRight {
                tally.repaired += 1
            } else {
                tally.failures.append("a changed key slot stayed: \(Self.text(flips))")
            }
            return
        }
        let name = URL(filePath: path).lastPathComponent
        guard [StoreImage.database, StoreImage.log].contains(path) else {
            tally.failures.append("a change of the content went unnoticed: \(Self.text(flips))")
            return
        }
        // The damage as it was before the vault was opened.
        try store.lay(flips)
        if try PlainRows(in: store.folder) == subject.plain[flips[0].image] {
            tally.unused["\(name)", default: 0] += 1
        } else {
            tally.failures.append("a change of the content went unnoticed: \(Self.text(flips))")
        }
    }

    /// Beside a part that was refused: every day is right or refused.
    ///
    /// The days of a person all of whose samples come in one reading are readable; those of the
    /// others are read one by one.
    private mutating func readDays(
        _ vault: Vault, _ read: Holdings, _ expected: Holdings, _ flips: [Flip]
    ) {
        var whole = read
        for person in vault.people where !whole.asked.contains(person.id) {
            try? whole.addAll(vault, person)
        }
        for (place, hash) in expected.days {
            guard let person = vault.people.first(where: { $0.id == place.person }) else {
                continue
            }
            tally.days += 1
            var found = whole
            if !whole.whole.contains(person.id) {
                let query = SampleQuery(
                    person: person.id,
                    from: Timestamp(nanoseconds: place.day * LabVault.dayNanoseconds),
                    to: Timestamp(nanoseconds: (place.day + 1) * LabVault.dayNanoseconds))
                found = Holdings()
                guard (try? found.add(vault, person, query)) != nil else { continue }
            }
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
