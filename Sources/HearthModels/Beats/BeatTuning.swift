// SPDX-License-Identifier: Apache-2.0

/// The numbers by which beats are told from the rest of a waveform.
///
/// One set for every recording of a kind; nothing is fitted to a person. See the model cards.
struct BeatTuning: Codable, Sendable, Hashable {
    /// Band in hertz that sets beats apart.
    var low: Double
    var high: Double
    /// Seconds of the band's energy that are summed up.
    var window: Double
    /// Samples a second that the search needs; faster signals are averaged down.
    var searchRate: Double
    /// Takes only rises of the signal: a pulse wave points up.
    var risesOnly: Bool
    /// Seconds before and after the energy's peak in which the beat's peak lies.
    var before: Double
    var after: Double
    /// Seconds within which no second beat can come.
    var refractory: Double
    /// Seconds in which a wave much lower than the beat before is the end of that beat.
    var echo: Double
    /// What is below this share of the beat before is such an echo.
    var echoShare: Double
    /// Share of the way from noise to beat at which a peak is as likely one as the other.
    var threshold: Double
    /// The most that a silence can count against a sequence, so that a pause stays a pause.
    var longMost: Double

    static let ecg = BeatTuning(
        low: 8, high: 20, window: 0.1, searchRate: 125, risesOnly: false, before: 0.07,
        after: 0.07,
        refractory: 0.2, echo: 0.36, echoShare: 0.5, threshold: 0.3,
        longMost: 0.85)

    static let ppg = BeatTuning(
        low: 0.7, high: 6, window: 0.17, searchRate: 40, risesOnly: true, before: 0.05,
        after: 0.3,
        refractory: 0.27, echo: 0.65, echoShare: 0.6, threshold: 0.5,
        longMost: 0.4)

    /// Seconds of signal that a decision waits for.
    static let lag = 2.5
    /// Seconds on either side whose highest peak says how high beats are now.
    static let neighbourhood = 2.0
    /// Beats by whose heights and intervals the next are judged.
    static let heights = 12
    static let intervals = 9
    /// The height that this share of them stays below is the level of beats: the upper part, so that
    /// waves taken for beats by mistake cannot lower it.
    static let heightShare = 0.7
    /// The level follows the neighbourhood at most by these factors.
    static let followsDown = 0.5
    static let followsUp = 2.0
    /// Share of a rejected peak that goes into the level of noise.
    static let noiseShare = 0.1
    static let firstNoiseShare = 0.15
    /// Bounds of what one peak can say for or against itself.
    static let most = 1.5
    static let least = -1.5
    /// A silence above this multiple of the usual interval counts against a sequence.
    static let longFrom = 1.2
    static let longCost = 0.9
    /// An interval below this share of the usual one counts against a sequence.
    static let shortBelow = 0.6
    static let shortCost = 1.0
    static let echoCost = 1.0
    /// Assumed until there are beats, in seconds.
    static let firstInterval = 0.8
    /// After a silence of so many seconds, peaks that are rejected lower the level of beats.
    static let forgetAfter = 4.0
    static let forget = 0.9
    /// A peak is one once the energy has fallen to this share of it, and risen above this multiple of
    /// the valley before.
    static let fall = 0.75
    static let rise = 1.25
    /// Seconds after which a peak is one even if the energy has not fallen.
    static let longestPeak = 0.4
    /// Search samples from one settling to the next.
    static let settleEvery = 16
}
