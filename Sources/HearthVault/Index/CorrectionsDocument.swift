// SPDX-License-Identifier: Apache-2.0
internal import HearthBiosignals

/// What a person said about their days, as one document of their own.
struct CorrectionsDocument: Equatable {
    /// The number that the next correction or tag gets.
    var next: UInt32 = 1
    var corrections = Corrections()

    /// More of either is no diary but a mistake.
    static let mostRecords = 50_000

    /// Whether there is nothing to store: nothing was ever said.
    var isEmpty: Bool { next == 1 && corrections.isEmpty }

    /// - Throws: `limitExceeded` for too many corrections or tags.
    func checkCount() throws(VaultError) {
        guard corrections.sleep.count <= Self.mostRecords,
            corrections.tags.count <= Self.mostRecords, next < .max
        else {
            throw VaultError(
                .limitExceeded,
                "a person has at most \(Self.mostRecords) corrections and as many tags")
        }
    }

    mutating func newID() -> CorrectionID {
        defer { next += 1 }
        return CorrectionID(rawValue: next)
    }

    /// Takes what was said before, each under its number if that is free.
    ///
    /// Of a working and a free day the word given last stands.
    /// - Returns: how many are new; the others the document says already.
    mutating func restore(_ statements: [DayStatement]) -> Int {
        var taken = Set((corrections.sleep.map(\.id) + corrections.tags.map(\.id)))
        var known = Set(corrections.sleep.map(Self.unnumbered))
        var tags = Dictionary(grouping: corrections.tags, by: \.day)
        var added = 0
        for statement in statements {
            switch statement {
            case .sleep(var one):
                guard known.insert(Self.unnumbered(one)).inserted else { continue }
                one.id = number(one.id, &taken)
                corrections.sleep.append(one)
            case .tag(var tag):
                var day = tags[tag.day] ?? []
                guard Self.makesRoom(for: tag, in: &day) else { continue }
                tag.id = number(tag.id, &taken)
                tags[tag.day] = day + [tag]
            case .setting(let key, let value):
                // What is set here stands.
                guard corrections.settings[key] == nil, corrections.settings.set(key, to: value)
                else { continue }
            }
            added += 1
        }
        corrections.sleep.sort { $0.id < $1.id }
        corrections.tags = tags.values.flatMap(\.self).sorted { $0.id < $1.id }
        return added
    }

    /// False if the tags of the day say the same, or later the opposite.
    private static func makesRoom(for tag: DayTag, in day: inout [DayTag]) -> Bool {
        let isKnown = day.contains {
            $0.says(tag.label, of: tag.day) && $0.isWholeDay == tag.isWholeDay
                && (tag.isWholeDay || $0.time == tag.time)
        }
        if isKnown { return false }
        guard let opposite = DayTag.opposite(of: tag.label) else { return true }
        let others = day.filter { $0.says(opposite, of: tag.day) }
        if others.contains(where: { $0.made >= tag.made }) { return false }
        day.removeAll { $0.says(opposite, of: tag.day) }
        return true
    }

    private static func unnumbered(_ correction: SleepCorrection) -> SleepCorrection {
        var same = correction
        same.id = CorrectionID(rawValue: 0)
        return same
    }

    private mutating func number(
        _ wanted: CorrectionID, _ taken: inout Set<CorrectionID>
    ) -> CorrectionID {
        guard taken.insert(wanted).inserted else {
            let new = newID()
            taken.insert(new)
            return new
        }
        next = max(next, wanted.rawValue + 1)
        return wanted
    }

    func encoded() -> [UInt8] {
        var writer = ByteWriter(capacity: 16 + 64 * corrections.count)
        writer.u32(next)
        writer.u32(UInt32(corrections.sleep.count))
        for one in corrections.sleep {
            writer.u32(one.id.rawValue)
            writer.u8(one.kind.rawValue)
            writer.i64(one.start.nanoseconds)
            writer.i64(one.end.nanoseconds)
            writer.i64(one.made.nanoseconds)
            writer.text(one.note ?? "")
        }
        writer.u32(UInt32(corrections.tags.count))
        for tag in corrections.tags {
            writer.u32(tag.id.rawValue)
            writer.u8(tag.isWholeDay ? 0 : 1)
            writer.i32(Int32(truncatingIfNeeded: tag.day.dayNumber))
            writer.i64(tag.time.nanoseconds)
            writer.i64(tag.made.nanoseconds)
            writer.text(tag.label)
        }
        // Left out while nothing is set: the bytes are then those of a program without settings.
        let settings = corrections.settings.values.sorted { $0.key.rawValue < $1.key.rawValue }
        guard !settings.isEmpty else { return writer.bytes }
        writer.u8(UInt8(settings.count))
        for (key, value) in settings {
            writer.u8(key.rawValue)
            writer.i32(value)
        }
        return writer.bytes
    }

    init() {}

    init(_ bytes: [UInt8]) throws(VaultError) {
        var reader = ByteReader(bytes)
        next = try reader.u32()
        for _ in 0..<(try reader.count32(of: 31)) {
            corrections.sleep.append(try Self.correction(from: &reader))
        }
        for _ in 0..<(try reader.count32(of: 27)) {
            corrections.tags.append(try Self.tag(from: &reader))
        }
        if reader.remaining > 0 { corrections.settings = try Self.settings(from: &reader) }
        try reader.finish()
        let ids = corrections.sleep.map(\.id) + corrections.tags.map(\.id)
        guard Set(ids).count == ids.count, ids.allSatisfy({ $0.rawValue < next }) else {
            throw .damaged("the numbers of the corrections do not fit together")
        }
    }

    private static func correction(
        from reader: inout ByteReader
    ) throws(VaultError) -> SleepCorrection {
        let id = CorrectionID(rawValue: try reader.u32())
        guard let kind = SleepCorrection.Kind(rawValue: try reader.u8()) else {
            throw VaultError(.unsupportedVersion, "a kind of correction this program does not know")
        }
        let start = Timestamp(nanoseconds: try reader.i64())
        let end = Timestamp(nanoseconds: try reader.i64())
        let made = Timestamp(nanoseconds: try reader.i64())
        guard SleepCorrection.isSound(from: start, to: end) else {
            throw .damaged("a correction has no sound length")
        }
        let note = try reader.text()
        return SleepCorrection(
            id: id, kind: kind, start: start, end: end, made: made, note: note.isEmpty ? nil : note)
    }

    private static func settings(
        from reader: inout ByteReader
    ) throws(VaultError) -> PersonSettings {
        var settings = PersonSettings()
        for _ in 0..<Int(try reader.u8()) {
            guard let key = PersonSettings.Key(rawValue: try reader.u8()) else {
                throw VaultError(.unsupportedVersion, "a setting this program does not know")
            }
            guard settings.set(key, to: Int(try reader.i32())) else {
                throw .damaged("a setting is outside its range")
            }
        }
        return settings
    }

    private static func tag(from reader: inout ByteReader) throws(VaultError) -> DayTag {
        let id = CorrectionID(rawValue: try reader.u32())
        let form = try reader.u8()
        guard form <= 1 else {
            throw VaultError(.unsupportedVersion, "a form of tag this program does not know")
        }
        let day = LocalDate(dayNumber: Int64(try reader.i32()))
        let time = Timestamp(nanoseconds: try reader.i64())
        let made = Timestamp(nanoseconds: try reader.i64())
        return DayTag(
            id: id, label: try reader.text(), day: day, time: time, isWholeDay: form == 0,
            made: made)
    }
}
