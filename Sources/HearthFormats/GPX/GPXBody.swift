// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The elements of a GPX document.
struct GPXBody: TrackBody {
    var output: GatheredOutput
    private let depthLimit: Int
    private var depth = 0
    private var track: Track?
    private var point: Point?
    private var device = SampleOutput.defaultDevice
    /// The workout of a route of Apple's export is in `export.xml`.
    private var hasWorkoutElsewhere = false
    private var isEnded = false

    private struct Track {
        var offset: Int64
        var sport = 0
        var first: Timestamp?
        var last: Timestamp?
        /// The time of the point before, to see whether the clock went back.
        var latest: Timestamp?
    }

    private struct Point {
        var offset: Int64
        var time: TextTime?
        var hasBadTime = false
        var heartRate: Float?
        var temperature: Float?

        var samples: Int { (heartRate == nil ? 0 : 1) + (temperature == nil ? 0 : 1) }
    }

    init(_ context: ReadContext) {
        output = GatheredOutput(
            file: .gpx, device: SourceDevice(vendor: "", model: "GPX"), context: context)
        depthLimit = max(4, context.limits.depth)
    }

    // MARK: Tags

    mutating func take(
        _ tag: XMLTag, _ attributes: borrowing XMLAttributes, in segment: Span<UInt8>
    ) throws(ReadError) {
        countFault(tag)
        let name = TrackText.localName(segment, tag.name)
        if try takeStructure(tag, name, attributes, segment) { return }
        if tag.form == .open {
            depth += 1
            guard depth <= depthLimit else { throw tooDeep(at: tag.offset, depthLimit) }
        } else if tag.form == .close {
            depth = max(0, depth - 1)
            return
        }
        guard tag.fault == .none else { return }
        if point != nil {
            try takePointElement(tag, name, segment)
        } else if track != nil, XMLByteSearch.equal(segment, name, "type") {
            let text = TrackText.trimmed(segment, from: tag.textStart)
            track?.sport = Self.sport(TrackText.string(segment, text))
        }
    }

    mutating func openMissingRoot(at offset: Int64) {
        output.count(
            .damaged, at: ReadPosition(byte: offset), found: "no plain element gpx at the start",
            expected: "the element gpx", samplesLost: 0)
    }

    mutating func takeStray(_ what: XMLStray, at offset: Int64) throws(ReadError) {
        countStray(what, at: offset)
    }

    /// The elements that make up the document; they also set the depth right after damage.
    private mutating func takeStructure(
        _ tag: XMLTag, _ name: Range<Int>, _ attributes: borrowing XMLAttributes,
        _ segment: Span<UInt8>
    ) throws(ReadError) -> Bool {
        if XMLByteSearch.equal(segment, name, "trkpt") {
            try endPoint()
            depth = 4
            countPosition(tag)
            if tag.form == .open { point = Point(offset: tag.offset) } else { depth = 3 }
        } else if XMLByteSearch.equal(segment, name, "trkseg") {
            try endPoint()
            depth = tag.form == .open ? 3 : 2
        } else if XMLByteSearch.equal(segment, name, "trk") {
            try endTrack()
            depth = tag.form == .open ? 2 : 1
            if tag.form == .open { track = Track(offset: tag.offset) }
        } else if XMLByteSearch.equal(segment, name, "gpx") {
            try endTrack()
            depth = tag.form == .open ? 1 : 0
            isEnded = tag.form != .open
            if tag.form == .open, tag.fault == .none { takeCreator(attributes, segment) }
        } else if XMLByteSearch.equal(segment, name, "wpt")
            || XMLByteSearch.equal(segment, name, "rtept")
        {
            try endPoint()
            depth = tag.form == .open ? 2 : 1
            countPosition(tag)
        } else {
            return false
        }
        return true
    }

    private mutating func countPosition(_ tag: XMLTag) {
        guard tag.form != .close else { return }
        output.countIgnored("positions", at: ReadPosition(byte: tag.offset))
    }

    private mutating func takePointElement(
        _ tag: XMLTag, _ name: Range<Int>, _ segment: Span<UInt8>
    ) throws(ReadError) {
        if XMLByteSearch.equal(segment, name, "time") {
            let time = time(segment, tag)
            point?.time = time
            point?.hasBadTime = time == nil
        } else if XMLByteSearch.equal(segment, name, "hr")
            || XMLByteSearch.equal(segment, name, "heartrate")
        {
            guard let value = number(segment, tag) else { return }
            if value <= 0 {
                output.countSentinel(ReadPosition(byte: tag.offset))
            } else if point?.heartRate != nil {
                output.count(
                    .duplicate, at: ReadPosition(byte: tag.offset),
                    found: "a second heart rate of one point", expected: "one")
            } else {
                point?.heartRate = value
            }
        } else if XMLByteSearch.equal(segment, name, "atemp")
            || XMLByteSearch.equal(segment, name, "temp")
        {
            if let value = number(segment, tag) { point?.temperature = value }
        } else if !Self.isKnown(segment, name) {
            output.count(
                .unknownElement, at: ReadPosition(byte: tag.offset),
                found: "an unknown element of a point", expected: "time, ele or an extension",
                samplesLost: 0)
        }
    }

