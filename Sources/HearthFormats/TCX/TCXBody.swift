// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The elements of a Training Center document.
struct TCXBody: TrackBody {
    var output: GatheredOutput
    private let depthLimit: Int
    private var depth = 0
    private var session: Session?
    private var lap: Lap?
    private var point: Point?
    /// Whose `Value` comes next.
    private var rate = Rate.none
    /// Courses and workouts are plans, not measurements.
    private var isInPlan = false
    private var isEnded = false

    private enum Rate { case none, point, average, maximum }

    private struct Session {
        var offset: Int64
        var sport: Int
        var start: Timestamp?
        var end: Timestamp?
        var energy: Float?
        var distance: Float?
        /// Where the distance stood, and when.
        var covered: (meters: Float, time: Timestamp)?
    }

    private struct Lap {
        var offset: Int64
        var start: Timestamp?
        var seconds: Float?
        var energy: Float?
        var distance: Float?
        var averageRate: Float?
        var hasRates = false

        var duration: Int64 { Int64(Double(min(max(seconds ?? 0, 0), 10_000_000)) * 1e9) }
    }

    private struct Point {
        var offset: Int64
        var time: TextTime?
        var hasBadTime = false
        var heartRate: Float?
        var distance: Float?
    }

    init(_ context: ReadContext) {
        output = GatheredOutput(
            file: .tcx, device: SourceDevice(vendor: "", model: "TCX"), context: context)
        depthLimit = max(8, context.limits.depth)
    }

    // MARK: Tags

    mutating func take(
        _ tag: XMLTag, _ attributes: borrowing XMLAttributes, in segment: Span<UInt8>
    ) throws(ReadError) {
        countFault(tag)
        let name = TrackText.localName(segment, tag.name)
        if XMLByteSearch.equal(segment, name, "Courses")
            || XMLByteSearch.equal(segment, name, "Workouts")
        {
            try takePlan(tag)
        } else if !isInPlan, try takeStructure(tag, name, attributes, segment) {
            return
        } else {
            if tag.form == .open {
                depth += 1
                guard depth <= depthLimit else { throw tooDeep(at: tag.offset, depthLimit) }
            } else if tag.form == .close {
                depth = max(0, depth - 1)
            }
            guard tag.fault == .none, !isInPlan else { return }
            try takeValue(tag, name, segment)
        }
    }

    mutating func openMissingRoot(at offset: Int64) {
        output.count(
            .damaged, at: ReadPosition(byte: offset), found: "no plain root element",
            expected: "the element TrainingCenterDatabase", samplesLost: 0)
    }

    mutating func takeStray(_ what: XMLStray, at offset: Int64) throws(ReadError) {
        countStray(what, at: offset)
    }

    private mutating func takePlan(_ tag: XMLTag) throws(ReadError) {
        try endSession()
        isInPlan = tag.form == .open
        depth = tag.form == .open ? 2 : 1
        guard tag.form == .open else { return }
        output.count(
            .unsupported, at: ReadPosition(byte: tag.offset), found: "a planned course or workout",
            expected: "a recorded activity", samplesLost: 0)
    }

    /// The elements that make up the document; they also set the depth right after damage.
    private mutating func takeStructure(
        _ tag: XMLTag, _ name: Range<Int>, _ attributes: borrowing XMLAttributes,
        _ segment: Span<UInt8>
    ) throws(ReadError) -> Bool {
        let isOpen = tag.form == .open
        if XMLByteSearch.equal(segment, name, "Trackpoint") {
            try endPoint()
            depth = isOpen ? 6 : 5
            if isOpen { point = Point(offset: tag.offset) }
        } else if XMLByteSearch.equal(segment, name, "Track") {
            try endPoint()
            depth = isOpen ? 5 : 4
        } else if XMLByteSearch.equal(segment, name, "Lap") {
            try endLap()
            depth = isOpen ? 4 : 3
            if isOpen { try beginLap(tag, attributes, segment) }
        } else if XMLByteSearch.equal(segment, name, "Activity") {
            try endSession()
            depth = isOpen ? 3 : 2
            if isOpen { beginSession(tag, attributes, segment) }
        } else if XMLByteSearch.equal(segment, name, "TrainingCenterDatabase") {
            try endSession()
            depth = isOpen ? 1 : 0
            isEnded = !isOpen
        } else {
            return false
        }
        rate = .none
        return true
    }

    private mutating func takeValue(
        _ tag: XMLTag, _ name: Range<Int>, _ segment: Span<UInt8>
    ) throws(ReadError) {
        if XMLByteSearch.equal(segment, name, "HeartRateBpm") {
            rate = tag.form == .open ? .point : .none
        } else if XMLByteSearch.equal(segment, name, "AverageHeartRateBpm") {
            rate = tag.form == .open ? .average : .none
        } else if XMLByteSearch.equal(segment, name, "MaximumHeartRateBpm") {
            rate = tag.form == .open ? .maximum : .none
        } else if tag.form == .close {
            return
        } else if XMLByteSearch.equal(segment, name, "Value") {
            takeRate(tag, segment)
        } else if XMLByteSearch.equal(segment, name, "Time"), point != nil {
            let time = time(segment, tag)
            point?.time = time
            point?.hasBadTime = time == nil
        } else if XMLByteSearch.equal(segment, name, "DistanceMeters") {
            let value = number(segment, tag)
            if point != nil { point?.distance = value } else { lap?.distance = value }
        } else if XMLByteSearch.equal(segment, name, "TotalTimeSeconds") {
            let value = number(segment, tag)
            lap?.seconds = value
        } else if XMLByteSearch.equal(segment, name, "Calories") {
            let value = number(segment, tag)
            lap?.energy = value
        } else if XMLByteSearch.equal(segment, name, "Position") {
            output.countIgnored("positions", at: ReadPosition(byte: tag.offset))
        } else if point != nil, !Self.isKnown(segment, name) {
            output.count(
                .unknownElement, at: ReadPosition(byte: tag.offset),
                found: "an unknown element of a point", expected: "an element of Trackpoint",
                samplesLost: 0)
        }
    }

