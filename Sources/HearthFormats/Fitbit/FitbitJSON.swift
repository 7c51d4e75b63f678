// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Reads a Fitbit JSON file: one array, each element recognised by its own keys.
///
/// Damage inside an element costs that element: reading goes on at the next `{`.
struct FitbitJSON: Sendable {
    private var tokenizer: JSONTokenizer
    private var parser: FitbitElementParser
    private var minutes = FitbitMinuteRows()
    private var meaning: FitbitMinutes?
    private var isUndecided = false
    private var hasBegun = false
    private var isInElement = false
    /// True behind damage until a sound element was read.
    private var isRecovering = false
    /// True while bytes are skipped up to the next `{`.
    private var isSeeking = false
    private var elements: Int64 = 0
    /// Bytes read before the piece at hand.
    private var base: Int64

    init(limits: ReadLimits, minutes: FitbitMinutes?, base: Int64) {
        self.tokenizer = JSONTokenizer(limits: limits)
        self.parser = FitbitElementParser()
        self.meaning = minutes
        self.base = base
    }

    mutating func read(
        _ bytes: Span<UInt8>, _ output: inout FitbitOutput,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        var index = 0
        while index < bytes.count {
            if isSeeking {
                while index < bytes.count, bytes[index] != UInt8(ascii: "{") { index += 1 }
                if index == bytes.count { break }
                isSeeking = false
            }
            switch next(bytes, &index) {
            case .token(let token):
                try take(token, at: base + Int64(index - 1), &output, into: &sink)
            case .problem(let problem):
                try recover(from: problem, at: base + Int64(index), &output, into: &sink)
            case .moreNeeded: break
            }
        }
        base += Int64(bytes.count)
    }

    mutating func finish(
        _ output: inout FitbitOutput, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        if !tokenizer.isComplete {
            let position = ReadPosition(byte: base, record: elements)
            if isInElement { try saveNight(&output, into: &sink) }
            output.count(
                .truncated, at: position, found: "the end of the input inside the array",
                expected: "the rest of the array", samplesLost: isInElement ? 1 : 0)
        }
        try settleMinutes(&output, into: &sink)
    }

    private enum Step {
        case token(JSONToken), problem(JSONProblem), moreNeeded
    }

    private mutating func next(_ bytes: Span<UInt8>, _ index: inout Int) -> Step {
        do throws(JSONProblem) {
            return try tokenizer.next(bytes, &index).map { .token($0) } ?? .moreNeeded
        } catch {
            return .problem(error)
        }
    }

    private mutating func take(
        _ token: JSONToken, at byte: Int64, _ output: inout FitbitOutput,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let position = ReadPosition(byte: byte, record: elements)
        guard hasBegun else {
            guard token == .beginArray else {
                throw ReadError(
                    .unsupported, at: position, found: "JSON that is no array",
                    expected: "an array of Fitbit's records")
            }
            hasBegun = true
            return
        }
        let depth = tokenizer.depth
        if isInElement {
            if depth == 1 {
                isInElement = false
                try endElement(&output, into: &sink)
            } else {
                parser.take(token, depth: depth, text: tokenizer.text, at: position)
            }
        } else if token == .beginObject, depth == 2 {
            elements += 1
            isInElement = true
            parser.begin(at: ReadPosition(byte: byte, record: elements))
        } else if depth == 1, token != .endArray {
            output.count(
                .unknownElement, at: position, found: "an element that is no object",
                expected: "one of Fitbit's records", samplesLost: 0)
        }
    }

    /// Keeps what was sound before the damage and looks for the next element.
    private mutating func recover(
        from problem: JSONProblem, at byte: Int64, _ output: inout FitbitOutput,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        // Behind damage the rest of the same element is met as one without a time.
        let isLost = isInElement && (!isRecovering || parser.element.time.isThere)
        if isInElement { try saveNight(&output, into: &sink) }
        output.count(
            problem.code, at: ReadPosition(byte: byte, record: elements), found: problem.found,
            expected: problem.expected, samplesLost: isLost ? 1 : 0)
        tokenizer.reset(inArray: true)
        isInElement = false
        isRecovering = true
        isSeeking = true
        hasBegun = true
    }

    private mutating func endElement(
        _ output: inout FitbitOutput, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let element = parser.element
        guard let family = element.family, element.time.isThere || element.hasNight || element.isLog
        else {
            if !isRecovering {
                output.count(
                    .unknownElement, at: element.position, found: "an unknown element",
                    expected: "one of Fitbit's records")
            }
            return
        }
        isRecovering = false
        switch family {
        case .heartRateJSON: try addHeartRate(element, &output, into: &sink)
        case .restingHeartRateJSON: try addRestingHeartRate(element, &output, into: &sink)
        case .maximalOxygenUptakeJSON: try addOxygenUptake(element, &output, into: &sink)
        case .sleepJSON: try saveNight(&output, into: &sink)
        case .minutesJSON: try addMinute(element, &output, into: &sink)
        default:
            output.count(
                .unsupported, at: element.position, found: "a log of weight or exercise",
                expected: "a measurement")
        }
    }

    private mutating func addHeartRate(
        _ element: FitbitElement, _ output: inout FitbitOutput,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard let (time, bpm) = reading(element.time, element.bpm, element.position, &output)
        else { return }
        if bpm == 0 {
            output.countSentinel(element.position)
            return
        }
        var quality: UInt8 = 0
        if case .found(let confidence) = element.confidence {
            if confidence == 1 { quality = FitbitQuality.lowConfidence }
            if confidence == 0 {
                quality = FitbitQuality.noConfidence
                if bpm == 70 { quality |= FitbitQuality.likelyFiller }
            }
        }
        guard let instant = output.utcInstant(time, position: element.position) else { return }
        try output.add(
            bpm, .heartRate, at: instant, quality: quality, position: element.position, into: &sink)
    }

