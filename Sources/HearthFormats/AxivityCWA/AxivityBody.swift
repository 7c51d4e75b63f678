// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Turns the blocks of a recording into samples.
struct AxivityBody: Sendable {
    private var output: SampleOutput
    private var clock = MotionClock()
    private var timeline: MotionTimeline
    private var columns: MotionColumns
    private var gyroscope: MotionColumns
    private var device: SourceDevice
    private var layout: AxivityLayout?
    private var session: UInt32?
    private var sequence: UInt32 = 0
    private var blocks: Int64 = 0
    private var samples: Int64 = 0
    private var isAX6 = false
    private let context: ReadContext

    private static let origin = Origin(file: .axivityCWA)

    init(_ context: ReadContext) {
        let limits = context.limits
        self.context = context
        device = SourceDevice(vendor: "Axivity", model: "")
        output = SampleOutput(
            file: .axivityCWA, device: device, limits: limits, zone: context.zone)
        // A block must fit whole.
        let capacity = max(limits.blockSamples, AxivityBlock.dataBytes / 4)
        timeline = MotionTimeline(capacity: capacity, tolerance: 1.25)
        columns = MotionColumns(capacity: capacity)
        gyroscope = MotionColumns(capacity: 0)
    }

    mutating func begin(_ header: AxivityHeader) {
        isAX6 = header.isAX6
        device = SourceDevice(
            vendor: "Axivity", model: isAX6 ? "AX6" : "AX3", unit: header.unit)
        output = SampleOutput(
            file: .axivityCWA, device: device, limits: context.limits, zone: context.zone)
    }

    /// Takes 512 bytes that began at `offset`.
    mutating func take(
        _ bytes: Span<UInt8>, at offset: Int64, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        blocks += 1
        let position = ReadPosition(byte: offset, record: blocks)
        guard let block = sound(bytes, position) else { return }
        guard let layout = block.layout, let period = block.period else {
            count(.unsupported, position, "samples in a layout or at a rate that is not known", 0)
            return
        }
        guard block.count <= layout.capacity else {
            count(.invalidValue, position, "more samples than a block holds", layout.capacity)
            return
        }
        if block.count == 0 { return }
        guard var anchor = block.anchor(period) else {
            count(.unanchoredTime, position, "a block without a time", block.count)
            return
        }
        guard isPlausible(bytes, block, layout) else {
            count(.implausibleValue, position, "a block with values out of range", block.count)
            return
        }
        let isNewSession = session != block.session
        if isNewSession { clock.reset() }
        guard let time = clock.instant(anchor.time, &output, position) else { return }
        anchor.time = time
        let start = time &- period.nanoseconds(times: anchor.index)
        let follows =
            !isNewSession && !block.isResumed && sequence &+ 1 == block.sequence
            && layout == self.layout
        note(block, start, isNewSession, follows: follows, position)
        let axis = timeline.add(
            block.count, at: start, anchor: anchor, nominal: period, continues: follows)
        if let axis { handOn(axis, into: &sink) }
        self.layout = layout
        session = block.session
        sequence = block.sequence
        unpack(bytes, block, layout)
        try measure(block, at: Timestamp(nanoseconds: start), position, into: &sink)
        if isNewSession || block.isResumed {
            try output.add(
                EventKind.recorderStart.value, .event, at: Timestamp(nanoseconds: start),
                position: position, into: &sink)
        }
        samples += Int64(block.count)
        guard samples <= context.limits.samples else {
            throw ReadError(
                .limitExceeded, at: position, found: "a further sample",
                expected: "at most \(context.limits.samples) samples")
        }
    }

    /// What is left behind the last whole block.
    mutating func cutOff(_ bytes: Span<UInt8>, at offset: Int64, isHeader: Bool) {
        let position = ReadPosition(byte: offset, record: isHeader ? 0 : blocks + 1)
        var lost = 0
        if !isHeader, bytes.count >= AxivityBlock.dataStart, AxivityBlock.isBlock(bytes) {
            lost = AxivityBlock(bytes).samples(in: bytes.count - AxivityBlock.dataStart)
        }
        count(.truncated, position, isHeader ? "part of the header" : "part of a block", lost)
    }

    mutating func finish(into sink: inout some SampleSink & ~Copyable) throws(ReadError) {
        if let axis = timeline.close() { handOn(axis, into: &sink) }
        output.finish(into: &sink)
    }

    // MARK: Parts

