// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// One stream of a file: a signal, or the three of an accelerometer, gathered into blocks.
///
/// Stored integers are handed on as they are, with the scale that makes them physical values.
struct EDFLane: Sendable {
    struct Channel: Sendable {
        /// Where in a data record its bytes begin.
        var offset: Int
        var scale: Scale
        /// The declared digital range, where it is narrower than what can be stored.
        var digital: ClosedRange<Int32>?
        /// Stored values the quantity can have, where not all that can be stored are.
        var plausible: ClosedRange<Int32>?
        var narrow: [Int16] = []
        var wide: [Int32] = []
    }

    let device: SourceDevice
    let quantity: Quantity
    /// Samples in one data record.
    let samples: Int
    private let period: Period
    private let isWide: Bool
    private let capacity: Int
    private var channels: [Channel]
    private var count = 0
    private var runStart = Timestamp(nanoseconds: 0)
    /// Of the first gathered sample, in samples since the start of the run.
    private var runIndex: Int64 = 0

    /// Blocks with more stretches than this between bad samples carry a time for each sample.
    private static let mostRuns = 64

    init(
        device: SourceDevice, quantity: Quantity, samples: Int, duration: Int64, isWide: Bool,
        channels: [Channel], limits: ReadLimits
    ) {
        self.device = device
        self.quantity = quantity
        self.samples = samples
        self.isWide = isWide
        self.channels = channels
        period = Period(numerator: max(1, duration), denominator: Int64(max(1, samples)))
        let block = max(1, limits.blockSamples)
        capacity = samples <= block ? block / max(1, samples) * max(1, samples) : block * 16
    }

    /// The next sample is the first of a run that starts then.
    mutating func begin(at start: Timestamp) {
        runStart = start
        runIndex = 0
    }

    /// How many whole samples of every channel lie in the first `bytes` of a record.
    func whole(in bytes: Int) -> Int {
        let width = isWide ? 3 : 2
        return channels.reduce(samples) { least, channel in
            min(least, max(0, (bytes - channel.offset) / width))
        }
    }

    /// Takes the first `wanted` samples of a data record.
    mutating func take(
        _ record: Span<UInt8>, _ wanted: Int, position: ReadPosition,
        _ output: inout SampleOutput, into sink: inout some SampleSink & ~Copyable
    ) {
        var done = 0
        while done < wanted {
            let part = min(wanted - done, capacity - count)
            for index in channels.indices {
                if isWide {
                    channels[index].takeWide(record, done, part, at: count, of: capacity)
                } else {
                    channels[index].takeNarrow(record, done, part, at: count, of: capacity)
                }
            }
            done += part
            count += part
            if count == capacity { flush(position: position, &output, into: &sink) }
        }
    }

    /// Hands on what has been gathered.
    mutating func flush(
        position: ReadPosition, _ output: inout SampleOutput,
        into sink: inout some SampleSink & ~Copyable
    ) {
        guard count > 0 else { return }
        let start = runStart.advanced(byNanoseconds: period.nanoseconds(times: runIndex))
        runIndex += Int64(count)
        let isPlausible = countOutside(position, &output)
        let block = SampleBlock(
            device: device, quantity: quantity, origin: Origin(file: .edf),
            times: .regular(start: start, period: period, count: count),
            columns: channels.indices.map { channels[$0].column(count, isWide) })
        count = 0
        if isPlausible {
            sink.accept(block)
        } else {
            acceptPlausible(block, position, &output, into: &sink)
        }
    }

    /// Counts values outside the digital range; false if some are outside the quantity's own.
    private func countOutside(_ position: ReadPosition, _ output: inout SampleOutput) -> Bool {
        var isPlausible = true
        for channel in channels {
            if let digital = channel.digital {
                let outside = channel.outside(digital, count, isWide)
                if outside > 0 {
                    output.count(
                        .implausibleValue, at: position,
                        found: "values outside the signal's digital range",
                        expected: "values inside it; they are kept", samplesLost: 0, times: outside)
                }
            }
            if let plausible = channel.plausible {
                isPlausible = isPlausible && channel.outside(plausible, count, isWide) == 0
            }
        }
        return isPlausible
    }

