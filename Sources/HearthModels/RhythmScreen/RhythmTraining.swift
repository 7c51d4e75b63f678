// SPDX-License-Identifier: Apache-2.0
import HearthDSP

/// What the model sees of a labelled recording, for training and for nothing else.
public enum RhythmTraining {
    public struct Row: Sendable, Hashable {
        /// The label most beats of the block have.
        public var label: RhythmLabel
        public var beats: Int
        public var features: [Double]
    }

    /// A row for each block of ``RhythmScreen/blockBeats`` sound beats, windows as in the screen for a
    /// recording without gaps; empty for fewer than ``RhythmScreen/fewestBeats``.
    public static func rows(_ recording: RhythmRecording) -> [Row] {
        let sound = recording.beats.indices.filter {
            PrematureBeats.plausibleMilliseconds.contains(recording.beats[$0].value)
        }
        guard sound.count >= RhythmScreen.fewestBeats else { return [] }
        let values = sound.map { recording.beats[$0].value }
        func window(_ size: Int, _ middle: Int) -> Range<Int> {
            let low = max(0, min(middle - size / 2, values.count - size))
            return low..<min(values.count, low + size)
        }
        var order = WindowOrder()
        return stride(from: 0, to: values.count, by: RhythmScreen.blockBeats).map { first in
            let end = min(values.count, first + RhythmScreen.blockBeats)
            let middle = first + RhythmScreen.blockBeats / 2
            let labels = sound[first..<end].map { recording.labels[$0] }
            let label =
                RhythmLabel.allCases.max { a, b in
                    labels.count { $0 == a } < labels.count { $0 == b }
                } ?? .other
            let long = window(RhythmScreen.longWindow, middle)
            let short = window(RhythmScreen.shortWindow, middle)
            let features = IrregularityFeatures(
                long: values[long],
                near: (short.lowerBound - long.lowerBound)..<(short.upperBound - long.lowerBound),
                order: order.order(of: long, in: values, from: 0))
            return Row(label: label, beats: end - first, features: features.values)
        }
    }
}
