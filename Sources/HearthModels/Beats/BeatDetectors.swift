// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthDSP

/// Finds the heartbeats in one lead of an ECG.
///
/// Input: samples in any unit, of either polarity, at a regular rate of 90 to 20,000 Hz; the first is at
/// `start`. What is not a number is taken as the value before. Output: R peaks in time order, each at
/// most 3.5 s after it came. ``skip(to:emit:)`` tells of a gap: what follows begins at that time.
///
/// - Source: band and energy after `pantompkins1985` and `elgendi2013qrs`; the choice of beats is
///   Hearth's own (see the model card).
public struct ECGBeats: StreamOperator {
    public typealias Input = Float
    public typealias Output = DetectedBeat

    static let rates = 90.0...20_000

    private var engine: BeatEngine

    public init(start: Timestamp, period: Period) throws(BeatRefusal) {
        engine = try BeatEngine(.ecg, leads: 1, rates: Self.rates, start: start, period: period)
    }

    public mutating func push(_ input: Span<Float>, emit: (Span<DetectedBeat>) -> Void) {
        engine.pushOne(input, emit)
    }

    public mutating func skip(to time: Timestamp, emit: (Span<DetectedBeat>) -> Void) {
        engine.gap(to: time, emit)
    }

    public mutating func finish(emit: (Span<DetectedBeat>) -> Void) { engine.end(emit) }
}

/// Finds the heartbeats in two leads of an ECG that were sampled together.
///
/// As ``ECGBeats``, with each lead weighed by how well beats stand out of it over the last seconds.
public struct TwoLeadECGBeats: StreamOperator {
    /// A sample of both leads.
    public typealias Input = SIMD2<Float>
    public typealias Output = DetectedBeat

    private var engine: BeatEngine

    public init(start: Timestamp, period: Period) throws(BeatRefusal) {
        engine = try BeatEngine(
            .ecg, leads: 2, rates: ECGBeats.rates, start: start, period: period)
    }

    public mutating func push(_ input: Span<SIMD2<Float>>, emit: (Span<DetectedBeat>) -> Void) {
        var first: [Float] = []
        var second: [Float] = []
        first.reserveCapacity(input.count)
        second.reserveCapacity(input.count)
        for index in input.indices {
            first.append(input[index].x)
            second.append(input[index].y)
        }
        push(first.span, second.span, emit: emit)
    }

    /// The same samples as columns; both must be as long.
    public mutating func push(
        _ first: Span<Float>, _ second: Span<Float>, emit: (Span<DetectedBeat>) -> Void
    ) {
        precondition(first.count == second.count, "two leads are as long as each other")
        var found: [DetectedBeat] = []
        var at = 0
        while at < first.count {
            let end = min(at + BeatLead.chunk, first.count)
            engine.take(first.extracting(at..<end), lead: 0)
            engine.take(second.extracting(at..<end), lead: 1)
            engine.search(&found)
            at = end
        }
        if !found.isEmpty { emit(found.span) }
    }

    public mutating func skip(to time: Timestamp, emit: (Span<DetectedBeat>) -> Void) {
        engine.gap(to: time, emit)
    }

    public mutating func finish(emit: (Span<DetectedBeat>) -> Void) { engine.end(emit) }
}

/// Finds the systolic peaks in a pulse wave (PPG).
///
/// Input: samples in any unit at a regular rate of 20 to 20,000 Hz, with the pulse pointing up. Output:
/// systolic peaks in time order, each at most 3.5 s after it came.
///
/// - Source: the rise of the pulse as the sign of a beat, as in `zong2003`; the choice of beats is
///   Hearth's own (see the model card).
public struct PPGBeats: StreamOperator {
    public typealias Input = Float
    public typealias Output = DetectedBeat

    static let rates = 20.0...20_000

    private var engine: BeatEngine

    public init(start: Timestamp, period: Period) throws(BeatRefusal) {
        engine = try BeatEngine(.ppg, leads: 1, rates: Self.rates, start: start, period: period)
    }

    public mutating func push(_ input: Span<Float>, emit: (Span<DetectedBeat>) -> Void) {
        engine.pushOne(input, emit)
    }

    public mutating func skip(to time: Timestamp, emit: (Span<DetectedBeat>) -> Void) {
        engine.gap(to: time, emit)
    }

    public mutating func finish(emit: (Span<DetectedBeat>) -> Void) { engine.end(emit) }
}

extension BeatEngine {
    fileprivate mutating func pushOne(_ input: Span<Float>, _ emit: (Span<DetectedBeat>) -> Void) {
        var found: [DetectedBeat] = []
        var at = 0
        while at < input.count {
            let end = min(at + BeatLead.chunk, input.count)
            take(input.extracting(at..<end), lead: 0)
            search(&found)
            at = end
        }
        if !found.isEmpty { emit(found.span) }
    }

    fileprivate mutating func gap(to time: Timestamp, _ emit: (Span<DetectedBeat>) -> Void) {
        var found: [DetectedBeat] = []
        skip(to: time, &found)
        if !found.isEmpty { emit(found.span) }
    }

    fileprivate mutating func end(_ emit: (Span<DetectedBeat>) -> Void) {
        var found: [DetectedBeat] = []
        finish(&found)
        if !found.isEmpty { emit(found.span) }
    }
}
