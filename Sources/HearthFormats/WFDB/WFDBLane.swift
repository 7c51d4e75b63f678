// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// One signal of one file: gathers its samples into columns and hands them on as blocks.
///
/// Blocks end at places that depend on the signal alone, never on how the input was cut.
struct WFDBLane: Sendable {
    let device: SourceDevice
    let quantity: Quantity
    let scale: Scale
    let period: Period
    let samplesPerFrame: Int
    /// The expected sum of all samples.
    let checksum: UInt16?
    /// What is outside is no value or not plausible.
    private let low: Int32
    private let high: Int32
    private let sentinel: Int32?
    private let isWide: Bool
    private let isDifference: Bool
    private let base: Timestamp
    private let blockSamples: Int

    /// Sample number, counted from `base`, of the first sample in the columns.
    private var index: Int64
    private var narrow: [Int16] = []
    private var wide: [Int32] = []
    private var count = 0
    private var absent = 0
    private var last: Int32
    private(set) var sum: UInt32 = 0
    private(set) var sentinels = 0
    private(set) var implausible = 0
    private(set) var delivered: Int64 = 0

    /// - Parameters:
    ///   - format: of the file.
    ///   - base: where frame 0 of the record lies.
    ///   - startFrame: where the segment begins in the record.
    init(
        _ signal: WFDBHeader.Signal, _ format: WFDBFormat, device: SourceDevice,
        quantity: Quantity, scale: Scale, framePeriod: Period, base: Timestamp,
        startFrame: Int64, limits: ReadLimits
    ) {
        self.device = device
        self.quantity = quantity
        self.scale = scale
        samplesPerFrame = signal.samplesPerFrame
        period = WFDBClock.period(framePeriod, dividedBy: samplesPerFrame)
        checksum = signal.checksum
        sentinel = format.sentinel
        isWide = format.isWide
        isDifference = format == .differences8
        last = signal.initial
        self.base = base
        blockSamples = max(1, min(limits.blockSamples, 1 << 16))
        let (frames, early) = startFrame.subtractingReportingOverflow(signal.skew)
        let (first, far) = frames.multipliedReportingOverflow(by: Int64(samplesPerFrame))
        index = early || far ? Int64.max / 2 : first
        let floor = format.sentinel.map { $0 &+ 1 } ?? Int32.min
        let range = Self.plausible(quantity, scale)
        low = max(floor, Int32(clamping: range.low))
        high = min(format.maximum, Int32(clamping: range.high))
    }

    /// The stored values whose physical value the quantity can have.
    private static func plausible(_ quantity: Quantity, _ scale: Scale) -> (low: Int64, high: Int64)
    {
        let range = quantity.facts.plausible
        let factor = Double(scale.factor)
        guard factor != 0 else {
            return range.contains(scale.offset) ? (.min, .max) : (1, 0)
        }
        let ends = [range.lowerBound, range.upperBound]
            .map { (Double($0) - Double(scale.offset)) / factor }.sorted()
        func whole(_ value: Double) -> Int64 { Int64(max(-4e18, min(4e18, value))) }
        return (whole(ends[0].rounded(.up)), whole(ends[1].rounded(.down)))
    }

    /// Takes this signal's samples out of whole frames.
    ///
    /// - Parameters:
    ///   - frames: how many frames `staging` begins with.
    ///   - frameSize: samples of a frame.
    ///   - offset: where in a frame this signal's samples are.
    mutating func gather(
        _ staging: [Int32], frames: Int, frameSize: Int, offset: Int,
        into sink: inout some SampleSink & ~Copyable
    ) {
        let added = frames &* samplesPerFrame
        if isWide {
            Self.grow(&wide, to: count + added, blockSamples)
            if isDifference {
                accumulate(staging, frames, frameSize, offset)
            } else {
                gatherWide(staging, frames, frameSize, offset)
            }
        } else {
            Self.grow(&narrow, to: count + added, blockSamples)
            gatherNarrow(staging, frames, frameSize, offset)
        }
        count &+= added
        if count >= blockSamples { flush(into: &sink) }
    }

    private static func grow<Value: FixedWidthInteger>(
        _ column: inout [Value], to count: Int, _ blockSamples: Int
    ) {
        guard column.count < count else { return }
        // Many signals of few samples must not take the room of many blocks.
        let wanted = count + min(blockSamples, count + 128)
        column.reserveCapacity(wanted)
        column.append(contentsOf: repeatElement(0, count: wanted - column.count))
    }

