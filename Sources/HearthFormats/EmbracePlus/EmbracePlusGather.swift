// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The values of one sensor's record, in whatever order they come.
struct EmbracePlusGather: Sendable {
    private(set) var axes: [[Int32]] = [[], [], []]
    private(set) var values: [Float] = []
    /// Items beyond the limit, of each axis and of the values.
    private var beyond = [0, 0, 0]
    private var valuesBeyond = 0
    var startMicroseconds: Int64?
    /// True if counts came as fractions.
    var isOdd = false
    private var rate: Double = 0
    private var physicalMin: Double?
    private var physicalMax: Double?
    private var digitalMin: Double?
    private var digitalMax: Double?
    private var conversion: Double?

    mutating func restart() { self = EmbracePlusGather() }

    @inline(__always)
    mutating func add(integer value: Int64, to axis: Int) {
        if axes[axis].count < EmbracePlusSession.arraySamples {
            // What does not fit is beyond any range that a sensor has.
            axes[axis].append(Int32(clamping: value))
        } else {
            beyond[axis] += 1
        }
    }

    @inline(__always)
    mutating func add(_ value: Float) {
        if values.count < EmbracePlusSession.arraySamples {
            values.append(value)
        } else {
            valuesBeyond += 1
        }
    }

    mutating func set(_ value: Double, _ path: EmbracePlusPath) {
        switch path {
        case .rate: rate = value
        case .physicalMin: physicalMin = value
        case .physicalMax: physicalMax = value
        case .digitalMin: digitalMin = value
        case .digitalMax: digitalMax = value
        case .conversion: conversion = value
        default: break
        }
    }

    /// Samples of which all three axes are there.
    var triples: Int { axes.reduce(Int.max) { min($0, $1.count) } }

    /// Samples that cannot be handed on.
    func lost(isInertial: Bool) -> (beyondLimit: Int, uneven: Int) {
        guard isInertial else { return (valuesBeyond, 0) }
        let longest = axes.reduce(0) { max($0, $1.count) }
        return (beyond.reduce(0, max), longest - triples)
    }

    /// The physical value of one count: the factor if there is one, else from the ranges.
    var scale: Double? {
        if let conversion, conversion.isFinite, conversion != 0 { return conversion }
        guard let physicalMin, let physicalMax, let digitalMin, let digitalMax else { return nil }
        let scale = (physicalMax - physicalMin) / (digitalMax - digitalMin)
        return scale.isFinite && scale != 0 ? scale : nil
    }

    /// The period as an exact fraction: a rate of 24 significant bits above 2^-9 Hz loses nothing.
    var period: Period? {
        guard rate.isFinite, rate >= 1e-4, rate <= 1e5 else { return nil }
        let scaled = Int64((rate * 0x1p32).rounded())
        let zeros = min(32, scaled.trailingZeroBitCount)
        return Period(
            numerator: 1_000_000_000 << Int64(32 - zeros), denominator: scaled >> Int64(zeros))
    }
}

/// Start and period of a sensor's samples.
struct EmbracePlusAxis: Sendable {
    var start: Timestamp
    var period: Period

    /// The times of a stretch. A later stretch starts at a whole nanosecond.
    func times(_ range: Range<Int>) -> TimeAxis {
        let first = start.advanced(
            byNanoseconds: period.nanoseconds(times: Int64(range.lowerBound)))
        return .regular(start: first, period: period, count: range.count)
    }
}
