// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// What a signal measures, told from its label and its unit together.
///
/// A label alone never decides: a signal named `EEG` in no unit at all is handed on as
/// ``Quantity/signal``, because its values could not be stated in microvolts.
struct EDFMeaning: Sendable, Equatable {
    var quantity: Quantity
    /// From stored values to the quantity's unit.
    var calibration: EDFSignal.Calibration
    /// Whether the device's model must name the unit, as the quantity does not.
    var namesUnit = false

    init(_ signal: EDFSignal) {
        guard let calibration = signal.calibration else {
            self.init(.signal, EDFSignal.Calibration(factor: 1, offset: 0))
            return
        }
        let words = Self.words(signal.label)
        let quantity = Self.quantity(words, signal.unit)
        switch (quantity, signal.unit.dimension) {
        case (.signal, _), (.respiration, _), (.ppg, _):
            self.init(quantity, calibration, namesUnit: !signal.unit.text.isEmpty)
        case (_, .fahrenheit):
            let shifted = EDFSignal.Calibration(
                factor: calibration.factor, offset: calibration.offset - 32)
            self.init(quantity, shifted.times(5.0 / 9.0))
        default: self.init(quantity, calibration.times(signal.unit.factor))
        }
    }

    private init(
        _ quantity: Quantity, _ calibration: EDFSignal.Calibration, namesUnit: Bool = false
    ) {
        self.quantity = quantity
        self.calibration = calibration
        self.namesUnit = namesUnit
    }

    /// Lower case, split at everything but letters and digits.
    static func words(_ label: String) -> [String] {
        label.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.map(String.init)
    }

    private static func quantity(_ words: [String], _ unit: EDFUnit) -> Quantity {
        if isRespiration(words), unit.dimension != .rate { return .respiration }
        if has(words, ["ppg", "bvp", "pleth", "plethysmogram"]) { return .ppg }
        switch unit.dimension {
        case .voltage: return electric(words)
        case .percent: return has(words, ["spo2", "sao2", "osat"]) ? .oxygenSaturation : .signal
        case .rate: return isPulse(words) ? .heartRate : .signal
        case .conductance: return has(words, ["eda", "gsr", "scl"]) ? .eda : .signal
        case .celsius, .fahrenheit: return temperature(words)
        case .acceleration, .none, .other: return .signal
        }
    }

    private static func electric(_ words: [String]) -> Quantity {
        if has(words, ["ecg", "ekg", "ecgi", "ecgii", "ecgiii", "ecg1", "ecg2", "ecg3"]) {
            return .ecg
        }
        if has(words, ["eog", "loc", "roc", "eogl", "eogr", "e1", "e2"]) { return .eog }
        if has(words, ["emg", "chin", "chin1", "chin2", "leg", "tib", "lat", "rat"]) {
            return .emg
        }
        if words.first == "eeg" { return .eeg }
        return words.first.map(isElectrode) == true ? .eeg : .signal
    }

    private static func temperature(_ words: [String]) -> Quantity {
        if words.contains("skin") { return .skinTemperature }
        return has(words, ["rectal", "body", "core"]) ? .bodyTemperature : .signal
    }

    private static func isPulse(_ words: [String]) -> Bool {
        has(words, ["pulse", "hr", "pr", "heartrate"])
            || words.contains("heart") && words.contains("rate")
    }

    private static func isRespiration(_ words: [String]) -> Bool {
        let stems = ["resp", "airflow", "thor", "abdo", "nasal", "flow", "cannula", "therm"]
        return words.contains { word in
            stems.contains { word.hasPrefix($0) } && !word.hasPrefix("therma")
        } && !words.contains("temp")
    }

    /// A place of the 10-20 or 10-10 system, such as `fpz`, `c3` or `af7`.
    private static func isElectrode(_ word: String) -> Bool {
        let areas: Set<String> = [
            "fp", "af", "f", "ft", "fc", "t", "tp", "c", "cp", "p", "po", "o", "a", "m", "i",
        ]
        let area = word.prefix { $0.isLetter && $0 != "z" }
        let place = word.dropFirst(area.count)
        guard areas.contains(String(area)), !place.isEmpty else { return false }
        return place == "z" || Int(place).map { (1...10).contains($0) } == true
    }

    private static func has(_ words: [String], _ wanted: Set<String>) -> Bool {
        words.contains { wanted.contains($0) }
    }
}

/// A channel of an accelerometer: what its label says besides the axis.
struct EDFAxis: Equatable {
    var stem: [String]
    var axis: Int
    /// The label up to the axis, as written.
    var name: String

    /// `nil` if the signal is no axis of an accelerometer.
    init?(_ signal: EDFSignal) {
        guard signal.unit.dimension == .acceleration, signal.calibration != nil,
            let last = signal.label.last(where: { $0.isLetter })?.lowercased(),
            let axis = ["x", "y", "z"].firstIndex(of: last)
        else { return nil }
        let words = EDFMeaning.words(signal.label)
        guard let word = words.last, word.hasSuffix(last) else { return nil }
        self.axis = axis
        stem = Array(words.dropLast()) + [String(word.dropLast())]
        name = String(signal.label.dropLast()).trimmingBlanks
    }
}

extension String {
    fileprivate var trimmingBlanks: String {
        var text = Substring(self)
        while let last = text.last, last == " " || last == "-" || last == "_" { text.removeLast() }
        return String(text)
    }
}
