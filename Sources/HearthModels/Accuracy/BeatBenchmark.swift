// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
import HearthDSP

/// An ECG with annotated beats.
public struct BeatRecording: Sendable {
    public var id: String
    public var period: Period
    /// One or more leads with as many samples; the first begins at second 0.
    public var leads: [[Float]]
    /// Seconds of annotated beats, ascending.
    public var truth: [Double]
    /// Seconds of ventricular flutter and fibrillation, in which there are no beats to find.
    public var excluded: [ClosedRange<Double>]
    /// Beats that a pacemaker made.
    public var pacedBeats: Int

    public init(
        id: String, period: Period, leads: [[Float]], truth: [Double],
        excluded: [ClosedRange<Double>] = [], pacedBeats: Int = 0
    ) {
        self.id = id
        self.period = period
        self.leads = leads
        self.truth = truth
        self.excluded = excluded
        self.pacedBeats = pacedBeats
    }

    /// Whether a pacemaker made one beat in twenty or more.
    public var isPaced: Bool { pacedBeats > 0 && 20 * pacedBeats >= truth.count }
}

/// A way of finding beats in an ECG.
public enum BeatMethod: String, Sendable, CaseIterable {
    case firstLead
    case twoLeads
    case panTompkins

    public var label: String {
        switch self {
        case .firstLead: "Hearth, first lead"
        case .twoLeads: "Hearth, two leads"
        case .panTompkins: "Pan-Tompkins, first lead"
        }
    }

    /// The beats of a recording in seconds; `nil` if it has too few leads or its rate is refused.
    public func beats(of recording: BeatRecording) -> [Double]? {
        let start = Timestamp(seconds: 0)
        guard let first = recording.leads.first else { return nil }
        do throws(BeatRefusal) {
            let beats: [DetectedBeat]
            switch self {
            case .firstLead:
                var detector = try ECGBeats(start: start, period: recording.period)
                beats = detector.batch(first)
            case .panTompkins:
                var detector = try PanTompkins(start: start, period: recording.period)
                beats = detector.batch(first)
            case .twoLeads:
                guard recording.leads.count > 1 else { return nil }
                var detector = try TwoLeadECGBeats(start: start, period: recording.period)
                beats = detector.batch(
                    zip(first, recording.leads[1]).map { SIMD2($0, $1) })
            }
            return beats.map { $0.time.seconds(since: start) }
        } catch {
            return nil
        }
    }
}

/// What detectors reach on a set of annotated recordings.
///
/// Whole recordings count; the same after the first five minutes, which EC57 lets a device learn from,
/// stands beside. Stretches of ventricular flutter are left out, and paced recordings count in no total.
/// - Source: `aami2012`
public struct BeatBenchmark: Sendable {
    /// Seconds that a device may learn from.
    public static let learning = 300.0

    public struct Row: Sendable {
        public var id: String
        public var isPaced: Bool
        /// Seconds left out.
        public var excluded: Double
        /// By method; a method that cannot take the recording is missing.
        public var scores: [BeatMethod: BeatScore]
        public var scoresAfterLearning: [BeatMethod: BeatScore]
    }

    public var rows: [Row]

    public init(_ recordings: [BeatRecording]) {
        rows = recordings.map { recording in
            var row = Row(
                id: recording.id, isPaced: recording.isPaced,
                excluded: recording.excluded.reduce(0) { $0 + $1.upperBound - $1.lowerBound },
                scores: [:], scoresAfterLearning: [:])
            for method in BeatMethod.allCases {
                guard let beats = method.beats(of: recording) else { continue }
                row.scores[method] = Self.score(recording, beats, from: 0)
                row.scoresAfterLearning[method] = Self.score(recording, beats, from: Self.learning)
            }
            return row
        }
    }

    static func score(
        _ recording: BeatRecording, _ beats: [Double], from start: Double
    ) -> BeatScore {
        func counts(_ second: Double, _ margin: Double) -> Bool {
            second >= start
                && !recording.excluded.contains {
                    $0.lowerBound - margin <= second && second <= $0.upperBound + margin
                }
        }
        // A beat at the edge of what is left out is neither missed nor extra.
        return BeatScore(
            truth: recording.truth.filter { counts($0, 0) },
            detected: beats.filter { counts($0, recording.excluded.isEmpty ? 0 : BeatScore.window) }
        )
    }

    /// The recordings that count and that a method can take.
    public func counted(_ method: BeatMethod) -> [Row] {
        rows.filter { !$0.isPaced && $0.scores[method] != nil }
    }

    /// All beats of all counted recordings together.
    public func gross(_ method: BeatMethod, afterLearning: Bool = false) -> BeatScore {
        counted(method).reduce(BeatScore()) {
            let scores = afterLearning ? $1.scoresAfterLearning : $1.scores
            return $0 + (scores[method] ?? BeatScore())
        }
    }

    /// One figure over the counted recordings, each with the same weight.
    public func spread(_ method: BeatMethod, of figure: (BeatScore) -> Double?) -> Spread? {
        Spread(counted(method).compactMap { $0.scores[method].flatMap(figure) })
    }
}