    private mutating func gatherNarrow(
        _ staging: [Int32], _ frames: Int, _ frameSize: Int, _ offset: Int
    ) {
        let source = staging.span
        let (low, high, steps) = (low, high, samplesPerFrame)
        var to = count
        var from = offset
        var total: Int32 = 0
        var missing: Int32 = 0
        var target = narrow.mutableSpan
        if steps == 1 {
            precondition(
                offset < frameSize && source.count >= frames * frameSize
                    && target.count >= to + frames)
            for frame in 0..<frames {
                // Inside: both ends were checked above.
                let value = unsafe source[unchecked: offset &+ frame &* frameSize]
                unsafe target[unchecked: to &+ frame] = Int16(truncatingIfNeeded: value)
                total &+= value
                missing &+= (value < low ? 1 : 0) &+ (value > high ? 1 : 0)
            }
        } else {
            for _ in 0..<frames {
                for step in 0..<steps {
                    let value = source[from &+ step]
                    target[to] = Int16(truncatingIfNeeded: value)
                    total &+= value
                    missing &+= value < low || value > high ? 1 : 0
                    to &+= 1
                }
                from &+= frameSize
            }
        }
        sum &+= UInt32(bitPattern: total)
        absent &+= Int(missing)
    }

    private mutating func gatherWide(
        _ staging: [Int32], _ frames: Int, _ frameSize: Int, _ offset: Int
    ) {
        let source = staging.span
        let (low, high, steps) = (low, high, samplesPerFrame)
        var to = count
        var from = offset
        var total: Int32 = 0
        var missing: Int32 = 0
        var target = wide.mutableSpan
        for _ in 0..<frames {
            for step in 0..<steps {
                let value = source[from &+ step]
                target[to] = value
                total &+= value
                missing &+= value < low || value > high ? 1 : 0
                to &+= 1
            }
            from &+= frameSize
        }
        sum &+= UInt32(bitPattern: total)
        absent &+= Int(missing)
    }

    /// Format 8 stores differences of neighbouring samples.
    private mutating func accumulate(
        _ staging: [Int32], _ frames: Int, _ frameSize: Int, _ offset: Int
    ) {
        var to = count
        var from = offset
        for _ in 0..<frames {
            for step in 0..<samplesPerFrame {
                last &+= staging[from &+ step]
                wide[to] = last
                sum &+= UInt32(bitPattern: last)
                absent &+= last < low || last > high ? 1 : 0
                to &+= 1
            }
            from &+= frameSize
        }
    }

    // MARK: Blocks

    /// Hands on what has been gathered.
    mutating func flush(into sink: inout some SampleSink & ~Copyable) {
        guard count > 0 else { return }
        if absent == 0 {
            emitWhole(into: &sink)
        } else {
            flushAround(into: &sink)
        }
        index &+= Int64(count)
        count = 0
        absent = 0
        narrow = []
        wide = []
    }

    /// The stretches between absent samples; many short ones become one block with irregular times.
    private mutating func flushAround(into sink: inout some SampleSink & ~Copyable) {
        var runs: [Range<Int>] = []
        var start = 0
        for place in 0..<count {
            let value = isWide ? wide[place] : Int32(narrow[place])
            guard value < low || value > high else { continue }
            if value == sentinel { sentinels &+= 1 } else { implausible &+= 1 }
            if start < place { runs.append(start..<place) }
            start = place + 1
        }
        if start < count { runs.append(start..<count) }
        if runs.count <= 8 {
            for run in runs { emit(run, into: &sink) }
        } else {
            emitIrregular(runs, into: &sink)
        }
    }

    private func time(_ place: Int) -> Timestamp {
        base.advanced(byNanoseconds: period.nanoseconds(times: index &+ Int64(place)))
    }

    /// Hands the columns themselves on.
    private mutating func emitWhole(into sink: inout some SampleSink & ~Copyable) {
        let column: SampleColumn
        if isWide {
            wide.removeLast(wide.count - count)
            column = .int32(wide, scale)
        } else {
            narrow.removeLast(narrow.count - count)
            column = .int16(narrow, scale)
        }
        sink.accept(
            SampleBlock(
                device: device, quantity: quantity, origin: Origin(file: .wfdb),
                times: .regular(start: time(0), period: period, count: count), columns: [column]))
        delivered &+= Int64(count)
    }

    private mutating func emit(_ run: Range<Int>, into sink: inout some SampleSink & ~Copyable) {
        let column: SampleColumn =
            isWide ? .int32(Array(wide[run]), scale) : .int16(Array(narrow[run]), scale)
        sink.accept(
            SampleBlock(
                device: device, quantity: quantity, origin: Origin(file: .wfdb),
                times: .regular(start: time(run.lowerBound), period: period, count: run.count),
                columns: [column]))
        delivered &+= Int64(run.count)
    }

    private mutating func emitIrregular(
        _ runs: [Range<Int>], into sink: inout some SampleSink & ~Copyable
    ) {
        let places = runs.flatMap { Array($0) }
        let column: SampleColumn =
            isWide
            ? .int32(places.map { wide[$0] }, scale) : .int16(places.map { narrow[$0] }, scale)
        sink.accept(
            SampleBlock(
                device: device, quantity: quantity, origin: Origin(file: .wfdb),
                times: .irregular(places.map { time($0).nanoseconds }), columns: [column]))
        delivered &+= Int64(places.count)
    }
}
