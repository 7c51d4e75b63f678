// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Labels and units of the signals written, such that they are read as the same quantity again.
struct EDFNaming {
    let label: String
    let unit: String

    /// - Parameter axis: which column, where a sample has several.
    init(_ stream: EDFStream, axis: Int) {
        let (name, told) = Self.split(stream.device.model)
        unit = Self.unit(stream.quantity, told)
        let facts = stream.quantity.facts
        let suffix = facts.columns.count > 1 ? " " + facts.columns[axis] : ""
        let plain = name.isEmpty ? Self.type(stream.quantity) : name
        if facts.columns.count > 1 {
            let stem = plain.lowercased().contains("acc") ? plain : "Acc " + plain
            label = String(stem.prefix(16 - suffix.utf8.count)) + suffix
        } else if stream.quantity == .signal || Self.isRead(plain, unit, as: stream.quantity) {
            label = String(plain.prefix(16))
        } else {
            label = String((Self.type(stream.quantity) + " " + plain).prefix(16))
        }
    }

    /// A model such as `Airflow [au] #2` as name and unit.
    private static func split(_ model: String) -> (name: String, unit: String) {
        var name = Substring(EDFText.printable(Array(model.utf8)[...]))
        if let mark = name.lastIndex(of: "#"), Int(name[name.index(after: mark)...]) != nil {
            name = name[..<mark]
            while name.last == " " { name.removeLast() }
        }
        guard name.last == "]", let open = name.lastIndex(of: "[") else {
            return (String(name), "")
        }
        let unit = String(name[name.index(after: open)...].dropLast())
        name = name[..<open]
        while name.last == " " { name.removeLast() }
        return (String(name), unit)
    }

    private static func isRead(_ label: String, _ unit: String, as quantity: Quantity) -> Bool {
        var signal = EDFSignal(
            label: String(label.prefix(16)), unit: EDFUnit(Array(unit.utf8)[...]), samples: 1,
            offset: 0, isAnnotations: false)
        signal.calibration = EDFSignal.Calibration(factor: 1, offset: 0)
        return EDFMeaning(signal).quantity == quantity
    }

    private static func type(_ quantity: Quantity) -> String {
        switch quantity {
        case .ecg: "ECG"
        case .eeg: "EEG"
        case .eog: "EOG"
        case .emg: "EMG"
        case .ppg: "PPG"
        case .eda: "EDA"
        case .respiration: "Resp"
        case .oxygenSaturation: "SpO2"
        case .heartRate: "Pulse"
        case .skinTemperature: "Temp skin"
        case .bodyTemperature: "Temp body"
        case .acceleration: "Acc"
        default: quantity.name
        }
    }

    private static func unit(_ quantity: Quantity, _ told: String) -> String {
        switch quantity {
        case .signal, .respiration, .ppg: String(told.prefix(8))
        case .heartRate: "bpm"
        default: quantity.facts.unit == "Cel" ? "degC" : String(quantity.facts.unit.prefix(8))
        }
    }
}
