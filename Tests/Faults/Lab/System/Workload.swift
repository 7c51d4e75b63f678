// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthCrypto
import HearthTestSupport
import HearthVault

/// One thing a person has the vault do.
enum VaultAct: Sendable {
    case addPerson(String)
    /// `count` samples of a day, at times that no other act has.
    case ingest(person: String, day: Int, quantity: Quantity, count: Int, seed: UInt64)
    case results(person: String, day: Int)
    case tag(person: String, day: Int)
    /// From a second of a day on, for some seconds.
    case erase(person: String, from: Int, seconds: Int)
    case erasePerson(String)
    case changePassphrase
    /// New keys for everything, under a new passphrase.
    case rotate
    case reopen
    /// Reads everything and holds it against what was put in.
    case read

    var name: String {
        switch self {
        case .addPerson: "add a person"
        case .ingest: "ingest"
        case .results: "store results"
        case .tag: "tag a day"
        case .erase: "erase a span"
        case .erasePerson: "erase a person"
        case .changePassphrase: "change the passphrase"
        case .rotate: "rotate the keys"
        case .reopen: "close and open"
        case .read: "read"
        }
    }
}

/// A second, much simpler book-keeping of what a vault has to hold.
struct ExpectedContents: Sendable {
    struct Sample: Hashable, Sendable {
        var quantity: UInt16
        var time: Int64
    }
    struct Holdings: Sendable {
        var samples: [Sample: UInt64] = [:]
        var results: [Int64: UInt64] = [:]
        var tags: [Int64: UInt64] = [:]
        var erased: [Range<Int64>] = []
    }
    var people: [String: Holdings] = [:]
    /// How often the passphrase was changed.
    var passphrase = 0

    /// A sum over everything, which does not depend on the order.
    var digest: UInt64 {
        var sum = ContentSum()
        for (label, held) in people {
            let who = ContentSum.hash(label.utf8)
            sum.add(who, 1, 0, 0)
            for (sample, value) in held.samples {
                sum.add(who, 2 + UInt64(sample.quantity) << 8, sample.time, value)
            }
            for (day, value) in held.results { sum.add(who, 3, day, value) }
            for (day, value) in held.tags { sum.add(who, 4, day, value) }
        }
        return sum.value
    }
}

/// The sum of hashes of everything a vault holds.
struct ContentSum {
    private(set) var value: UInt64 = 0

    static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
        var z = (a ^ b) &* 0xD6E8_FEB8_6659_FD93
        z ^= z >> 32
        z = z &* 0x9FB2_1C65_1E98_DF25
        return z ^ (z >> 29)
    }

    static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    mutating func add(_ who: UInt64, _ what: UInt64, _ when: Int64, _ value: UInt64) {
        let key = Self.mix(Self.mix(who, what), UInt64(bitPattern: when))
        self.value &+= Self.mix(key, value)
    }
}

extension ExpectedContents {
    /// What a vault holds, read through its public face.
    init(reading vault: Vault) throws {
        for person in vault.people {
            var held = Holdings()
            try vault.read(SampleQuery(person: person.id)) { _, block in
                for index in 0..<block.count {
                    held.samples[
                        Sample(
                            quantity: UInt16(block.quantity.rawValue),
                            time: block.times[index].nanoseconds)] = Self.value(block, index)
                }
            }
            for result in try vault.results(
                of: person.id, from: LocalDate(dayNumber: 0), through: LocalDate(dayNumber: 40_000))
            {
                held.results[result.day.dayNumber] = ContentSum.hash(result.payload)
            }
            for tag in try vault.corrections(of: person.id).tags {
                held.tags[tag.day.dayNumber] = ContentSum.hash(tag.label.utf8)
            }
            people[person.label] = held
        }
    }

    static func value(_ block: SampleBlock, _ index: Int) -> UInt64 {
        var value = UInt64(bitPattern: block.duration(at: index)) ^ UInt64(block.quality(at: index))
        for column in block.columns {
            value = ContentSum.mix(value, UInt64(column[index].bitPattern))
        }
        return value
    }

