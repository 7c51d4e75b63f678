// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The samples of one signal file as one header describes them.
struct WFDBSignalFile: Sendable {
    /// Samples of one frame of one file.
    static let maximumFrame = 16_384
    /// About so many samples are decoded at once.
    private static let batch = 8192

    private let format: WFDBFormat
    private let frameSize: Int
    private var lanes: [WFDBLane]
    private let offsets: [Int]
    /// Bytes ahead of the first sample that are still to come.
    private var prologue: Int64
    /// Samples to be decoded yet; those of an endless file never run out.
    private var left: Int64
    let isEndless: Bool
    private var staging: [Int32] = []
    private var staged = 0
    private let capacity: Int
    private var carry: [UInt8] = []
    /// Bytes behind the last sample.
    private var extra: Int64 = 0

    /// - Parameter samples: of all signals together; `nil` if the header does not tell.
    init(
        _ format: WFDBFormat, lanes: [WFDBLane], prologue: Int64, samples: Int64?
    ) {
        self.format = format
        self.lanes = lanes
        var offset = 0
        var offsets: [Int] = []
        for lane in lanes {
            offsets.append(offset)
            offset += lane.samplesPerFrame
        }
        self.offsets = offsets
        frameSize = max(1, offset)
        self.prologue = prologue
        left = samples ?? Int64.max
        isEndless = samples == nil
        // A whole number of frames and of units of every format.
        capacity = frameSize * 6 * max(1, Self.batch / (6 * frameSize))
    }

    /// Samples delivered so far.
    var delivered: Int64 { lanes.reduce(0) { $0 &+ $1.delivered } }

    mutating func take(_ bytes: Span<UInt8>, into sink: inout some SampleSink & ~Copyable) {
        var index = 0
        if prologue > 0 {
            index = Int(min(prologue, Int64(bytes.count)))
            prologue -= Int64(index)
        }
        if !carry.isEmpty { fillCarry(bytes, &index, into: &sink) }
        let unitBytes = format.unitBytes
        let unitSamples = format.unitSamples
        while left > 0, bytes.count - index >= unitBytes {
            prepare()
            var units = min((bytes.count - index) / unitBytes, (capacity - staged) / unitSamples)
            if left < Int64(capacity) {
                units = min(units, (Int(left) + unitSamples - 1) / unitSamples)
            }
            format.decode(bytes, from: index, units: units, into: &staging, at: staged)
            index += units * unitBytes
            advance(units * unitSamples, into: &sink)
        }
        let rest = bytes.count - index
        if left > 0 {
            while index < bytes.count {
                carry.append(bytes[index])
                index += 1
            }
        } else {
            extra &+= Int64(rest)
        }
    }

    /// Completes the unit that the cut went through.
    private mutating func fillCarry(
        _ bytes: Span<UInt8>, _ index: inout Int, into sink: inout some SampleSink & ~Copyable
    ) {
        while carry.count < format.unitBytes, index < bytes.count {
            carry.append(bytes[index])
            index += 1
        }
        guard carry.count == format.unitBytes else { return }
        prepare()
        let unit = carry
        carry.removeAll(keepingCapacity: true)
        format.decode(unit.span, from: 0, units: 1, into: &staging, at: staged)
        advance(format.unitSamples, into: &sink)
    }

    private mutating func prepare() {
        if staging.isEmpty { staging = Array(repeating: 0, count: capacity) }
    }

    /// Counts decoded samples in; those beyond the announced length are padding.
    private mutating func advance(_ samples: Int, into sink: inout some SampleSink & ~Copyable) {
        let taken = Int(min(Int64(samples), left))
        staged += taken
        if !isEndless { left -= Int64(taken) }
        if staged == capacity || left == 0 { scatter(into: &sink) }
    }

    private mutating func scatter(into sink: inout some SampleSink & ~Copyable) {
        let frames = staged / frameSize
        for lane in lanes.indices {
            lanes[lane].gather(
                staging, frames: frames, frameSize: frameSize, offset: offsets[lane], into: &sink)
        }
        // Only at the end can part of a frame be left; it is told of in finish.
        staged -= frames * frameSize
    }

    /// The file has ended: hands on what is left and reports what does not fit the header.
    mutating func finish(
        at position: ReadPosition, _ tally: inout IssueTally,
        into sink: inout some SampleSink & ~Copyable
    ) {
        let cut = format.samples(inCutUnit: carry.count)
        if cut > 0, left > 0 {
            prepare()
            let unit = carry + Array(repeating: 0, count: format.unitBytes - carry.count)
            format.decode(unit.span, from: 0, units: 1, into: &staging, at: staged)
            advance(cut, into: &sink)
        }
        scatter(into: &sink)
        for lane in lanes.indices { lanes[lane].flush(into: &sink) }
        reportEnd(at: position, &tally)
        reportLanes(at: position, &tally)
    }

    private func reportEnd(at position: ReadPosition, _ tally: inout IssueTally) {
        let isCut = !isEndless && left > 0
        if isCut || staged > 0 {
            tally.count(
                .truncated, at: position, found: "a signal file that ends early",
                expected: "as many samples as the header announces",
                samplesLost: Self.bounded(isEndless ? 0 : left) + staged)
        }
        if extra >= Int64(frameSize * format.unitBytes) {
            tally.count(
                .ignored, at: position, found: "bytes behind the last sample",
                expected: "as many samples as the header announces")
        }
    }

    private func reportLanes(at position: ReadPosition, _ tally: inout IssueTally) {
        let isWhole = left == 0 || isEndless
        for lane in lanes {
            if lane.sentinels > 0 {
                tally.count(
                    .sentinelValue, at: position, found: "the format's mark for no value",
                    expected: "a value", samplesLost: lane.sentinels, times: lane.sentinels)
            }
            if lane.implausible > 0 {
                tally.count(
                    .implausibleValue, at: position, found: "a value out of range",
                    expected: "a value the quantity can have", samplesLost: lane.implausible,
                    times: lane.implausible)
            }
            if isWhole, let checksum = lane.checksum,
                checksum != UInt16(truncatingIfNeeded: lane.sum)
            {
                tally.count(
                    .checksumMismatch, at: position, found: "a signal with another sum",
                    expected: "the sum of samples the header gives")
            }
        }
    }

    /// Losses a header announces may be absurd; they are told up to this many.
    static func bounded(_ samples: Int64) -> Int { Int(max(0, min(samples, 1 << 32))) }
}
