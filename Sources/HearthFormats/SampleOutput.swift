// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Where the parts of a reader put what they find: streams, issues, the wall clock.
///
/// One ``BlockBuilder`` a stream (device, quantity, derivation); everything is handed on at the end or
/// when a block is full. Holds the limits of samples and of open streams.
struct SampleOutput: Sendable {
    private(set) var tally: IssueTally
    private var builders: [BlockBuilder] = []
    private var indices: [UInt64: Int] = [:]
    private var devices: [SourceDevice]
    private var deviceIndices: [SourceDevice: Int]
    private var samples: Int64 = 0
    private var clock: LocalClock
    private var lastOffset: Int32?
    private var lastOffsetTime = Timestamp.distantPast
    private let file: FileKind
    private let limits: ReadLimits
    /// Whether a stream's samples are handed on as soon as another stream's come.
    private let isLive: Bool
    private var current = -1

    /// The device of rows that do not name one.
    static let defaultDevice = 0

    /// - Parameters:
    ///   - device: the one of rows that do not name any.
    ///   - zone: the person's wall clock, for local times of which the file tells no zone.
    ///   - isLive: whether blocks are runs of one stream in the order of arrival.
    init(
        file: FileKind, device: SourceDevice, limits: ReadLimits, zone: ZoneTimeline,
        isLive: Bool = false
    ) {
        self.isLive = isLive
        self.tally = IssueTally(limits: limits)
        self.clock = LocalClock(zone: zone)
        self.file = file
        self.devices = [device]
        self.deviceIndices = [device: Self.defaultDevice]
        self.limits = limits
    }

    // MARK: Issues

    mutating func count(
        _ code: ReadIssueCode, at position: ReadPosition, found: String, expected: String,
        samplesLost: Int = 1, times: Int = 1
    ) {
        tally.count(
            code, at: position, found: found, expected: expected, samplesLost: samplesLost,
            times: times)
    }

    mutating func countSentinel(_ position: ReadPosition) {
        count(
            .sentinelValue, at: position, found: "the device's mark for no value",
            expected: "a value")
    }

    mutating func countInvalidTime(_ position: ReadPosition) {
        count(
            .invalidValue, at: position, found: "a time in another form",
            expected: "a time such as 2026-01-02T03:04:05Z")
    }

    mutating func countInvalidValue(_ position: ReadPosition) {
        count(
            .invalidValue, at: position, found: "a value in another form",
            expected: "a decimal number")
    }

    // MARK: Samples

    /// The number of a device, to be handed to ``add(_:_:_:device:at:duration:quality:position:into:)``.
    mutating func device(_ device: SourceDevice) -> Int {
        if let known = deviceIndices[device] { return known }
        guard devices.count < limits.streams else { return Self.defaultDevice }
        deviceIndices[device] = devices.count
        devices.append(device)
        return devices.count - 1
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
        if isLive { turn(to: index, into: &sink) }
        let isTaken = builders[index].add(
            value, at: time, duration: duration, quality: quality, into: &sink)
        try conclude(isTaken, position)
    }

    /// Adds one sample of several columns; counts it if one of them is implausible.
    mutating func add(
        values: [Float], _ quantity: Quantity, _ derivation: Derivation = .measured,
        device: Int = defaultDevice, at time: Timestamp, duration: Int64 = 0, quality: UInt8 = 0,
        position: ReadPosition, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let index = index(quantity, derivation, device)
        if isLive { turn(to: index, into: &sink) }
        let isTaken = builders[index].add(
            values, at: time, duration: duration, quality: quality, into: &sink)
        try conclude(isTaken, position)
    }

    /// Hands on everything.
    mutating func finish(into sink: inout some SampleSink & ~Copyable) {
        for index in builders.indices { builders[index].flush(into: &sink) }
        current = -1
        tally.flush(into: &sink)
    }

    /// Keeps the order of arrival: what was gathered of another stream goes first.
    private mutating func turn(to index: Int, into sink: inout some SampleSink & ~Copyable) {
        if index == current { return }
        if current >= 0 { builders[current].flush(into: &sink) }
        current = index
    }

    private mutating func conclude(_ isTaken: Bool, _ position: ReadPosition) throws(ReadError) {
        guard isTaken else {
            count(
                .implausibleValue, at: position, found: "a value out of range",
                expected: "a value the quantity can have")
            return
        }
        try countSample(position)
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
                origin: Origin(file: file, derivation: derivation), limits: limits))
        return builders.count - 1
    }

    // MARK: The wall clock

    /// Adds what the wall clock showed, where it differs from what was told last.
    mutating func addOffset(
        _ offset: Int32, origin: ZoneOrigin = .file, at time: Timestamp, position: ReadPosition,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        // Rows that go back in time are told again: the change may lie between them.
        let isKnown = lastOffset == offset && time >= lastOffsetTime
        lastOffsetTime = time
        if isKnown { return }
        lastOffset = offset
        let index = index(.zoneOffset, .measured, Self.defaultDevice)
        if isLive { turn(to: index, into: &sink) }
        _ = builders[index].add([Float(offset), Float(origin.rawValue)], at: time, into: &sink)
        try countSample(position)
    }

    /// The instant of a time; one without a zone is read on the person's wall clock, and where that
    /// is not known as UTC, which is reported once.
    mutating func instant(
        _ time: TextTime, position: ReadPosition,
        expected: String = "--zone, or a file that tells the offset"
    ) -> Timestamp? {
        if time.offsetSeconds == nil, clock.isUnanchored {
            count(
                .unanchoredTime, at: position, found: "local time without a zone; read as UTC",
                expected: expected, samplesLost: 0)
        }
        guard let instant = clock.instant(time) else {
            countRange(position)
            return nil
        }
        return instant
    }

    mutating func countRange(_ position: ReadPosition) {
        count(
            .invalidValue, at: position, found: "a time out of range",
            expected: "a year from 1678 to 2261")
    }
}

/// A hash that tells units and sources apart without keeping their names (FNV-1a, 64 bits).
///
/// - Source: `fowler1991`.
enum NameHash {
    static func of(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
