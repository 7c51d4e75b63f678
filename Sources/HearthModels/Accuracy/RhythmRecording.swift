// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
public import HearthDSP

/// What an annotator says of a beat's rhythm.
public enum RhythmLabel: UInt8, Sendable, Hashable, CaseIterable {
    /// Any rhythm but the two below, sinus rhythm or not.
    case other
    case fibrillation
    case flutter
}

/// The kind of set a recording belongs to, for figures by set.
public enum RhythmSet: String, Sendable, Hashable, CaseIterable {
    /// Hours with paroxysms of fibrillation.
    case fibrillation = "afdb-rr"
    /// A day of people in sinus rhythm.
    case sinus = "rr-24h/normal"
    /// A day of young healthy people.
    case healthy = "rr-24h/healthy_ms"
    /// Half hours of mixed arrhythmias.
    case arrhythmia = "mitdb"
}

/// Intervals with the truth beside each.
public struct RhythmRecording: Sendable, Hashable {
    public var id: String
    public var set: RhythmSet
    /// Milliseconds at the beat that ends the interval.
    public var beats: [Timed<Double>]
    /// One a beat.
    public var labels: [RhythmLabel]
    /// Whether an annotator calls the beat premature, one a beat; `nil` where nobody did.
    public var premature: [Bool]?

    /// Labels and `premature` of another length than `beats` are cut, or filled with other rhythm.
    public init(
        id: String, set: RhythmSet, beats: [Timed<Double>], labels: [RhythmLabel],
        premature: [Bool]? = nil
    ) {
        self.id = id
        self.set = set
        self.beats = beats
        let missing = max(0, beats.count - labels.count)
        self.labels =
            Array(labels.prefix(beats.count)) + Array(repeating: .other, count: missing)
        self.premature = premature.map { all in
            let missing = max(0, beats.count - all.count)
            return Array(all.prefix(beats.count)) + Array(repeating: false, count: missing)
        }
    }
}

/// What a method says of a beat.
public enum RhythmCall: UInt8, Sendable, Hashable, CaseIterable {
    case notIrregular
    case irregular
    /// The method does not answer.
    case unknown
}