    /// The head of the block, if the block is one and nothing in it was changed.
    private mutating func sound(
        _ bytes: Span<UInt8>, _ position: ReadPosition
    ) -> AxivityBlock? {
        guard AxivityBlock.isBlock(bytes) else {
            // Memory that was never written.
            if (0..<16).allSatisfy({ bytes[$0] == 0xFF }) {
                count(.ignored, position, "an empty block", 0)
            } else {
                count(.damaged, position, "512 bytes that are no block", lost(bytes))
            }
            return nil
        }
        guard AxivityBlock.isSound(bytes) else {
            count(.checksumMismatch, position, "a block with a wrong checksum", lost(bytes))
            return nil
        }
        guard AxivityBlock.isLengthKnown(bytes) else {
            count(.unsupported, position, "a block of another length", lost(bytes))
            return nil
        }
        return AxivityBlock(bytes)
    }

    /// Samples of a block that cannot be used, as far as its head can be believed.
    private func lost(_ bytes: Span<UInt8>) -> Int {
        AxivityBlock(bytes).samples(in: AxivityBlock.dataBytes)
    }

    private mutating func note(
        _ block: AxivityBlock, _ start: Int64, _ isNewSession: Bool, follows: Bool,
        _ position: ReadPosition
    ) {
        if !isNewSession, sequence &+ 1 != block.sequence {
            count(.misplaced, position, "a gap in the numbers of the blocks", 0)
        }
        guard timeline.count > 0, !isNewSession else { return }
        switch timeline.fit(start) {
        case .jumpsBack: count(.timeBackwards, position, "a clock that goes back", 0)
        case .jumpsAhead where follows: count(.misplaced, position, "a clock that jumps ahead", 0)
        default: break
        }
    }

    private func isPlausible(
        _ bytes: Span<UInt8>, _ block: AxivityBlock, _ layout: AxivityLayout
    ) -> Bool {
        guard layout.mayOverflow, let words = layout.words else { return true }
        let most = Int16(64 / layout.scale)
        for sample in 0..<block.count {
            let at = AxivityBlock.dataStart + sample * words * 2 + (words >= 6 ? 6 : 0)
            for axis in 0..<3 {
                let low = UInt16(bytes[at + 2 * axis])
                let value = Int16(bitPattern: low | UInt16(bytes[at + 2 * axis + 1]) << 8)
                if value > most || value < -most { return false }
            }
        }
        return true
    }

    private mutating func unpack(
        _ bytes: Span<UInt8>, _ block: AxivityBlock, _ layout: AxivityLayout
    ) {
        let place = timeline.count - block.count
        let start = AxivityBlock.dataStart
        guard let words = layout.words else {
            MotionUnpack.packed10(bytes, from: start, count: block.count, to: &columns, at: place)
            return
        }
        if layout.hasGyroscope {
            if gyroscope.x.isEmpty { gyroscope = MotionColumns(capacity: columns.x.count) }
            MotionUnpack.words16(
                bytes, from: start, stride: words, count: block.count, to: &gyroscope, at: place)
        }
        MotionUnpack.words16(
            bytes, from: start + (words >= 6 ? 6 : 0), stride: words, count: block.count,
            to: &columns, at: place)
    }

    private mutating func handOn(
        _ times: TimeAxis, into sink: inout some SampleSink & ~Copyable
    ) {
        guard let layout else { return }
        sink.accept(
            SampleBlock(
                device: device, quantity: .acceleration, origin: Self.origin, times: times,
                columns: columns.take(times.count, MotionScales(layout.scale))))
        guard layout.hasGyroscope else { return }
        sink.accept(
            SampleBlock(
                device: device, quantity: .angularVelocity, origin: Self.origin, times: times,
                columns: gyroscope.take(times.count, MotionScales(layout.gyroScale))))
    }

    /// Light and temperature, once a block.
    private mutating func measure(
        _ block: AxivityBlock, at time: Timestamp, _ position: ReadPosition,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        if block.temperature == 0 {
            output.countSentinel(position)
        } else {
            try output.add(
                Float(block.temperature) * (75 / 256) - 50, .deviceTemperature, at: time,
                position: position, into: &sink)
        }
        if block.light == 0 {
            output.countSentinel(position)
        } else {
            let lux = (isAX6 ? Self.luxAX6 : Self.luxAX3)[block.light]
            try output.add(lux, .light, at: time, position: position, into: &sink)
        }
    }

    private mutating func count(
        _ code: ReadIssueCode, _ position: ReadPosition, _ found: String, _ lost: Int
    ) {
        output.count(
            code, at: position, found: found, expected: "sound blocks, one behind the other",
            samplesLost: lost)
    }

    // MARK: Light

    /// The light sensor gives 10 µA for each decade of lux. The AX3 turns that into 1 V, a third of its
    /// converter's 1,024 steps, the AX6 into a tenth of that.
    private static let luxAX3 = decades(of: 1.006_768_659_292_722_3)
    private static let luxAX6 = decades(of: 1.069_785_913_534_723_6)

    /// Powers 0...1023 of the factor from one step to the next.
    private static func decades(of factor: Double) -> [Float] {
        var value = 1.0
        return (0..<1024).map { _ in
            defer { value *= factor }
            return Float(value)
        }
    }
}
