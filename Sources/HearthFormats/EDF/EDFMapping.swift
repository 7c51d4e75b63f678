// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// How the values of one column become the 16 (BDF: 24) bits of a signal.
public struct EDFMapping: Sendable, Equatable {
    let physical: [EDFNumber]
    let digital: ClosedRange<Int32>
    /// True if stored integers are written as they are; false if values are rounded.
    public let isExact: Bool
    /// The step between two neighbouring values, in the signal's unit.
    public let resolution: Double
    /// How far the header's eight characters bend the scale, relative to the whole range.
    public let scaleError: Double

    /// Digital ranges that recorders use: one of them often gives back the scale to the last bit.
    private static let usual: [ClosedRange<Int32>] = [
        -32_768...32_767, -32_767...32_767, -2048...2047, -2047...2047, -2047...2048,
        -2048...2048, 0...4095, 0...32_767, -8_388_608...8_388_607, -8_388_607...8_388_607,
    ]

    /// Integers as they are.
    ///
    /// - Parameters:
    ///   - observed: the smallest and the largest stored integer.
    ///   - storable: what the file's samples can hold.
    init?(
        keeping scale: Scale, observed: ClosedRange<Int32>, storable: ClosedRange<Int32>
    ) {
        guard storable.lowerBound <= observed.lowerBound,
            storable.upperBound >= observed.upperBound, scale.factor != 0
        else { return nil }
        let top = observed.upperBound
        let own =
            observed.count > 1
            ? observed : top < storable.upperBound ? top...(top + 1) : (top - 1)...top
        var best: (range: ClosedRange<Int32>, ends: [EDFNumber], error: Double)?
        for range in Self.usual + [own, storable] {
            guard range.lowerBound <= observed.lowerBound, range.upperBound >= observed.upperBound,
                range.lowerBound >= storable.lowerBound, range.upperBound <= storable.upperBound,
                let (ends, error) = Self.ends(scale, range), error < (best?.error ?? 1e-3)
            else { continue }
            best = (range, ends, error)
            if error == 0 { break }
        }
        guard let best else { return nil }
        physical = best.ends
        digital = best.range
        isExact = true
        resolution = Double(abs(scale.factor))
        scaleError = best.error
    }

    /// The physical ends of a digital range, and by how much the scale they tell is another.
    private static func ends(
        _ scale: Scale, _ range: ClosedRange<Int32>
    ) -> (ends: [EDFNumber], error: Double)? {
        let wanted = [range.lowerBound, range.upperBound].map {
            Double($0) * Double(scale.factor) + Double(scale.offset)
        }
        let ends = wanted.compactMap { EDFNumber($0) }
        guard ends.count == 2,
            let told = EDFSignal.Calibration(
                physical: (ends[0].value, ends[1].value),
                digital: (Double(range.lowerBound), Double(range.upperBound)))?.scale
        else { return nil }
        if told == scale { return (ends, 0) }
        let span = abs(wanted[1] - wanted[0])
        let error = max(abs(ends[0].value - wanted[0]), abs(ends[1].value - wanted[1])) / span
        return (ends, max(error, .leastNormalMagnitude))
    }

    /// Values rounded to the steps of a range that holds them all; `nil` if eight characters cannot
    /// tell that range.
    init?(rounding values: ClosedRange<Float>, storable: ClosedRange<Int32>) {
        let (low, high) = (Double(values.lowerBound), Double(values.upperBound))
        let top = high > low ? high : low + max(1, abs(low) * 1e-3)
        guard let bottom = EDFNumber(low, .down), let end = EDFNumber(top, .up),
            end.value > bottom.value, (end.value - bottom.value) < 4 * (top - low)
        else { return nil }
        physical = [bottom, end]
        digital = storable
        isExact = false
        resolution = (end.value - bottom.value) / Double(storable.count - 1)
        scaleError = 0
    }

    /// The step nearest to a value.
    func digit(_ value: Float) -> Int32 {
        let place = ((Double(value) - physical[0].value) / resolution).rounded()
        let span = Double(digital.count - 1)
        return digital.lowerBound + Int32(min(max(place, 0), span))
    }
}
