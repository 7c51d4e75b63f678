// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Where the parts of the Fitbit reader put what they find: streams, issues, the local clock.
struct FitbitOutput: Sendable {
    private(set) var tally: IssueTally
    private var builders: [BlockBuilder] = []
    private var indices: [UInt64: Int] = [:]
    private var devices: [SourceDevice] = [SourceDevice(vendor: "Fitbit", model: "")]
    private var deviceIndices: [UInt64: Int] = [:]
    private var lastSource: [UInt8] = []
    private var lastDevice = 0
    private var samples: Int64 = 0
    private var clock: FitbitClock
    private var lastOffset: Int32?
    private var lastOffsetTime = Timestamp.distantPast
    private let limits: ReadLimits

    /// The device of files that do not name one.
    static let defaultDevice = 0

    init(limits: ReadLimits, zone: ZoneTimeline) {
        self.tally = IssueTally(limits: limits)
        self.clock = FitbitClock(zone: zone)
        self.limits = limits
    }

    /// Counts an issue.
    mutating func count(
        _ code: ReadIssueCode, at position: ReadPosition, found: String, expected: String,
        samplesLost: Int = 1
    ) {
        tally.count(
            code, at: position, found: found, expected: expected, samplesLost: samplesLost)
    }

    mutating func countSentinel(_ position: ReadPosition) {
        count(
            .sentinelValue, at: position, found: "the device's mark for no value",
            expected: "a value")
    }

    mutating func countInvalidTime(_ position: ReadPosition) {
        count(
            .invalidValue, at: position, found: "a time in another form",
            expected: "a time such as 01/02/26 03:04:05 or 2026-01-02T03:04:05Z")
    }

    mutating func countInvalidValue(_ position: ReadPosition) {
        count(
            .invalidValue, at: position, found: "a value in another form",
            expected: "a decimal number")
    }

    mutating func countUnknownStage(_ position: ReadPosition) {
        count(
            .unknownElement, at: position, found: "an unknown sleep stage",
            expected: "wake, light, deep, rem, asleep or restless")
    }

    /// Hands on everything.
    mutating func finish(into sink: inout some SampleSink & ~Copyable) {
        for index in builders.indices { builders[index].flush(into: &sink) }
        tally.flush(into: &sink)
    }