    /// The stretches of a block without samples that the quantity cannot have.
    private func acceptPlausible(
        _ block: SampleBlock, _ position: ReadPosition, _ output: inout SampleOutput,
        into sink: inout some SampleSink & ~Copyable
    ) {
        var runs: [Range<Int>] = []
        var kept = 0
        for index in 0..<block.count {
            let isSound = channels.indices.allSatisfy { number in
                guard let plausible = channels[number].plausible else { return true }
                return plausible.contains(Self.stored(block.columns[number], index))
            }
            guard isSound else { continue }
            kept += 1
            if let last = runs.last, last.upperBound == index {
                runs[runs.count - 1] = last.lowerBound..<index + 1
            } else {
                runs.append(index..<index + 1)
            }
        }
        let lost = block.count - kept
        output.count(
            .implausibleValue, at: position, found: "a value out of range",
            expected: "a value the quantity can have", samplesLost: lost, times: lost)
        if runs.count <= Self.mostRuns {
            for run in runs { sink.accept(block.slice(run)) }
        } else {
            sink.accept(block.gathering(runs, kept))
        }
    }

    private static func stored(_ column: SampleColumn, _ index: Int) -> Int32 {
        switch column {
        case .int16(let values, _): Int32(values[index])
        case .int32(let values, _): values[index]
        case .float32: 0
        }
    }
}

extension EDFLane.Channel {
    /// Copies `part` samples from sample `first` of the record on, to `place`.
    fileprivate mutating func takeNarrow(
        _ record: Span<UInt8>, _ first: Int, _ part: Int, at place: Int, of capacity: Int
    ) {
        if narrow.isEmpty { narrow = [Int16](repeating: 0, count: capacity) }
        let start = offset + 2 * first
        let source = record.extracting(start..<start + 2 * part)
        var target = narrow.mutableSpan
        for index in 0..<part {
            let low = UInt16(source[2 &* index])
            let high = UInt16(source[2 &* index &+ 1])
            target[place &+ index] = Int16(bitPattern: high << 8 | low)
        }
    }

    fileprivate mutating func takeWide(
        _ record: Span<UInt8>, _ first: Int, _ part: Int, at place: Int, of capacity: Int
    ) {
        if wide.isEmpty { wide = [Int32](repeating: 0, count: capacity) }
        let start = offset + 3 * first
        let source = record.extracting(start..<start + 3 * part)
        var target = wide.mutableSpan
        for index in 0..<part {
            let low = UInt32(source[3 &* index])
            let middle = UInt32(source[3 &* index &+ 1])
            let high = UInt32(source[3 &* index &+ 2])
            // In the upper bytes, so that the shift down keeps the sign.
            let raised = high << 24 | middle << 16 | low << 8
            target[place &+ index] = Int32(bitPattern: raised) >> 8
        }
    }

    /// Hands the first `count` values on: the buffer itself if it is full enough, else a copy, so that
    /// many short stretches do not take a whole buffer each.
    fileprivate mutating func column(_ count: Int, _ isWide: Bool) -> SampleColumn {
        isWide
            ? .int32(Self.moved(&wide, count), scale) : .int16(Self.moved(&narrow, count), scale)
    }

    private static func moved<Value>(_ buffer: inout [Value], _ count: Int) -> [Value] {
        guard count * 2 > buffer.count else { return Array(buffer[..<count]) }
        var values: [Value] = []
        swap(&values, &buffer)
        if values.count > count { values.removeLast(values.count - count) }
        return values
    }

    fileprivate func outside(_ range: ClosedRange<Int32>, _ count: Int, _ isWide: Bool) -> Int {
        var outside = 0
        if isWide {
            for index in 0..<count where !range.contains(wide[index]) { outside &+= 1 }
        } else {
            for index in 0..<count where !range.contains(Int32(narrow[index])) { outside &+= 1 }
        }
        return outside
    }
}

extension SampleBlock {
    /// Some samples of a block of regular times and integer columns.
    fileprivate func slice(_ range: Range<Int>) -> SampleBlock {
        guard case .regular(_, let period, _) = times else { return self }
        var block = self
        block.times = .regular(
            start: times[range.lowerBound], period: period, count: range.count)
        block.columns = columns.map { column in
            switch column {
            case .int16(let values, let scale): .int16(Array(values[range]), scale)
            case .int32(let values, let scale): .int32(Array(values[range]), scale)
            case .float32(let values): .float32(Array(values[range]))
            }
        }
        return block
    }

    /// Several stretches of such a block as one, with a time for each sample.
    fileprivate func gathering(_ ranges: [Range<Int>], _ count: Int) -> SampleBlock {
        func gathered<Value>(_ values: [Value]) -> [Value] {
            var result: [Value] = []
            result.reserveCapacity(count)
            for range in ranges { result += values[range] }
            return result
        }
        var block = self
        block.times = .irregular(ranges.flatMap { $0.map { times[$0].nanoseconds } })
        block.columns = columns.map { column in
            switch column {
            case .int16(let values, let scale): .int16(gathered(values), scale)
            case .int32(let values, let scale): .int32(gathered(values), scale)
            case .float32(let values): .float32(gathered(values))
            }
        }
        return block
    }
}
