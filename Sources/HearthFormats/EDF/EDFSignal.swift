// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// One signal as the header describes it.
struct EDFSignal: Sendable {
    /// In printable ASCII.
    var label: String
    var unit: EDFUnit
    /// Samples in one data record.
    var samples: Int
    /// Where in a data record its bytes begin.
    var offset: Int
    var isAnnotations: Bool
    /// The digital range the header declares, in order; `nil` if it is none.
    var digital: ClosedRange<Int32>?
    /// Physical value = digital value * factor + offset; `nil` if the ranges tell none.
    var calibration: Calibration?

    struct Calibration: Sendable, Equatable {
        var factor: Double
        var offset: Double

        /// The line through both ends of the ranges; `nil` if one is empty or too large for numbers.
        init?(physical: (Double, Double), digital: (Double, Double)) {
            let span = digital.1 - digital.0
            guard span != 0, physical.1 != physical.0 else { return nil }
            self.init(
                factor: (physical.1 - physical.0) / span,
                offset: (physical.0 * digital.1 - physical.1 * digital.0) / span)
        }

        init(factor: Double, offset: Double) {
            self.factor = factor
            self.offset = offset
        }

        /// Two calibrations one after the other: first this, then times `factor`.
        func times(_ other: Double) -> Calibration {
            Calibration(factor: factor * other, offset: offset * other)
        }

        /// As single precision; `nil` if a stored value could leave every quantity's range.
        var scale: Scale? {
            let scale = Scale(factor: Float(factor), offset: Float(offset))
            let reach = abs(factor) * 2_147_483_648 + abs(offset)
            let isUsable = scale.factor.isNormal && scale.offset.isFinite && reach < 1e30
            return isUsable ? scale : nil
        }
    }

    /// Whether the label marks a signal that holds annotations.
    static func isAnnotations(_ label: String) -> Bool {
        label == "EDF Annotations" || label == "BDF Annotations"
    }
}
