// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// What the body moves by.
public enum Motion: UInt8, Sendable {
    case still, pottering, walking, running
}

/// Every minute of the simulated time, from the first local midnight on.
public struct MinuteGrid: Sendable {
    /// Unix second of minute 0.
    public let origin: Int64
    /// Minutes in the grid; every column has as many elements.
    public let count: Int
    /// `nil` outside of bed.
    public internal(set) var stage: [SleepStage?]
    /// What the body did.
    public internal(set) var motion: [Motion]
    /// Steps truly taken.
    public internal(set) var steps: [Int]
    /// Mean heart rate of the minute, /min.
    public internal(set) var heartRate: [Double]
    /// The wrist device is on the wrist.
    public internal(set) var isWorn: [Bool]
    /// The wrist device has power.
    public internal(set) var isPowered: [Bool]

    init(origin: Int64, count: Int) {
        self.origin = origin
        self.count = count
        stage = Array(repeating: nil, count: count)
        motion = Array(repeating: .still, count: count)
        steps = Array(repeating: 0, count: count)
        heartRate = Array(repeating: 0, count: count)
        isWorn = Array(repeating: true, count: count)
        isPowered = Array(repeating: true, count: count)
    }

    /// The minute that holds a Unix second; may lie outside the grid.
    public func index(_ second: Int64) -> Int {
        Int(Calendrical.floorDivide(second - origin, 60))
    }

    /// The Unix second at which a minute begins.
    public func second(_ index: Int) -> Int64 { origin + Int64(index) * 60 }

    /// The minutes that begin in a stretch of Unix time, as far as they are in the grid.
    public func range(_ from: Int64, _ to: Int64) -> Range<Int> {
        let low = min(max(0, index(from + 59)), count)
        return low..<max(low, min(index(to + 59), count))
    }

    /// Steps the wrist device counted in a minute.
    public func recordedSteps(_ index: Int) -> Int { isWorn[index] ? steps[index] : 0 }
}
