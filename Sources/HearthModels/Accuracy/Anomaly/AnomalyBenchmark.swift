// SPDX-License-Identifier: Apache-2.0
public import HearthDSP

/// A labelled series of the benchmark.
public struct LabelledSeries: Sendable {
    /// Category and file, as `realTweets/Twitter_volume_KO.csv`.
    public var name: String
    public var values: [Timed<Double>]
    public var labels: NABLabels

    public init(name: String, values: [Timed<Double>], labels: NABLabels) {
        self.name = name
        self.values = values
        self.labels = labels
    }

    public var category: String {
        name.split(separator: "/").first.map(String.init) ?? name
    }
}

/// The detector and its baselines on labelled series, by the rules of ``NABScorer``.
public struct AnomalyBenchmark: Sendable {
    public struct Measured: Sendable {
        public var detector: String
        public var profile: NABProfile
        /// The one threshold for all series; `nil` where never alarming is best.
        public var threshold: Double?
        /// 0 to 100.
        public var score: Double?
        public var found: Int
        public var falseAlarms: Int
    }

    /// One half's threshold on the other half.
    public struct Held: Sendable {
        public var threshold: Double?
        public var scoreThere: Double?
        public var scoreHere: Double?
    }

    public let series: [LabelledSeries]
    public let profiles: [NABProfile]
    /// Surprise a value, in the order of ``series``; 0 within a pause.
    public let surprises: [[Double]]
    public let measured: [Measured]
    /// The first, third, … series of each category, by name: settings were chosen on these.
    public let firstHalf: [Int]
    public let secondHalf: [Int]

    static let seeds: [UInt64] = [1, 2, 3, 4, 5]
    public static let detectorName = "this program"

    /// - Parameter series: by name.
    public init(
        _ series: [LabelledSeries], profiles: [NABProfile] = NABProfile.published,
        settings: AnomalyDetector.Settings = AnomalyDetector.Settings()
    ) {
        self.series = series
        self.profiles = profiles
        let labels = series.map(\.labels)
        let surprises = series.map { Self.surprises($0.values, settings) }
        self.surprises = surprises
        let gaussian = series.map { AnomalyBaseline.windowedGaussian.scores($0.values) }
        let never = series.map { AnomalyBaseline.never.scores($0.values) }
        var measured: [Measured] = []
        for profile in profiles {
            func add(_ name: String, _ scores: [[Double]]) {
                measured.append(Self.measure(name, scores, labels, profile))
            }
            add("null", never)
            measured.append(Self.chance(series, labels, profile))
            add("windowed Gaussian", gaussian)
            add(Self.detectorName, surprises)
        }
        self.measured = measured
        var seen: [String: Int] = [:]
        var halves: ([Int], [Int]) = ([], [])
        for (index, one) in series.enumerated() {
            let place = seen[one.category, default: 0]
            seen[one.category] = place + 1
            if place.isMultiple(of: 2) { halves.0.append(index) } else { halves.1.append(index) }
        }
        (firstHalf, secondHalf) = halves
    }

    /// One a value, 0 where the value gives no score.
    static func surprises(
        _ values: [Timed<Double>], _ settings: AnomalyDetector.Settings
    ) -> [Double] {
        var detector = AnomalyDetector(settings: settings)
        var scores = detector.batch(values).makeIterator()
        return values.map { sample in
            guard sample.value.isFinite, let score = scores.next() else { return 0 }
            return score.score > 0 ? score.surprise : 0
        }
    }

    private static func measure(
        _ name: String, _ scores: [[Double]], _ labels: [NABLabels], _ profile: NABProfile
    ) -> Measured {
        let threshold = NABScorer.bestThreshold(labels, scores: scores, profile: profile)
        let outcomes = outcomes(scores, labels, threshold ?? .infinity, profile)
        return Measured(
            detector: name, profile: profile, threshold: threshold,
            score: NABScorer.normalised(
                outcomes.reduce(0) { $0 + $1.score }, labels, profile: profile),
            found: outcomes.reduce(0) { $0 + $1.found },
            falseAlarms: outcomes.reduce(0) { $0 + $1.falseAlarms })
    }

    /// The mean over seeds.
    private static func chance(
        _ series: [LabelledSeries], _ labels: [NABLabels], _ profile: NABProfile
    ) -> Measured {
        let runs = seeds.map { seed in
            let scores = series.enumerated().map { index, one in
                AnomalyBaseline.random(seed: seed &* 1_000_003 &+ UInt64(index)).scores(one.values)
            }
            return measure("random", scores, labels, profile)
        }
        let count = Double(runs.count)
        return Measured(
            detector: "random, mean of \(runs.count)", profile: profile, threshold: nil,
            score: runs.reduce(0) { $0 + ($1.score ?? 0) } / count,
            found: runs.reduce(0) { $0 + $1.found } / runs.count,
            falseAlarms: runs.reduce(0) { $0 + $1.falseAlarms } / runs.count)
    }

    static func outcomes(
        _ scores: [[Double]], _ labels: [NABLabels], _ threshold: Double, _ profile: NABProfile
    ) -> [NABOutcome] {
        zip(scores, labels).map {
            NABScorer.outcome($1, scores: $0, threshold: threshold, profile: profile)
        }
    }

    /// Of this program, in the order of ``series``.
    public func outcomes(threshold: Double, profile: NABProfile) -> [NABOutcome] {
        Self.outcomes(surprises, series.map(\.labels), threshold, profile)
    }

    /// 0 to 100, over some of the series.
    public func score(_ indices: [Int], threshold: Double, profile: NABProfile) -> Double? {
        let labels = indices.map { series[$0].labels }
        let total = Self.outcomes(indices.map { surprises[$0] }, labels, threshold, profile)
            .reduce(0) { $0 + $1.score }
        return NABScorer.normalised(total, labels, profile: profile)
    }

    /// The best threshold of some series, and what it gives on others.
    public func held(_ there: [Int], _ here: [Int], profile: NABProfile) -> Held {
        let threshold = NABScorer.bestThreshold(
            there.map { series[$0].labels }, scores: there.map { surprises[$0] }, profile: profile)
        let used = threshold ?? .infinity
        return Held(
            threshold: threshold, scoreThere: score(there, threshold: used, profile: profile),
            scoreHere: score(here, threshold: used, profile: profile))
    }
}