    /// What the act has to change.
    mutating func apply(_ act: VaultAct) {
        switch act {
        case .addPerson(let label): people[label] = Holdings()
        case .ingest(let person, _, _, _, _):
            guard let block = act.block, var held = people[person] else { return }
            for index in 0..<block.count {
                let time = block.times[index].nanoseconds
                if held.erased.contains(where: { $0.contains(time) }) { continue }
                let sample = Sample(quantity: UInt16(block.quantity.rawValue), time: time)
                held.samples[sample] = Self.value(block, index)
            }
            people[person] = held
        case .results(let person, let day):
            people[person]?.results[VaultAct.firstDay + Int64(day)] = ContentSum.hash(
                VaultAct.payload(day))
        case .tag(let person, let day):
            people[person]?.tags[VaultAct.firstDay + Int64(day)] = ContentSum.hash(
                VaultAct.label(day).utf8)
        case .erase(let person, _, _):
            guard let range = act.range, var held = people[person] else { return }
            held.samples = held.samples.filter { !range.contains($0.key.time) }
            held.tags = held.tags.filter {
                !range.contains(VaultAct.noon($0.key - VaultAct.firstDay))
            }
            held.erased.append(range)
            people[person] = held
        case .erasePerson(let label): people[label] = nil
        case .changePassphrase, .rotate: passphrase += 1
        case .reopen, .read: break
        }
    }
}

extension VaultAct {
    static let day: Int64 = 86_400_000_000_000
    /// 2024-03-01.
    static let firstDay: Int64 = 19_783

    static func noon(_ day: Int64) -> Int64 { (firstDay + day) * Self.day + Self.day / 2 }
    static func payload(_ day: Int) -> [UInt8] { Array("result of day \(day)".utf8) }
    static func label(_ day: Int) -> String { "label \(day)" }

    /// The samples of an ingest.
    var block: SampleBlock? {
        guard case .ingest(_, let day, let quantity, let count, let seed) = self else { return nil }
        var random = SeededRandom(seed: seed)
        let start = (Self.firstDay + Int64(day)) * Self.day
        let odd = Int64(seed % 997) * 1_000_000
        let times = (0..<count).map { start + Int64($0) * 60_000_000_000 + odd }
        let isLong = quantity == .steps
        let columns = (0..<(quantity == .acceleration ? 3 : 1)).map { _ in
            SampleColumn.float32(
                times.map { _ in Float(Int.random(in: 40...180, using: &random)) })
        }
        return SampleBlock(
            device: SourceDevice(vendor: "Clockwork", model: "Chronoscope 7", unit: 41),
            quantity: quantity, origin: Origin(file: .fit), times: .irregular(times),
            durations: isLong ? times.map { _ in 30_000_000_000 } : [], columns: columns)
    }

    /// The nanoseconds of an erase.
    var range: Range<Int64>? {
        guard case .erase(_, let from, let seconds) = self else { return nil }
        let start = Self.firstDay * Self.day + Int64(from) * 1_000_000_000
        return start..<(start + Int64(seconds) * 1_000_000_000)
    }

    /// The same act on later days.
    func later(byDays days: Int) -> VaultAct {
        switch self {
        case .ingest(let person, let day, let quantity, let count, let seed):
            .ingest(
                person: person, day: day + days, quantity: quantity, count: count, seed: seed)
        case .erase(let person, let from, let seconds):
            .erase(person: person, from: from + days * 86_400, seconds: seconds)
        default: self
        }
    }

    /// Some acts that fit what is there; each seed another story.
    static func story(seed: UInt64, length: Int) -> [VaultAct] {
        var random = SeededRandom(seed: seed)
        var acts: [VaultAct] = [
            .addPerson("Ada"), next("Ada", 0, &random), next("Ada", 1, &random),
        ]
        var hasSecond = false
        let must = [4, 7, 5, 0, 6, 9]
        for place in 0..<length {
            let who = hasSecond && place.isMultiple(of: 3) ? "Bo" : "Ada"
            let kind = place < must.count ? must[place] : Int.random(in: 0..<9, using: &random)
            switch kind {
            case 4: acts.append(.results(person: who, day: 60 + place))
            case 5: acts.append(anErase(who, &random))
            case 6 where hasSecond && place > length / 2:
                acts.append(.erasePerson("Bo"))
                hasSecond = false
            case 6 where !hasSecond && place < length / 2:
                acts += [.addPerson("Bo"), next("Bo", place + 2, &random)]
                hasSecond = true
            case 7: acts.append(.changePassphrase)
            case 9: acts.append(.rotate)
            case 8 where place.isMultiple(of: 2): acts.append(.tag(person: who, day: 40 + place))
            case 8: acts.append(.reopen)
            default: acts.append(next(who, place + 2, &random))
            }
        }
        return acts
    }

