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
    }

    struct Item: Sendable {
        let pack: MonthIndex.RawPack
        let sealed: [UInt8]?
        /// Nil if the key slot holds no key.
        let key: DataKey?
        let place: VaultLoss
        /// Which numbers of streams are in use.
        let streams: Set<UInt32>
    }

    /// Bytes that one check is given: enough to be worth a thread.
    static let bytes = 4 << 20
    let keys: VaultKeys
    private(set) var items: [Item] = []
    private(set) var size = 0

    init(keys: VaultKeys) { self.keys = keys }

    mutating func add(_ item: Item) {
        items.append(item)
        size += item.pack.packClass.bytes
    }

    /// Opens every pack, decodes every block, and compares.
    public func run() -> Outcome {
        var outcome = Outcome()
        do {
            let codec = try SeriesCodec()
            for item in items {
                do {
                    outcome.samples += try samples(of: item, codec)
                } catch { outcome.problems.append((item.place, error.message)) }
            }
        } catch {
            for item in items { outcome.problems.append((item.place, error.message)) }
        }
        return outcome
    }

    private func samples(of item: Item, _ codec: SeriesCodec) throws(VaultError) -> Int {
        guard let key = item.key else { throw .damaged("its key slot holds no key") }
        let plain = try PackSealer(keys: keys).open(
            item.sealed, item.pack.ref, .raw, item.pack.packClass, under: key)
        var found: [MonthIndex.Entry] = []
        var samples = 0
        for block in try PackPlain.blocks(of: plain) {
            let (stream, series) = try codec.decode(plain, in: block.body)
            guard item.streams.contains(stream) else {
                throw .damaged("a block of an unknown stream")
            }
            samples += series.count
            CellWriter.note(
                MonthIndex.Entry(
                    stream: stream, first: series.times.first ?? 0,
                    last: series.times.last ?? 0, count: UInt32(series.count)), in: &found)
        }
        guard Set(found) == Set(item.pack.entries) else {
            throw .damaged("it holds other samples than the index says")
        }
        return samples
    }
}
