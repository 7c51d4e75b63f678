// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Where the parts of the Fitbit reader put what they find, with Fitbit's own ways of naming devices
/// and writing times.
struct FitbitOutput: Sendable {
    private var output: SampleOutput
    private var lastSource: [UInt8] = []
    private var lastDevice = 0

    var tally: IssueTally { output.tally }

    /// The device of files that do not name one.
    static let defaultDevice = SampleOutput.defaultDevice

    init(limits: ReadLimits, zone: ZoneTimeline) {
        output = SampleOutput(
            file: .fitbit, device: SourceDevice(vendor: "Fitbit", model: ""), limits: limits,
            zone: zone)
    }

    /// Counts an issue.
    mutating func count(
        _ code: ReadIssueCode, at position: ReadPosition, found: String, expected: String,
        samplesLost: Int = 1
    ) {
        output.count(
            code, at: position, found: found, expected: expected, samplesLost: samplesLost)
    }

    mutating func countSentinel(_ position: ReadPosition) { output.countSentinel(position) }

    mutating func countInvalidTime(_ position: ReadPosition) {
        count(
            .invalidValue, at: position, found: "a time in another form",
            expected: "a time such as 01/02/26 03:04:05 or 2026-01-02T03:04:05Z")
    }

    mutating func countInvalidValue(_ position: ReadPosition) {
        output.countInvalidValue(position)
    }

    mutating func countUnknownStage(_ position: ReadPosition) {
        count(
            .unknownElement, at: position, found: "an unknown sleep stage",
            expected: "wake, light, deep, rem, asleep or restless")
    }

    /// Hands on everything.
    mutating func finish(into sink: inout some SampleSink & ~Copyable) {
        output.finish(into: &sink)
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
        let model = ["Health Connect", "Health Kit"].first { hasSuffix($0) } ?? ""
        lastDevice = output.device(
            SourceDevice(vendor: "Fitbit", model: model, unit: NameHash.of(lastSource)))
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
        try output.add(
            value, quantity, derivation, device: device, at: time, duration: duration,
            quality: quality, position: position, into: &sink)
    }

    /// Adds what the wall clock showed, where it differs from what was told last.
    mutating func addOffset(
        _ offset: Int32, at time: Timestamp, position: ReadPosition,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        try output.addOffset(offset, at: time, position: position, into: &sink)
    }

    /// The instant of a time; one without a zone is read on the person's wall clock.
    mutating func instant(_ time: TextTime, position: ReadPosition) -> Timestamp? {
        output.instant(
            time, position: position, expected: "--zone, or the folder with UserSleeps")
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
            output.countRange(position)
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

    private func isLastSource(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.count == lastSource.count else { return false }
        return bytes.indices.allSatisfy { bytes[$0] == lastSource[$0] }
    }

    private func hasSuffix(_ text: String) -> Bool {
        lastSource.suffix(text.utf8.count).elementsEqual(text.utf8)
    }
}