    /// Elements of a point that are known and not read.
    private static func isKnown(_ segment: Span<UInt8>, _ name: Range<Int>) -> Bool {
        let known: [StaticString] = [
            "ele", "extensions", "TrackPointExtension", "speed", "course", "hAcc", "vAcc", "cad",
            "cadence", "power", "PowerInWatts", "sat", "hdop", "vdop", "pdop", "fix", "name",
            "desc", "sym", "src", "wtemp", "depth", "bearing", "distance", "altitude",
            "seaLevelPressure",
            "verticalSpeed", "magvar", "geoidheight", "cmt", "link", "type", "accuracy",
        ]
        return known.contains { XMLByteSearch.equal(segment, name, $0) }
    }

    // MARK: Points and tracks

    private mutating func endPoint() throws(ReadError) {
        guard let done = point else { return }
        point = nil
        let position = ReadPosition(byte: done.offset)
        guard let time = done.time else {
            if done.samples > 0, !done.hasBadTime {
                output.count(
                    .unanchoredTime, at: position, found: "a point without a time",
                    expected: "a time", samplesLost: done.samples)
            } else if done.hasBadTime, done.samples > 1 {
                output.count(
                    .invalidValue, at: position, found: "a point without a sound time",
                    expected: "a time", samplesLost: done.samples - 1)
            }
            return
        }
        guard let instant = try instant(time, at: position) else { return }
        extend(to: instant, position)
        if let value = done.heartRate {
            try output.add(value, .heartRate, device: device, at: instant, position: position)
        }
        if let value = done.temperature {
            try output.add(
                value, .deviceTemperature, device: device, at: instant, position: position)
        }
    }

    private mutating func extend(to instant: Timestamp, _ position: ReadPosition) {
        if let latest = track?.latest, instant < latest {
            output.count(
                .timeBackwards, at: position, found: "a point earlier than the one before",
                expected: "points in order of time", samplesLost: 0)
        }
        let (first, last) = (track?.first ?? instant, track?.last ?? instant)
        track?.latest = instant
        track?.first = min(first, instant)
        track?.last = max(last, instant)
    }

    private mutating func endTrack() throws(ReadError) {
        try endPoint()
        guard let done = track else { return }
        track = nil
        guard let first = done.first, let last = done.last, !hasWorkoutElsewhere else { return }
        try output.addWorkout(
            sport: done.sport, energy: nil, distance: nil, at: first,
            duration: last.nanoseconds(since: first), device: device,
            position: ReadPosition(byte: done.offset))
    }

    mutating func endDocument(at offset: Int64) throws(ReadError) {
        try endTrack()
        guard !isEnded else { return }
        output.count(
            .truncated, at: ReadPosition(byte: offset), found: "the end of the recording",
            expected: "the end of the element gpx", samplesLost: 0)
    }

    // MARK: Who wrote it

    private mutating func takeCreator(
        _ attributes: borrowing XMLAttributes, _ segment: Span<UInt8>
    ) {
        let range = TrackText.attribute("creator", attributes, segment)
        let creator = TrackText.string(segment, range).lowercased()
        hasWorkoutElsewhere = creator.contains("apple health")
        // Of the name only a known maker is kept: people name their devices after themselves.
        let vendor = Self.vendors.first { creator.contains($0.lowercased()) }
        guard !creator.isEmpty else { return }
        device = output.device(
            SourceDevice(
                vendor: vendor ?? "", model: "GPX", unit: NameHash.of(Array(creator.utf8))))
    }

    private static let vendors = [
        "Garmin", "Polar", "Suunto", "Amazfit", "Zepp", "Strava", "Apple", "COROS", "Wahoo",
        "Samsung", "Huawei", "Fitbit", "Komoot", "OpenTracks", "Gadgetbridge",
    ]

    /// A word, or one of the numbers Strava writes.
    private static func sport(_ type: String) -> Int {
        switch type {
        case "1": 2
        case "4": 17
        case "9": 1
        case "10": 11
        case "16": 5
        default: SportName.code(type.split(separator: "_").joined(separator: " "))
        }
    }
}
