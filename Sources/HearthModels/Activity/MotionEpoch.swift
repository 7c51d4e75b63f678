// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// Five seconds of wrist acceleration in a few numbers: what sleep windows and activity look at.
public struct MotionEpoch: Codable, Sendable, Hashable {
    /// Length of an epoch, the field's usual one.
    public static let seconds: Int64 = 5

    /// Start of the epoch, a multiple of its length since 1970.
    public var time: Timestamp
    /// Euclidean norm minus one g, negatives set to zero, mean over the epoch; milli-g, 0 and up.
    ///
    /// - Source: `vanhees2013`.
    public var enmo: Float
    /// Mean amplitude deviation of the norm, milli-g, 0 and up.
    ///
    /// - Source: `vahaypya2015`.
    public var mad: Float
    /// Angle between the forearm and the horizontal, degrees, -90 to 90.
    ///
    /// - Source: `vanhees2015`.
    public var angle: Float
    /// Share of the epoch with samples, 0 to 1.
    public var coverage: Float

    public init(time: Timestamp, enmo: Float, mad: Float, angle: Float, coverage: Float) {
        self.time = time
        self.enmo = enmo
        self.mad = mad
        self.angle = angle
        self.coverage = coverage
    }
}
