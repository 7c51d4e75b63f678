// SPDX-License-Identifier: Apache-2.0
import HearthDSP

/// A breathing rate guessed from the way beats quicken and slow with each breath (respiratory sinus
/// arrhythmia). Derived: never to be set beside a measured one as its equal.
///
/// The peak of Welch's spectrum of the resampled intervals (segments of 64 s) between 0.1 and 0.5 Hz,
/// and how much of the power there lies about it. No answer below ``fewestSeconds``, across holes, or
/// where the peak is above half the heart's own rate, which beats cannot carry.
/// - Source: respiratory sinus arrhythmia as one of the signals in `charlton2018`; the peakedness as
///   gate after `bailon2006`, with limits of this project.
public struct RespirationFromRR: Codable, Sendable, Hashable {
    public static let band = 0.1..<0.5
    /// Hz on either side of the peak.
    public static let about = 0.04
    /// Share of the band's power that has to lie about the peak. Noise has about 0.2.
    public static let leastPeakedness = 0.5
    public static let fewestSeconds = 120.0

    private static let welch = WelchPeriodogram(segment: 256, padded: 2048)

    /// Breaths a minute.
    public let rate: Double
    /// Share of the power from 0.1 to 0.5 Hz that lies within ``about`` of the peak.
    public let peakedness: Double

    public var isSound: Bool { peakedness >= Self.leastPeakedness }

    /// `nil` where no peak can be told.
    public init?(_ tachogram: Tachogram) {
        guard tachogram.span >= Self.fewestSeconds,
            tachogram.longestHole <= HRVMeasures.longestHole,
            let spectrum = HRVMeasures.welchSpectrum(tachogram, Self.welch),
            let index = spectrum.peak(in: Self.band)
        else { return nil }
        let peak = spectrum.frequency(at: index)
        let beatsPerSecond = Double(tachogram.sound.count) * 1000 / tachogram.soundMilliseconds
        let all = spectrum.power(in: Self.band)
        guard peak < beatsPerSecond / 2, all > 0 else { return nil }
        let low = max(Self.band.lowerBound, peak - Self.about)
        let high = min(Self.band.upperBound, peak + Self.about)
        peakedness = spectrum.power(in: low..<high) / all
        rate = 60 * peak
    }
}
