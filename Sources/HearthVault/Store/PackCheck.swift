// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// A part of the vault that cannot be read, named without a name or a value.
public struct VaultLoss: Sendable, Hashable {
    /// What kind of thing is lost.
    public enum Part: String, Sendable {
        /// Samples of a category on a UTC day.
        case samples
        /// The index of a month, and so all samples of that month.
        case month
        /// Stored results of a month; they can be computed again.
        case results
        /// The list of ingested files; they are read again if given again.
        case fingerprints
        case corrections, live, rights
        /// A person's node, and so everything of the person.
        case person
        case audit
    }

    public var part: Part
    /// The person's place in the vault, from 1; nil for what is of no person.
    public var person: Int?
    /// The UTC day of samples, or the first day of a month.
    public var day: LocalDate?
    public var category: Category?
    /// The pack that does not open.
    var pack: UInt64 = 0

    /// What is lost in a few words, such as `person 1, 2024-03-01: heart`.
    public var text: String {
        var words: String
        switch part {
        case .samples: words = category.map { "\($0)" } ?? "samples"
        case .month: words = "all samples of the month"
        case .results: words = "results of the month"
        case .fingerprints: words = "the list of ingested files"
        case .corrections: words = "corrections and tags"
        case .live: words = "where live streams stand"
        case .rights: words = "records of rights"
        case .person: words = "everything"
        case .audit: words = "part of the audit log"
        }
        if let day { words = "\(part == .samples ? "\(day)" : month(day)): \(words)" }
        if let person { words = "person \(person), \(words)" }
        return words
    }

    private func month(_ day: LocalDate) -> String { String("\(day)".dropLast(3)) }
}

/// Some sealed packs of samples and what they must hold: opened and compared on any thread.
public struct PackCheck: Sendable {
    /// What came out of a check.
    public struct Outcome: Sendable {
        var samples = 0
        var problems: [(loss: VaultLoss, reason: String)] = []
        /// Why the packs could not be looked at; nothing is said of them then.
        var failure: VaultError?
    }

    struct Item: Sendable {
        let pack: MonthIndex.RawPack
        /// Nil if the key slot holds no key.
        let key: DataKey?
        let place: VaultLoss
        /// Which numbers of streams are in use.
        let streams: Set<UInt32>
    }

    /// Bytes that one check is given: enough to be worth a thread, few enough that no thread waits
    /// long for another.
    static let bytes = 1 << 20
    /// Packs that are read at once.
    private static let together = 16
    let keys: VaultKeys
    let database: PackDatabase
    private(set) var items: [Item] = []
    private(set) var size = 0

    init(keys: VaultKeys, _ database: PackDatabase) {
        self.keys = keys
        self.database = database
    }

    mutating func add(_ item: Item) {
        items.append(item)
        size += item.pack.packClass.bytes
    }

    /// Opens every pack, looks through every block, and compares.
    public func run() -> Outcome {
        var outcome = Outcome()
        do {
            let codec = try SeriesCodec()
            let sealer = PackSealer(keys: keys)
            for start in stride(from: 0, to: items.count, by: Self.together) {
                let part = items[start..<min(start + Self.together, items.count)]
                let sealed = try database.packsOrMissing(part.map(\.pack.ref.id))
                for (item, bytes) in zip(part, sealed) {
                    do {
                        outcome.samples += try samples(of: item, bytes, sealer, codec)
                    } catch { outcome.problems.append((item.place, error.message)) }
                }
            }
        } catch { outcome.failure = error }
        return outcome
    }

    private func samples(
        of item: Item, _ sealed: [UInt8]?, _ sealer: PackSealer, _ codec: SeriesCodec
    ) throws(VaultError) -> Int {
        guard let key = item.key else { throw .damaged("its key slot holds no key") }
        let plain = try sealer.open(
            sealed, item.pack.ref, .raw, item.pack.packClass, under: key)
        var found: [MonthIndex.Entry] = []
        var samples = 0
        for block in try PackPlain.blocks(of: plain) {
            let entry = try codec.extent(plain, in: block.body)
            guard item.streams.contains(entry.stream) else {
                throw .damaged("a block of an unknown stream")
            }
            samples += Int(entry.count)
            CellWriter.note(entry, in: &found)
        }
        guard Set(found) == Set(item.pack.entries) else {
            throw .damaged("it holds other samples than the index says")
        }
        return samples
    }
}
