// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthDSP

/// Heart-rate variability and derived respiration over a night: medians of its clean five-minute
/// windows.
struct NightRhythm {
    /// With fewer clean windows (15 minutes) a median says little.
    static let fewestWindows = 3
    /// Above this share of removed intervals over the night nothing is reported.
    static let refusalShare = 0.20

    var rmssd: Double?
    var logRMSSD: Double?
    var sdnn: Double?
    /// Breaths a minute, guessed from the intervals, and in how many windows a rhythm of breath
    /// stood out.
    var respiration: Double?
    var breathingWindows = 0
    /// Intervals over the night and those removed.
    var beats = 0
    var removed = 0
    var windows = 0
    var cleanWindows = 0
    /// Why there is no number, if there is none.
    var missing: String?

    var removedShare: Double? { beats == 0 ? nil : Double(removed) / Double(beats) }

    /// Scores the intervals (ms at the time of the beat that ends them) of one night.
    init(beats series: [Timed<Double>], night: TimeSpan) {
        var chain = Chain(BeatCleaner(), HRVWindows(origin: night.start, detail: .respiration))
        let measured = chain.batch(series)
        beats = measured.reduce(0) { $0 + $1.beats }
        removed = measured.reduce(0) { $0 + $1.removed }
        let clean = measured.filter(\.isClean)
        windows = measured.count
        cleanWindows = clean.count
        guard beats > 0 else {
            missing = "No beat-to-beat intervals were recorded in this night's sleep."
            return
        }
        guard Double(removed) <= Self.refusalShare * Double(beats) else {
            missing =
                "More than \(Int(Self.refusalShare * 100)) % of the beat-to-beat intervals are"
                + " not normal-to-normal; no number would be sound. A tighter strap may help."
            return
        }
        let irregular = measured.count(where: \.isIrregular)
        guard 2 * irregular <= windows else {
            missing =
                "The rhythm of the beats is irregular in most of the night; variability of a sinus"
                + " rhythm cannot be told from it."
            return
        }
        guard cleanWindows >= Self.fewestWindows else {
            missing =
                "Fewer than \(Self.fewestWindows) clean five-minute windows of beat-to-beat"
                + " intervals in this night's sleep."
            return
        }
        rmssd = RobustStatistics.median(clean.compactMap(\.rmssd))
        logRMSSD = rmssd.flatMap { $0 > 0 ? log($0) : nil }
        sdnn = RobustStatistics.median(clean.compactMap(\.sdnn))
        let breaths = clean.compactMap(\.respiration).filter(\.isSound).map(\.rate)
        breathingWindows = breaths.count
        if breaths.count >= Self.fewestWindows, breaths.count * 4 >= clean.count {
            respiration = RobustStatistics.median(breaths)
        }
    }
}