    static func anErase(_ person: String, _ random: inout SeededRandom) -> VaultAct {
        let from = Int.random(in: 0..<3, using: &random) * 86_400
        return Bool.random(using: &random)
            ? .erase(person: person, from: from, seconds: 86_400)
            : .erase(person: person, from: from + 600, seconds: 1200)
    }

    /// An ingest; `number` makes its times its own.
    static func next(_ person: String, _ number: Int, _ random: inout SeededRandom) -> VaultAct {
        let day = Int.random(in: 0..<3, using: &random)
        let quantity: Quantity =
            switch Int.random(in: 0..<12, using: &random) {
            case 0: .acceleration
            case 1...4: .steps
            default: .heartRate
            }
        let seed = random.next() / 997 * 997 + UInt64(number % 997)
        return .ingest(
            person: person, day: day, quantity: quantity,
            count: Int.random(in: 8..<48, using: &random), seed: seed)
    }
}

/// A vault to which acts are done, and what it has to hold.
final class ActingVault {
    let location: VaultLocation
    private(set) var vault: Vault
    private(set) var expected = ExpectedContents()

    /// What an act did wrong without an error.
    struct Wrong: Error, CustomStringConvertible {
        var description: String
        /// The vault itself says so, in the record of an erase.
        var isTold = false
    }

    init(creatingAt location: VaultLocation) throws {
        self.location = location
        vault = try Vault.create(
            at: location, passphrase: try Self.secret(0), kdf: .standard, slots: 32)
    }

    init(openingAt location: VaultLocation, expecting: ExpectedContents) throws {
        self.location = location
        expected = expecting
        vault = try Vault.open(at: location, with: try Self.secret(expected.passphrase))
    }

    /// The same vault, of which more is known now.
    init(_ other: ActingVault, expecting: ExpectedContents) {
        location = other.location
        vault = other.vault
        expected = expecting
        expected.passphrase = other.expected.passphrase
    }

    static func secret(_ number: Int) throws -> SecretBytes {
        try SecretBytes(copying: Array("correct horse \(number)".utf8).span)
    }

    private func person(_ label: String) throws -> PersonID {
        guard let person = vault.person(labelled: label) else {
            throw Wrong(description: "a person is not there")
        }
        return person.id
    }

    /// Does the act; the book-keeping follows only if it succeeded.
    func perform(_ act: VaultAct) throws {
        switch act {
        case .addPerson(let label): _ = try vault.addPerson(label: label)
        case .ingest(let label, _, _, _, _):
            let session = try vault.beginIngest(for: try person(label))
            if let block = act.block { try session.append(block) }
            _ = try session.commit()
        case .results(let label, let day):
            try vault.storeResults(
                [
                    StoredResult(
                        day: LocalDate(dayNumber: VaultAct.firstDay + Int64(day)), model: "day/1",
                        inputDigest: [1], payload: VaultAct.payload(day))
                ], of: try person(label))
        case .tag(let label, let day):
            _ = try vault.addTag(
                VaultAct.label(day), day: LocalDate(dayNumber: VaultAct.firstDay + Int64(day)),
                time: Timestamp(nanoseconds: VaultAct.noon(Int64(day))), isWholeDay: true,
                of: try person(label))
        case .erase(let label, _, _):
            guard let range = act.range else { return }
            let record = try vault.erase(
                ErasureScope(
                    person: try person(label), from: Timestamp(nanoseconds: range.lowerBound),
                    to: Timestamp(nanoseconds: range.upperBound)))
            try check(record)
        case .erasePerson(let label):
            try check(try vault.erase(ErasureScope(person: try person(label))))
        case .changePassphrase:
            try vault.changePassphrase(
                to: try Self.secret(expected.passphrase + 1), kdf: .standard)
        case .rotate:
            _ = try vault.rotateKeys(
                to: try Credential(try Self.secret(expected.passphrase + 1), as: .passphrase),
                withRecoveryCode: false)
            vault = try Vault.open(
                at: location, with: try Self.secret(expected.passphrase + 1))
        case .reopen:
            vault.close()
            vault = try Vault.open(at: location, with: try Self.secret(expected.passphrase))
        case .read:
            guard try ExpectedContents(reading: vault).digest == expected.digest else {
                throw Wrong(description: "the vault gives out something else than was put in")
            }
        }
        expected.apply(act)
    }

    private func check(_ record: ErasureRecord) throws {
        guard record.readBackPassed, record.scanPassed else {
            throw Wrong(description: "an erase left bytes behind", isTold: true)
        }
    }

    func close() { vault.close() }
}
