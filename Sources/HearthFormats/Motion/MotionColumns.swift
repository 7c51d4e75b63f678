// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The raw values of three axes, gathered until a block is handed on. Nothing is allocated a sample.
struct MotionColumns: Sendable {
    var x: [Int16]
    var y: [Int16]
    var z: [Int16]

    init(capacity: Int) {
        x = [Int16](repeating: 0, count: capacity)
        y = x
        z = x
    }

    /// Hands over the first `count` values of each axis and starts anew.
    mutating func take(_ count: Int, _ scales: MotionScales) -> [SampleColumn] {
        let capacity = x.count
        let columns = [
            SampleColumn.int16(Self.take(count, from: &x, capacity), scales.x),
            SampleColumn.int16(Self.take(count, from: &y, capacity), scales.y),
            SampleColumn.int16(Self.take(count, from: &z, capacity), scales.z),
        ]
        return columns
    }

    private static func take(_ count: Int, from axis: inout [Int16], _ capacity: Int) -> [Int16] {
        var taken = [Int16](repeating: 0, count: capacity)
        swap(&taken, &axis)
        taken.removeLast(capacity - count)
        return taken
    }
}

/// What the stored integers of three axes stand for.
struct MotionScales: Sendable, Hashable {
    var x: Scale
    var y: Scale
    var z: Scale

    init(x: Scale, y: Scale, z: Scale) {
        self.x = x
        self.y = y
        self.z = z
    }

    /// One scale for all axes.
    init(_ factor: Float) {
        let scale = Scale(factor: factor)
        self.init(x: scale, y: scale, z: scale)
    }

    /// Whether every value of `low...high` is one that an acceleration can have.
    func holds(_ range: ClosedRange<Int16>) -> Bool {
        let plausible = Quantity.acceleration.facts.plausible
        return [x, y, z].allSatisfy { scale in
            [range.lowerBound, range.upperBound].allSatisfy {
                plausible.contains(Float($0) * scale.factor + scale.offset)
            }
        }
    }
}