    private mutating func takeRate(_ tag: XMLTag, _ segment: Span<UInt8>) {
        guard rate != .none, rate != .maximum, let value = number(segment, tag) else { return }
        if value <= 0 {
            output.countSentinel(ReadPosition(byte: tag.offset))
        } else if rate == .average {
            lap?.averageRate = value
        } else if point != nil {
            point?.heartRate = value
            lap?.hasRates = true
        }
    }

    /// Elements of a point that are known and not read.
    private static func isKnown(_ segment: Span<UInt8>, _ name: Range<Int>) -> Bool {
        let known: [StaticString] = [
            "LatitudeDegrees", "LongitudeDegrees", "AltitudeMeters", "Cadence", "SensorState",
            "Extensions", "TPX", "Speed", "Watts", "RunCadence",
        ]
        return known.contains { XMLByteSearch.equal(segment, name, $0) }
    }

    // MARK: Sessions and laps

    private mutating func beginSession(
        _ tag: XMLTag, _ attributes: borrowing XMLAttributes, _ segment: Span<UInt8>
    ) {
        let sport =
            tag.fault == .none
            ? TrackText.string(segment, TrackText.attribute("Sport", attributes, segment)) : ""
        session = Session(offset: tag.offset, sport: SportName.code(sport))
    }

    private mutating func beginLap(
        _ tag: XMLTag, _ attributes: borrowing XMLAttributes, _ segment: Span<UInt8>
    ) throws(ReadError) {
        var begun = Lap(offset: tag.offset)
        defer { lap = begun }
        guard tag.fault == .none else { return }
        let position = ReadPosition(byte: tag.offset)
        let text = TrackText.attribute("StartTime", attributes, segment)
        guard let time = TextTime(segment.extracting(text)) else {
            output.countInvalidTime(position)
            return
        }
        begun.start = try instant(time, at: position)
        guard let start = begun.start else { return }
        extend(to: start)
        if session?.covered == nil { session?.covered = (0, start) }
    }

    private mutating func extend(to instant: Timestamp) {
        let (start, end) = (session?.start ?? instant, session?.end ?? instant)
        session?.start = min(start, instant)
        session?.end = max(end, instant)
    }

    private mutating func endLap() throws(ReadError) {
        try endPoint()
        guard let done = lap else { return }
        lap = nil
        let position = ReadPosition(byte: done.offset)
        guard let start = done.start else { return }
        extend(to: start.advanced(byNanoseconds: done.duration))
        if let distance = done.distance {
            let before = session?.distance ?? 0
            session?.distance = before + distance
        }
        if let energy = done.energy {
            let before = session?.energy ?? 0
            session?.energy = before + energy
            try output.add(
                energy, .activeEnergy, .derived, at: start, duration: done.duration,
                position: position)
        }
        if let average = done.averageRate, !done.hasRates {
            try output.add(
                average, .heartRate, .derived, at: start, duration: done.duration,
                position: position)
        }
    }

    private mutating func endSession() throws(ReadError) {
        try endLap()
        guard let done = session else { return }
        session = nil
        guard let start = done.start, let end = done.end else { return }
        try output.addWorkout(
            sport: done.sport, energy: done.energy, distance: done.distance, at: start,
            duration: end.nanoseconds(since: start), position: ReadPosition(byte: done.offset))
    }

    mutating func endDocument(at offset: Int64) throws(ReadError) {
        try endSession()
        guard !isEnded else { return }
        output.count(
            .truncated, at: ReadPosition(byte: offset), found: "the end of the recording",
            expected: "the end of the element TrainingCenterDatabase", samplesLost: 0)
    }

    // MARK: Points

    private mutating func endPoint() throws(ReadError) {
        guard let done = point else { return }
        point = nil
        let position = ReadPosition(byte: done.offset)
        guard let time = done.time else {
            if done.heartRate != nil, !done.hasBadTime {
                output.count(
                    .unanchoredTime, at: position, found: "a point without a time",
                    expected: "a time")
            }
            return
        }
        guard let instant = try instant(time, at: position) else { return }
        extend(to: instant)
        if let value = done.heartRate {
            try output.add(value, .heartRate, at: instant, position: position)
        }
        if let meters = done.distance { try cover(meters, at: instant, position) }
    }

    /// The way since the point before; distances in the file count from the start of the session.
    private mutating func cover(
        _ meters: Float, at time: Timestamp, _ position: ReadPosition
    ) throws(ReadError) {
        let before = session?.covered
        session?.covered = (meters, time)
        guard let before else { return }
        guard meters >= before.meters, time >= before.time else {
            output.count(
                .timeBackwards, at: position, found: "a distance or time below the one before",
                expected: "a growing distance", samplesLost: 0)
            return
        }
        guard meters > before.meters else { return }
        try output.add(
            meters - before.meters, .distance, .derived, at: before.time,
            duration: time.nanoseconds(since: before.time), position: position)
    }
}