    /// Days without a value are written as null or 0.
    private mutating func addRestingHeartRate(
        _ element: FitbitElement, _ output: inout FitbitOutput,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        if case .found(nil) = element.innerDate {
            output.countSentinel(element.position)
            return
        }
        guard
            let (time, bpm) = reading(element.time, element.innerValue, element.position, &output)
        else { return }
        var date = time
        if case .found(let inner?) = element.innerDate { date = inner }
        if bpm == 0 {
            output.countSentinel(element.position)
            return
        }
        guard let instant = output.midnight(date, position: element.position) else { return }
        try output.add(
            bpm, .restingHeartRate, .derived, at: instant, position: element.position, into: &sink)
    }

    private mutating func addOxygenUptake(
        _ element: FitbitElement, _ output: inout FitbitOutput,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let uptake =
            element.filteredOxygenUptake.isThere
            ? element.filteredOxygenUptake : element.oxygenUptake
        guard let (time, value) = reading(element.time, uptake, element.position, &output),
            let instant = output.midnight(time, position: element.position)
        else { return }
        try output.add(
            value, .maximalOxygenUptake, .derived, at: instant, position: element.position,
            into: &sink)
    }

    /// A time and a value that can be read, or an issue.
    private func reading(
        _ time: FitbitElement.Field<TextTime>, _ value: FitbitElement.Field<Float>,
        _ position: ReadPosition, _ output: inout FitbitOutput
    ) -> (TextTime, Float)? {
        guard case .found(let time) = time else {
            output.countInvalidTime(position)
            return nil
        }
        guard case .found(let value) = value else {
            output.countInvalidValue(position)
            return nil
        }
        return (time, value)
    }
}

extension FitbitJSON {
    /// Delivers the stages of the log read so far.
    private mutating func saveNight(
        _ output: inout FitbitOutput, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let element = parser.element
        var levels = element.levels
        if levels.isEmpty, element.shortLevels.isEmpty, element.level.stage.isThere,
            element.level.seconds.isThere
        {
            levels.append(element.level)
        }
        if parser.droppedLevels > 0 {
            output.count(
                .limitExceeded, at: element.position, found: "a log of more stages",
                expected: "at most \(FitbitNight.mostStretches) stages",
                samplesLost: parser.droppedLevels)
        }
        let stages = stretches(levels, element.position, &output)
        let short = stretches(element.shortLevels, element.position, &output)
        for stretch in FitbitNight.merged(stages, short: short) {
            try output.add(
                Float(stretch.stage.rawValue), .sleepStage, .derived,
                at: Timestamp(nanoseconds: stretch.start), duration: stretch.end - stretch.start,
                quality: stretch.quality, position: element.position, into: &sink)
        }
    }

    private func stretches(
        _ levels: [FitbitElement.Level], _ position: ReadPosition, _ output: inout FitbitOutput
    ) -> [FitbitStretch] {
        var stretches: [FitbitStretch] = []
        for level in levels {
            let position = level.position.byte > 0 ? level.position : position
            guard case .found(let time) = level.time else {
                output.countInvalidTime(position)
                continue
            }
            // A week is longer than any stage and short enough to never overflow.
            guard case .found(let seconds) = level.seconds, (1...604_800).contains(seconds) else {
                output.countInvalidValue(position)
                continue
            }
            guard case .found(let stage) = level.stage else {
                output.countUnknownStage(position)
                continue
            }
            guard let start = output.instant(time, position: position) else { continue }
            stretches.append(
                FitbitStretch(
                    start: start.nanoseconds, end: start.advanced(bySeconds: seconds).nanoseconds,
                    stage: stage.stage, quality: stage.quality))
        }
        return stretches
    }

    private mutating func addMinute(
        _ element: FitbitElement, _ output: inout FitbitOutput,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard let (time, value) = reading(element.time, element.value, element.position, &output)
        else { return }
        let row = FitbitMinuteRows.Row(time: time, value: value, position: element.position)
        if meaning != nil || isUndecided {
            try deliver(row, &output, into: &sink)
            return
        }
        minutes.append(row)
        if minutes.isFull { try settleMinutes(&output, into: &sink) }
    }

    /// Decides what the minute values held back measure.
    private mutating func settleMinutes(
        _ output: inout FitbitOutput, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        meaning = meaning ?? minutes.meaning
        isUndecided = meaning == nil
        for row in minutes.takeRows() { try deliver(row, &output, into: &sink) }
    }

    private func deliver(
        _ row: FitbitMinuteRows.Row, _ output: inout FitbitOutput,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let quantity: Quantity
        var value = row.value
        switch meaning {
        case .steps: quantity = .steps
        case .distance:
            quantity = .distance
            value = Float(Double(value) / 100)
        case .energy:
            output.count(
                .unsupported, at: row.position, found: "energy that includes energy at rest",
                expected: "active energy")
            return
        case .altitude:
            output.count(
                .unsupported, at: row.position, found: "altitude",
                expected: "steps or distance")
            return
        case nil:
            output.count(
                .unsupported, at: row.position,
                found: "minute values that do not tell what they measure",
                expected: "steps or distance")
            return
        }
        guard let instant = output.utcInstant(row.time, position: row.position) else { return }
        try output.add(
            value, quantity, at: instant, duration: 60_000_000_000, position: row.position,
            into: &sink)
    }
}
