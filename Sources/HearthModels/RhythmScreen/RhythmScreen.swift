// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthDSP

/// Screens the intervals between beats for the irregularity of atrial fibrillation.
///
/// Shape: one output an input with a finite value, in order. A beat's state is decided from the
/// beats on either side: an online answer comes ``latencyBeats`` beats later, about a minute and a
/// half at 70 a minute, and an irregular stretch so begins where its first beat lies, not where it
/// was noticed. Beats are judged in blocks of ``blockBeats``.
///
/// Intervals outside 200...3000 ms are artefacts: they get the state of their block and no interval
/// beside them is used as their neighbour's difference. A silence of ten seconds, or a beat before
/// the one before, ends a stretch; a stretch of fewer than ``fewestBeats`` sound intervals is
/// inconclusive. Irregular is a pattern of intervals, not a diagnosis: frequent early beats and
/// flutter with changing block can look the same.
///
/// - Source: features after `lake2011`, `sarkar2008`, `dash2009`; combination by a logistic
///   regression of this project, docs/models/af-screen.md.
/// - Complexity: constant for each beat.
public struct RhythmScreen: StreamOperator {
    public typealias Input = Timed<Double>
    public typealias Output = RhythmBeat

    public static let model = "af-screen/1"
    /// Beats judged together.
    public static let blockBeats = 8
    /// Blocks looked ahead for the state of a block.
    static let settlingBlocks = 4
    static let longWindow = 128
    static let shortWindow = 32
    public static let latencyBeats = longWindow / 2 + blockBeats * (settlingBlocks + 1)
    public static let fewestBeats = 48
    /// Share of artefacts among the beats of a long window above which there is no answer.
    public static let artefactLimit = 0.25
    /// Longer silence than the interval tells ends a stretch.
    static let gapNanoseconds: Int64 = 10_000_000_000
    /// Artefacts in a row that end a stretch: nothing is known about what lies between.
    static let mostArtefacts = 32

    /// A beat that waits for its block's state.
    private struct Waiting: Codable, Sendable {
        var time: Timestamp
        var interval: Double
        /// Of the block, counted from the start of the stretch.
        var block: Int
    }

    private struct Block: Codable, Sendable {
        /// Above zero: rather irregular.
        var score: Double
        var reason: InconclusiveReason?
    }

    private let parameters: IrregularityModel
    /// Sound intervals of the stretch, the newest last; those before `dropped` are let go.
    private var values: [Double] = []
    private var dropped = 0
    /// Places, counted as sound intervals before them, of the artefacts not yet let go.
    private var artefacts: [Int] = []
    private var artefactsInRow = 0
    private var waiting: [Waiting] = []
    private var last: Timestamp?
    /// Scored blocks whose state is not yet told, the first of them number `settled`.
    private var blocks: [Block] = []
    private var settled = 0
    private var isIrregular = false
    /// The last long window in ascending order; found anew after a state was restored.
    private var sorted = WindowOrder()

    private enum CodingKeys: CodingKey {
        case parameters, values, dropped, artefacts, artefactsInRow, waiting, last, blocks, settled
        case isIrregular
    }

    /// - Parameter model: the coefficients; those that ship by default.
    public init(model: IrregularityModel = .shipped) { parameters = model }

    public mutating func push(_ input: Span<Timed<Double>>, emit: (Span<RhythmBeat>) -> Void) {
        var output: [RhythmBeat] = []
        for index in input.indices where input[index].value.isFinite {
            let beat = input[index]
            if let last, breaks(last, beat) { endStretch(into: &output) }
            last = beat.time
            take(beat, into: &output)
        }
        if !output.isEmpty { emit(output.span) }
    }

    public mutating func skip(to time: Timestamp, emit: (Span<RhythmBeat>) -> Void) {
        guard let last, time.nanoseconds(since: last) > Self.gapNanoseconds else { return }
        finish(emit: emit)
    }

    public mutating func finish(emit: (Span<RhythmBeat>) -> Void) {
        var output: [RhythmBeat] = []
        endStretch(into: &output)
        if !output.isEmpty { emit(output.span) }
    }

    // MARK: Beats

    private func breaks(_ last: Timestamp, _ beat: Timed<Double>) -> Bool {
        beat.time < last || beat.time.nanoseconds(since: last) > Self.gapNanoseconds
            || artefactsInRow >= Self.mostArtefacts
    }

    private var count: Int { dropped + values.count }

