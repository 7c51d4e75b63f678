// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// What a signal measures, told by its description and units.
///
/// Electrode signals need a unit of voltage; without one nobody knows the size, and the signal
/// stays a signal of another kind.
enum WFDBSignalKind {
    /// The quantity, the scale to its unit, and what the device's model says.
    static func resolve(
        _ signal: WFDBHeader.Signal, number: Int, hertz: Double
    ) -> (quantity: Quantity, scale: Scale, model: String) {
        let label = printable(signal.description)
        let name = label.isEmpty ? "signal \(number)" : label
        let units = printable(signal.units)
        let microvolts = perVolt(units)
        let quantity = quantity(label, units: units, isVoltage: microvolts != nil, hertz: hertz)
        let factor = 1 / signal.gain * (isElectrode(quantity) ? microvolts ?? 1 : 1)
        let offset = -Double(signal.baseline) * factor
        let scale = Scale(factor: finite(factor), offset: finite(offset))
        let model = isElectrode(quantity) || units.isEmpty ? name : name + " " + units
        return (quantity, scale, String(model.prefix(40)))
    }

    private static func isElectrode(_ quantity: Quantity) -> Bool {
        switch quantity {
        case .ecg, .eeg, .eog, .emg: true
        default: false
        }
    }

    private static func finite(_ value: Double) -> Float {
        let narrow = Float(value)
        return narrow.isFinite ? narrow : (value < 0 ? -1 : 1) * Float.greatestFiniteMagnitude
    }

    /// Microvolts of one unit of voltage.
    private static func perVolt(_ units: String) -> Double? {
        switch units.lowercased() {
        case "v": 1e6
        case "mv": 1000
        case "uv", "microvolt", "microvolts": 1
        case "nv": 0.001
        default: nil
        }
    }

    private static func quantity(
        _ label: String, units: String, isVoltage: Bool, hertz: Double
    ) -> Quantity {
        let words = label.lowercased().split { !($0.isLetter || $0.isNumber) }.map(String.init)
        let first = words.first ?? ""
        if isVoltage {
            if words.contains(where: { $0.hasPrefix("ecg") || $0.hasPrefix("ekg") }) { return .ecg }
            if words.contains(where: { $0.hasPrefix("eeg") }) || isPair(words) { return .eeg }
            if words.contains(where: { $0.hasPrefix("eog") }) { return .eog }
            if words.contains(where: { $0.hasPrefix("emg") }) { return .emg }
            if words.count == 1 ? leads.contains(first) : isModifiedLead(words) { return .ecg }
        }
        if first.hasPrefix("pleth") || first.hasPrefix("ppg") { return .ppg }
        // Below one a second the same word stands for breaths a minute.
        let isRate = ["pm", "bpm", "/min"].contains(units.lowercased())
        if first.hasPrefix("resp"), !isRate, hertz >= 1 { return .respiration }
        if ["us", "microsiemens"].contains(units.lowercased()),
            words.contains(where: { $0 == "eda" || $0 == "gsr" })
        {
            return .eda
        }
        return .signal
    }

    /// `mod.V1`, `lead II`
    private static func isModifiedLead(_ words: [String]) -> Bool {
        words.count == 2 && ["mod", "lead"].contains(words[0]) && leads.contains(words[1])
    }

    /// Two places of the 10-20 system, such as `Fp2-F4`.
    private static func isPair(_ words: [String]) -> Bool {
        words.count == 2 && words.allSatisfy(places.contains)
    }

    /// Limb, chest, modified, Frank and the databases' own leads.
    private static let leads: Set<String> = Set(
        ["i", "ii", "iii", "avr", "avl", "avf", "v", "vx", "vy", "vz", "mli", "mlii", "mliii"]
            + [
                "mcl", "mcl1", "mcl6", "ml1", "ml2", "ml3", "ml5", "mv2", "cc5", "cm2", "cm4",
                "cm5",
            ]
            + ["d3", "d4"] + (1...9).map { "v\($0)" } + (3...6).map { "v\($0)r" })

    private static let places: Set<String> = Set(
        ["fp1", "fp2", "fpz", "f3", "f4", "f7", "f8", "fz", "c3", "c4", "cz", "p3", "p4", "pz"]
            + ["o1", "o2", "oz", "t3", "t4", "t5", "t6", "t7", "t8", "p7", "p8", "a1", "a2"]
            + ["m1", "m2"])

    /// ASCII that can be shown, at most 40 letters.
    static func printable(_ text: String) -> String {
        let shown = text.unicodeScalars.lazy.filter { (0x20...0x7E).contains($0.value) }.prefix(40)
        var result = ""
        result.unicodeScalars.append(contentsOf: shown)
        while result.last == " " { result.removeLast() }
        return result
    }
}
