// SPDX-License-Identifier: Apache-2.0

/// A measure of heart-rate variability: what it is, in which unit, and what it needs.
///
/// All are of normal-to-normal intervals; with other lengths or other methods numbers of the same
/// name differ and are never compared.
public enum HRVMeasure: String, CaseIterable, Codable, Sendable, CodingKeyRepresentable {
    // Time.
    case meanNN = "mean-nn"
    case sdnn
    case rmssd
    case logRMSSD = "ln-rmssd"
    case sdsd
    case pnn50
    case pnn20
    case triangularIndex = "triangular-index"
    case sd1
    case sd2
    // Frequency, from the uneven series.
    case vlfLomb = "vlf-lomb"
    case lfLomb = "lf-lomb"
    case hfLomb = "hf-lomb"
    case ratioLomb = "lf-hf-lomb"
    // Frequency, from the resampled series.
    case vlfWelch = "vlf-welch"
    case lfWelch = "lf-welch"
    case hfWelch = "hf-welch"
    case ratioWelch = "lf-hf-welch"
    // Order.
    case dfaAlpha1 = "dfa-alpha1"
    case sampleEntropy = "sample-entropy"

    public struct Facts: Sendable, Hashable {
        public var label: String
        /// UCUM notation.
        public var unit: String
        public var definition: String
        /// Intervals, or differences where it is made of them.
        public var fewest: Int
        /// Seconds from the first to the last beat.
        public var shortest: Double
        /// Keys of `docs/references.bib`.
        public var source: String
    }

    public var facts: Facts {
        switch self {
        case .meanNN, .sdnn, .rmssd, .logRMSSD, .sdsd, .pnn50, .pnn20: timeFacts
        case .triangularIndex, .sd1, .sd2: plotFacts
        case .dfaAlpha1, .sampleEntropy: orderFacts
        default: frequencyFacts
        }
    }

    static let fewestForTime = 10

    private var timeFacts: Facts {
        func facts(
            _ label: String, _ unit: String, _ definition: String, source: String = "taskforce1996"
        ) -> Facts {
            Facts(
                label: label, unit: unit, definition: definition, fewest: Self.fewestForTime,
                shortest: 0, source: source)
        }
        switch self {
        case .meanNN: return facts("mean NN", "ms", "Mean of the intervals.")
        case .sdnn:
            return facts(
                "SDNN", "ms", "Standard deviation of the intervals, n - 1 in the denominator.")
        case .rmssd:
            return facts("RMSSD", "ms", "Root mean square of the differences of neighbours.")
        case .logRMSSD:
            return facts(
                "lnRMSSD", "1", "Natural logarithm of RMSSD in milliseconds.",
                source: "plews2014")
        case .sdsd:
            return facts(
                "SDSD", "ms",
                "Standard deviation of the signed differences of neighbours, n - 1 in the"
                    + " denominator.")
        case .pnn50:
            return facts("pNN50", "%", "Share of the differences larger than 50 ms.")
        default: return facts("pNN20", "%", "Share of the differences larger than 20 ms.")
        }
    }

    private var plotFacts: Facts {
        switch self {
        case .triangularIndex:
            return Facts(
                label: "triangular index", unit: "1",
                definition:
                    "Intervals over those in the fullest bin of 1/128 s, bins counted from zero."
                    + " Made for 24 hours; of five minutes it is coarse.",
                fewest: 200, shortest: 0, source: "taskforce1996")
        case .sd1:
            return Facts(
                label: "SD1", unit: "ms",
                definition: "SDSD / sqrt 2: width of the Poincaré plot.",
                fewest: Self.fewestForTime, shortest: 0, source: "brennan2001")
        default:
            return Facts(
                label: "SD2", unit: "ms",
                definition: "sqrt (2 SDNN² - SD1²): length of the Poincaré plot.",
                fewest: Self.fewestForTime, shortest: 0, source: "brennan2001")
        }
    }

    private var orderFacts: Facts {
        switch self {
        case .dfaAlpha1:
            return Facts(
                label: "DFA alpha 1", unit: "1",
                definition: "Slope of ln F(n) on ln n for n = 4...16 beats; F(n) is the root mean"
                    + " square about a line in each full box of n, of the summed corrected"
                    + " intervals.", fewest: 100, shortest: 0, source: "peng1995")
        default:
            return Facts(
                label: "sample entropy", unit: "1",
                definition: "-ln (A / B) of the corrected intervals, m = 2, r = 0.2 of their"
                    + " standard deviation, differences up to r counted as alike.",
                fewest: 200, shortest: 0, source: "richman2000")
        }
    }

    private var frequencyFacts: Facts {
        let method =
            switch self {
            case .vlfLomb, .lfLomb, .hfLomb, .ratioLomb:
                "Lomb–Scargle of the uneven series without its mean, every 1/1024 Hz, scaled by"
                    + " the mean interval to a density."
            default:
                "Welch of the series resampled at 4 Hz along a cubic spline: segments of 300 s,"
                    + " half overlapping, without their mean, under a Hamming window."
            }
        let name = isLomb ? "Lomb–Scargle" : "Welch"
        let source = isLomb ? "lomb1976, scargle1982" : "welch1967"
        func facts(_ label: String, _ unit: String, _ what: String, _ shortest: Double) -> Facts {
            Facts(
                label: "\(label), \(name)", unit: unit, definition: "\(what) \(method)",
                fewest: 50, shortest: shortest, source: "taskforce1996, \(source)")
        }
        switch self {
        case .vlfLomb, .vlfWelch:
            return facts(
                "VLF", "ms2",
                "Power from 0.0033 to below 0.04 Hz; of five minutes it says little.", 240)
        case .lfLomb, .lfWelch:
            return facts("LF", "ms2", "Power from 0.04 to below 0.15 Hz.", 120)
        case .hfLomb, .hfWelch:
            return facts("HF", "ms2", "Power from 0.15 to below 0.4 Hz.", 60)
        default:
            return facts("LF/HF", "1", "LF over HF, of one method.", 120)
        }
    }

    var isLomb: Bool {
        switch self {
        case .vlfLomb, .lfLomb, .hfLomb, .ratioLomb: true
        default: false
        }
    }
}

/// Why a measure has no value.
public enum HRVRefusal: String, Codable, Sendable, Hashable, CustomStringConvertible {
    case tooFewBeats = "too-few-beats"
    case tooShort = "too-short"
    /// More than ``HRVWindows/removedLimit`` of the intervals are not sound.
    case corrected = "too-much-corrected"
    /// More than ``HRVWindows/offMedianLimit`` of the intervals are far from those around them.
    case irregular = "irregular-rhythm"
    /// Too long without a sound beat for a spectrum.
    case hole
    /// Nothing varies, or nothing comes again.
    case undefined

    public var description: String {
        switch self {
        case .tooFewBeats: "too few beats"
        case .tooShort: "too short a stretch"
        case .corrected: "too many intervals are not normal-to-normal"
        case .irregular: "the rhythm is irregular; no variability of a sinus rhythm can be told"
        case .hole: "too long a time without a sound beat"
        case .undefined: "the measure is not defined for these intervals"
        }
    }
}