    private mutating func take(_ beat: Timed<Double>, into output: inout [RhythmBeat]) {
        let block = count / Self.blockBeats
        waiting.append(Waiting(time: beat.time, interval: beat.value, block: block))
        guard PrematureBeats.plausibleMilliseconds.contains(beat.value) else {
            artefacts.append(count)
            artefactsInRow += 1
            return
        }
        artefactsInRow = 0
        values.append(beat.value)
        while (settled + blocks.count) * Self.blockBeats + Self.blockBeats / 2
            + Self.longWindow / 2 <= count
        {
            scoreBlock()
            settle(upTo: blocks.count - Self.settlingBlocks, into: &output)
        }
        letGo()
    }

    private mutating func endStretch(into output: inout [RhythmBeat]) {
        if count >= Self.fewestBeats {
            while (settled + blocks.count) * Self.blockBeats < count { scoreBlock() }
            // Artefacts behind the last full block have a block of their own; it takes over.
            settle(upTo: blocks.count, into: &output)
            flush(isIrregular ? .irregular : .notIrregular, into: &output)
        } else {
            flush(.inconclusive, .tooFewBeats, into: &output)
        }
        self = RhythmScreen(model: parameters)
    }

    private mutating func flush(
        _ state: RhythmState, _ reason: InconclusiveReason? = nil,
        into output: inout [RhythmBeat]
    ) {
        for one in waiting {
            output.append(
                RhythmBeat(time: one.time, interval: one.interval, state: state, reason: reason))
        }
        waiting.removeAll(keepingCapacity: true)
    }

    /// Keeps what the next block's windows need, in steps so that each beat is moved a bounded
    /// number of times.
    private mutating func letGo() {
        let kept = Self.longWindow + 2 * Self.blockBeats
        guard values.count >= 2 * kept else { return }
        let gone = values.count - kept
        values.removeFirst(gone)
        dropped += gone
        artefacts.removeAll { $0 < dropped }
    }

    // MARK: Blocks

    /// The window of `size` around the middle of a block, moved inside the stretch.
    private func window(_ size: Int, _ middle: Int) -> Range<Int> {
        let low = max(0, min(middle - size / 2, count - size))
        return low..<min(count, low + size)
    }

    private mutating func scoreBlock() {
        let middle = (settled + blocks.count) * Self.blockBeats + Self.blockBeats / 2
        let long = window(Self.longWindow, middle)
        let short = window(Self.shortWindow, middle)
        let inside = artefacts.count { long.contains($0) }
        guard Double(inside) <= Self.artefactLimit * Double(long.count + inside) else {
            blocks.append(Block(score: 0, reason: .artefacts))
            return
        }
        let order = sorted.order(of: long, in: values, from: dropped)
        let features = IrregularityFeatures(
            long: values[(long.lowerBound - dropped)..<(long.upperBound - dropped)],
            near: (short.lowerBound - long.lowerBound)..<(short.upperBound - long.lowerBound),
            order: order)
        let score = parameters.score(features)
        let isHidden =
            features.prematureShare > IrregularityModel.ectopyLimit
            && abs(score) < IrregularityModel.ectopyMargin
        blocks.append(Block(score: score, reason: isHidden ? .ectopy : nil))
    }

    /// Tells the states of the first so many scored blocks.
    ///
    /// A block is irregular if its score is high, or lies between the limits and the rhythm before it
    /// was irregular or a block within the next few is high.
    private mutating func settle(upTo end: Int, into output: inout [RhythmBeat]) {
        guard end > 0 else { return }
        for index in 0..<end {
            let block = blocks[index]
            if block.reason == nil { decide(index) }
            tell(settled + index, block.reason, into: &output)
        }
        blocks.removeFirst(end)
        settled += end
    }

    private mutating func decide(_ index: Int) {
        let score = blocks[index].score
        if score > parameters.enter {
            isIrregular = true
        } else if score < parameters.leave {
            isIrregular = false
        } else if !isIrregular {
            isIrregular = willBeIrregular(after: index)
        }
    }

    /// Whether the next block outside the limits is a high one.
    private func willBeIrregular(after index: Int) -> Bool {
        for block in blocks[(index + 1)...].prefix(Self.settlingBlocks) where block.reason == nil {
            if block.score > parameters.enter { return true }
            if block.score < parameters.leave { return false }
        }
        return false
    }

    private mutating func tell(
        _ block: Int, _ reason: InconclusiveReason?, into output: inout [RhythmBeat]
    ) {
        let state: RhythmState =
            reason != nil ? .inconclusive : (isIrregular ? .irregular : .notIrregular)
        var told = 0
        while told < waiting.count, waiting[told].block <= block {
            output.append(
                RhythmBeat(
                    time: waiting[told].time, interval: waiting[told].interval, state: state,
                    reason: reason))
            told += 1
        }
        waiting.removeFirst(told)
    }
}