    /// The device of a source as the file names it.
    ///
    /// The name itself is dropped: people name their phones after themselves. Its hash keeps
    /// sources apart, and the two fixed words for copies from other apps are kept.
    mutating func device(_ bytes: Span<UInt8>) -> Int {
        if bytes.isEmpty { return Self.defaultDevice }
        if isLastSource(bytes) { return lastDevice }
        lastSource.removeAll(keepingCapacity: true)
        for index in bytes.indices { lastSource.append(bytes[index]) }
        // FNV-1a, 64 bits (`fowler1991`).
        let hash = lastSource.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01b3
        }
        if let known = deviceIndices[hash] {
            lastDevice = known
        } else if devices.count < limits.streams {
            let model = ["Health Connect", "Health Kit"].first { hasSuffix($0) } ?? ""
            deviceIndices[hash] = devices.count
            lastDevice = devices.count
            devices.append(SourceDevice(vendor: "Fitbit", model: model, unit: hash))
        } else {
            lastDevice = Self.defaultDevice
        }
        return lastDevice
    }

    /// Adds one sample of one column; counts it if it is implausible.
    ///
    /// - Throws: if the recording holds more samples than the limit.
    mutating func add(
        _ value: Float, _ quantity: Quantity, _ derivation: Derivation = .measured,
        device: Int = defaultDevice, at time: Timestamp, duration: Int64 = 0, quality: UInt8 = 0,
        position: ReadPosition, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let index = index(quantity, derivation, device)
        let isTaken = builders[index].add(
            value, at: time, duration: duration, quality: quality, into: &sink)
        guard isTaken else {
            count(
                .implausibleValue, at: position, found: "a value out of range",
                expected: "a value the quantity can have")
            return
        }
        try countSample(position)
    }

    /// Adds what the wall clock showed, where it differs from what was told last.
    mutating func addOffset(
        _ offset: Int32, at time: Timestamp, position: ReadPosition,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        // Rows that go back in time are told again: the change may lie between them.
        let isKnown = lastOffset == offset && time >= lastOffsetTime
        lastOffsetTime = time
        if isKnown { return }
        lastOffset = offset
        let index = index(.zoneOffset, .measured, Self.defaultDevice)
        let origin = Float(ZoneOrigin.file.rawValue)
        _ = builders[index].add([Float(offset), origin], at: time, into: &sink)
        try countSample(position)
    }

    /// The instant of a time; one without a zone is read on the person's wall clock.
    mutating func instant(_ time: TextTime, position: ReadPosition) -> Timestamp? {
        if time.offsetSeconds == nil { countUnanchored(position) }
        guard let instant = clock.instant(time) else {
            countRange(position)
            return nil
        }
        return instant
    }

    /// The instant of a row of the older tree's minute-by-minute JSON, which is UTC without saying so.
    ///
    /// Its files begin at the UTC instant of local midnight (`docs/formats/fitbit.md`, "Time"), while
    /// the nights beside them are in local time.
    mutating func utcInstant(_ time: TextTime, position: ReadPosition) -> Timestamp? {
        if time.offsetSeconds == nil {
            count(
                .unanchoredTime, at: position, found: "a time without a zone; read as UTC",
                expected: "the newer tree, which states UTC", samplesLost: 0)
        }
        guard let instant = time.instant(offset: time.offsetSeconds ?? 0) else {
            countRange(position)
            return nil
        }
        return instant
    }

    /// The instant of a daily value: local midnight of its date.
    ///
    /// Files write `T00:00:00Z` and mean the date, so a zone at midnight is not taken at its word.
    mutating func midnight(_ time: TextTime, position: ReadPosition) -> Timestamp? {
        guard time.secondsOfDay == 0, time.nanosecond == 0 else {
            return instant(time, position: position)
        }
        var date = time
        date.offsetSeconds = nil
        return instant(date, position: position)
    }

    private mutating func countUnanchored(_ position: ReadPosition) {
        guard clock.isUnanchored else { return }
        count(
            .unanchoredTime, at: position, found: "local time without a zone; read as UTC",
            expected: "--zone, or the folder with UserSleeps", samplesLost: 0)
    }

    private mutating func countRange(_ position: ReadPosition) {
        count(
            .invalidValue, at: position, found: "a time out of range",
            expected: "a year from 1678 to 2261")
    }

    private mutating func countSample(_ position: ReadPosition) throws(ReadError) {
        samples += 1
        guard samples <= limits.samples else {
            throw ReadError(
                .limitExceeded, at: position, found: "a further sample",
                expected: "at most \(limits.samples) samples")
        }
    }

    private mutating func index(
        _ quantity: Quantity, _ derivation: Derivation, _ device: Int
    ) -> Int {
        let key =
            UInt64(quantity.rawValue) << 40 | UInt64(derivation.rawValue) << 32 | UInt64(device)
        if let known = indices[key] { return known }
        indices[key] = builders.count
        builders.append(
            BlockBuilder(
                device: devices[device], quantity: quantity,
                origin: Origin(file: .fitbit, derivation: derivation), limits: limits))
        return builders.count - 1
    }

    private func isLastSource(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.count == lastSource.count else { return false }
        return bytes.indices.allSatisfy { bytes[$0] == lastSource[$0] }
    }

    private func hasSuffix(_ text: String) -> Bool {
        lastSource.suffix(text.utf8.count).elementsEqual(text.utf8)
    }
}

/// Local time to instants, by the person's time zones.
struct FitbitClock: Sendable {
    private let zone: ZoneTimeline
    /// The span used last; far from its ends the wall clock is plain arithmetic.
    private var lastSpan = -1

    init(zone: ZoneTimeline) { self.zone = zone }

    /// True if no zone is known, so that local time is read as UTC.
    var isUnanchored: Bool { zone.spans.isEmpty }

    /// `nil` outside the years 1678 to 2261.
    mutating func instant(_ time: TextTime) -> Timestamp? {
        if let offset = time.offsetSeconds { return time.instant(offset: offset) }
        if isUnanchored { return time.instant(offset: 0) }
        if let quick = quickInstant(time) { return quick }
        guard time.instant(offset: 0) != nil else { return nil }
        let whole = zone.instant(of: time.date, secondsOfDay: time.secondsOfDay)
        lastSpan = zone.spans.lastIndex { $0.start <= whole } ?? 0
        return whole.advanced(byNanoseconds: time.nanosecond)
    }

    /// Two days away from both ends of a span no change of the clock can matter.
    private func quickInstant(_ time: TextTime) -> Timestamp? {
        guard zone.spans.indices.contains(lastSpan),
            let instant = time.instant(offset: zone.spans[lastSpan].offsetSeconds)
        else { return nil }
        let isAfterStart =
            lastSpan == 0 || instant > zone.spans[lastSpan].start.advanced(bySeconds: 172_800)
        let isBeforeEnd =
            lastSpan + 1 == zone.spans.count
            || instant < zone.spans[lastSpan + 1].start.advanced(bySeconds: -172_800)
        return isAfterStart && isBeforeEnd ? instant : nil
    }
}
