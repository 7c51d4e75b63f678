// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

extension AppleHealthBody {
    /// A record below the root: one sample, and beats if a list of them follows.
    mutating func takeRecord(
        _ attributes: borrowing XMLAttributes, _ segment: Span<UInt8>, _ position: ReadPosition,
        hasChildren: Bool
    ) throws(ReadError) {
        var fields = AppleHealthFields(attributes, in: segment)
        let device = fields.device
        fields.device = AppleHealthDevice.stablePart(of: device, in: segment)
        let slot = lanes.slot(fields, segment)
        // A shape is worth learning once its attributes come a second time.
        let isKnown = lanes.holds(slot, fields, segment)
        if !isKnown {
            try fill(slot, fields, device, segment, position)
        }
        let meaning = lanes.meaning(slot)
        if isKnown { shapes.learn(AppleHealthShape(attributes, fields, segment, meaning)) }
        try takeRecord(meaning, fields, segment, position, hasChildren: hasChildren)
    }

    /// A record of which is known what it means.
    @inline(__always)
    mutating func takeRecord(
        _ meaning: AppleHealthMeaning, _ fields: AppleHealthFields, _ segment: Span<UInt8>,
        _ position: ReadPosition, hasChildren: Bool
    ) throws(ReadError) {
        switch meaning {
        case .number(let stream, let unit):
            guard let span = span(fields, segment, position) else { return }
            if hasChildren { beginBeats(stream, span) }
            guard let number = DecimalNumber.parse(segment, fields.value) else {
                return notes.note(.badValue, at: position, samplesLost: 1)
            }
            let value = Float(number * unit.factor + unit.offset)
            try add(value, span, to: stream, position)
        case .sleep(let stream):
            guard let span = span(fields, segment, position) else { return }
            guard let stage = Self.sleepStage(segment, fields.value) else {
                return notes.note(.unknownSleep, at: position, samplesLost: 1)
            }
            try add(Float(stage.rawValue), span, to: stream, position)
        case .badUnit: notes.note(.badUnit, at: position, samplesLost: 1)
        case .noType: notes.note(.noType, at: position, samplesLost: 1)
        case .unknown(let type): notes.noteType(type, at: position)
        }
    }

    /// When a record or workout was, in seconds since the Unix epoch.
    struct TimeSpan {
        var start: Int64
        var end: Int64
        /// The offset that the start was written with: that of the phone at export.
        var printedOffset: Int64
        /// Years 1900 to 2199: far from the ends of 64 bits.
        var startNanoseconds: Int64 { start &* 1_000_000_000 }
        var durationNanoseconds: Int64 { (end &- start) &* 1_000_000_000 }
    }

    /// The times of a record; `nil` and counted as a lost sample if they cannot be used.
    @inline(__always)
    mutating func span(
        _ fields: AppleHealthFields, _ segment: Span<UInt8>, _ position: ReadPosition
    ) -> TimeSpan? {
        guard let end = clock.seconds(segment, fields.end),
            let start = clock.seconds(segment, fields.start)
        else {
            notes.note(.noTime, at: position, samplesLost: 1)
            return nil
        }
        guard end >= start else {
            notes.note(.backwards, at: position, samplesLost: 1)
            return nil
        }
        return TimeSpan(start: start, end: end, printedOffset: clock.offsetSeconds)
    }

    @inline(__always)
    private mutating func add(
        _ value: Float, _ span: TimeSpan, to stream: Int, _ position: ReadPosition
    ) throws(ReadError) {
        let isTaken = try streams.add(
            value, at: span.startNanoseconds, duration: span.durationNanoseconds, to: stream,
            position)
        if !isTaken { notes.note(.implausible, at: position, samplesLost: 1) }
    }

    private static let sleepPrefix: StaticString = "HKCategoryValueSleepAnalysis"

    static func sleepStage(_ bytes: Span<UInt8>, _ value: Range<Int>) -> SleepStage? {
        let tail = value.lowerBound + sleepPrefix.utf8CodeUnitCount
        guard tail <= value.upperBound,
            XMLByteSearch.equal(bytes, value.lowerBound..<tail, sleepPrefix)
        else { return nil }
        let name = tail..<value.upperBound
        for (text, stage) in sleepStages where XMLByteSearch.equal(bytes, name, text) {
            return stage
        }
        return nil
    }

    private static let sleepStages: [(StaticString, SleepStage)] = [
        ("AsleepCore", .light), ("AsleepDeep", .deep), ("AsleepREM", .rem), ("Awake", .wake),
        ("InBed", .inBed), ("Asleep", .asleep), ("AsleepUnspecified", .asleep),
    ]

    // MARK: Rare

    /// Finds out what records with these attributes mean.
    private mutating func fill(
        _ slot: Int, _ fields: AppleHealthFields, _ device: Range<Int>, _ segment: Span<UInt8>,
        _ position: ReadPosition
    ) throws(ReadError) {
        let identifier = Self.text(segment, fields.type)
        let source = AppleHealthDevice.source(
            device: XMLEntities.expand(segment, device),
            sourceName: XMLEntities.expand(segment, fields.sourceName))
        let meaning: AppleHealthMeaning
        if fields.type.isEmpty {
            meaning = .noType
        } else if let type = AppleHealthType(identifier: identifier) {
            let unit = AppleHealthUnit(Self.text(segment, fields.unit), for: type.quantity)
            if let unit {
                let stream = try streams.index(of: source, type, at: position)
                meaning =
                    type.quantity == .sleepStage
                    ? .sleep(stream: stream) : .number(stream: stream, unit)
            } else {
                meaning = .badUnit
            }
        } else {
            meaning = .unknown(type: notes.index(ofType: identifier))
        }
        lanes.put(meaning, in: slot, fields, segment)
    }

    /// An attribute's value as text, entities expanded.
    static func text(_ segment: Span<UInt8>, _ value: Range<Int>) -> String {
        String(decoding: XMLEntities.expand(segment, value), as: UTF8.self)
    }

    /// Of metadata only the name of a time zone is of use, once someone can resolve it.
    mutating func takeMetadata(
        _ attributes: borrowing XMLAttributes, _ segment: Span<UInt8>, _ position: ReadPosition
    ) {
        for index in attributes.indices {
            let attribute = attributes[index]
            let isZone =
                XMLByteSearch.equal(segment, attribute.name, "key")
                && XMLByteSearch.equal(segment, attribute.value, "HKTimeZone")
            if isZone { notes.note(.timeZoneName, at: position) }
        }
    }

    /// The phone's own offset at the moment of export, the only one the file tells in numbers.
    mutating func takeExportDate(
        _ attributes: borrowing XMLAttributes, _ segment: Span<UInt8>, _ position: ReadPosition
    ) throws(ReadError) {
        let fields = AppleHealthFields(attributes, in: segment)
        guard let time = clock.seconds(segment, fields.value) else {
            return notes.note(.badExportDate, at: position)
        }
        try addZone(offset: clock.offsetSeconds, at: time, position)
    }

    /// A zone sample; the stream belongs to the export, not to one of its devices.
    mutating func addZone(
        offset: Int64, at seconds: Int64, _ position: ReadPosition
    ) throws(ReadError) {
        let stream = try streams.index(
            of: SourceDevice(vendor: "Apple", model: "Health export"),
            AppleHealthType(.zoneOffset, .derived), at: position)
        _ = try streams.add(
            [Float(offset), Float(ZoneOrigin.inferred.rawValue)], at: seconds &* 1_000_000_000,
            to: stream, position)
    }
}
