// SPDX-License-Identifier: Apache-2.0

/// A value with its unit as people write it: `52 bpm`, `7 h 02 min`, `36.4 °C`.
///
/// Minutes from one hour on become hours and minutes, hours of the wall clock become `03:12`; every
/// other value keeps its unit.
struct Measure {
    struct Part: Equatable {
        var number: String
        var unit: String
    }

    var parts: [Part]

    /// - Parameter metric: the metric's id; `/min` is `bpm` for a heart rate and `/min` otherwise.
    init(_ value: Double, unit: String, digits: Int, metric: String) {
        let name = Self.unitName(unit, metric: metric)
        if Self.clockTimes.contains(metric), (0...24).contains(value) {
            let minutes = Int((value * 60).rounded()) % 1440
            parts = [Part(number: WallClock.clock(minutes * 60), unit: "")]
        } else if unit == "min", digits <= 0, value.magnitude >= 59.5, value.magnitude < 1e6 {
            let minutes = Int(value.magnitude.rounded())
            let sign = value < 0 ? "−" : ""
            let rest = minutes % 60
            parts = [
                Part(number: sign + NumberText.integer(minutes / 60), unit: "h"),
                Part(number: (rest < 10 ? "0" : "") + String(rest), unit: "min"),
            ]
        } else {
            parts = [Part(number: NumberText.fixed(value, digits: digits), unit: name)]
        }
    }

    /// Metrics that are an hour of the wall clock.
    static let clockTimes: Set<String> = [
        "sleep-midpoint", "mid-sleep-free-days", "mid-sleep-free-days-corrected", "l5-onset",
        "m10-onset", "acrophase",
    ]

    /// The value and its unit in one piece.
    var text: String {
        parts.map { $0.unit.isEmpty ? $0.number : "\($0.number) \($0.unit)" }
            .joined(separator: " ")
    }

    /// A difference with its sign, without the unit except where hours and minutes need it.
    static func signed(_ value: Double, unit: String, digits: Int, metric: String) -> String {
        let number = NumberText.signed(value, digits: digits)
        guard rangeNamesUnit(upper: value, unit: unit, digits: digits) else { return number }
        let text = Measure(value, unit: unit, digits: digits, metric: metric).text
        return number.hasPrefix("+") ? "+" + text : text
    }

    /// `49–55`, without the unit except where it is part of the number, as in hours and minutes.
    static func range(
        _ lower: Double, _ upper: Double, unit: String, digits: Int, metric: String
    ) -> String {
        let isClock = rangeNamesUnit(upper: upper, unit: unit, digits: digits)
        let from = Measure(lower, unit: unit, digits: digits, metric: metric)
        let to = Measure(upper, unit: unit, digits: digits, metric: metric)
        let dash = lower < 0 ? " to " : "–"
        if isClock { return from.text + dash + to.text }
        return NumberText.fixed(lower, digits: digits) + dash
            + NumberText.fixed(upper, digits: digits)
    }

    /// True if ``range(_:_:unit:digits:metric:)`` already names the unit.
    static func rangeNamesUnit(upper: Double, unit: String, digits: Int) -> Bool {
        unit == "min" && digits <= 0 && upper.magnitude >= 59.5
    }

    /// A UCUM code as people write it.
    static func unitName(_ unit: String, metric: String) -> String {
        switch unit {
        case "/min", "{beats}/min":
            metric.contains("heart-rate") ? "bpm" : "/min"
        case "Cel": "°C"
        case "1", "": ""
        case "mL/(kg.min)": "mL/kg/min"
        case "uV": "µV"
        case "uS": "µS"
        case "deg/s": "°/s"
        case "m[g]": "mg"
        case "ms2": "ms²"
        default: unit.filter { $0 != "{" && $0 != "}" }
        }
    }
}
