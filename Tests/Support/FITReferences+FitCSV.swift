// SPDX-License-Identifier: Apache-2.0
package import HearthFormats

extension FITReferences {
    private static let messageNumbers: [String: UInt16] = [
        "file_id": 0, "session": 18, "lap": 19, "record": 20, "event": 21, "device_info": 23,
        "activity": 34, "file_creator": 49, "length": 101, "field_description": 206,
        "developer_data_id": 207, "time_in_zone": 216,
    ]

    /// Scale and offset of the columns that the table prints scaled.
    private static let scales: [String: (scale: Double, offset: Double)] = [
        "distance": (100, 0), "total_distance": (100, 0), "pool_length": (100, 0),
        "speed": (1000, 0), "enhanced_speed": (1000, 0), "avg_speed": (1000, 0),
        "max_speed": (1000, 0), "enhanced_avg_speed": (1000, 0), "enhanced_max_speed": (1000, 0),
        "altitude": (5, 500), "enhanced_altitude": (5, 500), "enhanced_min_altitude": (5, 500),
        "enhanced_max_altitude": (5, 500), "total_elapsed_time": (1000, 0),
        "total_timer_time": (1000, 0), "time_in_hr_zone": (1000, 0),
        "time_in_power_zone": (1000, 0), "avg_vertical_oscillation": (10, 0),
        "avg_stance_time": (10, 0), "avg_vertical_ratio": (100, 0), "avg_step_length": (10, 0),
        "total_training_effect": (10, 0), "total_anaerobic_training_effect": (10, 0),
        "battery_voltage": (256, 0), "fractional_cadence": (128, 0),
        "avg_fractional_cadence": (128, 0), "max_fractional_cadence": (128, 0),
        "weight": (10, 0), "height": (100, 0), "user_running_step_length": (1000, 0),
        "user_walking_step_length": (1000, 0), "cycle_length16": (100, 0),
        "avg_stroke_distance": (100, 0), "vertical_oscillation": (10, 0), "stance_time": (10, 0),
        "stance_time_percent": (100, 0), "stance_time_balance": (100, 0),
        "vertical_ratio": (100, 0), "step_length": (10, 0), "software_version": (100, 0),
        "avg_vert_speed": (1000, 0), "start_elevation": (5, 500), "time_zone_offset": (4, 0),
        "training_load_peak": (65536, 0),
    ]

    /// Field by field with a table in the layout of FitCSVTool.
    ///
    /// Its rows list the fields of a message in the definition's order, then fields worked out
    /// from others, then developer fields; those worked out are not in the recording.
    package static func fitCSV(_ messages: [FITMessage], _ table: ReferenceTable) -> ReferenceMatch
    {
        var match = ReferenceMatch("muktihari's FitCSVTool table", unit: "field values")
        var unscaled: [String: Int] = [:]
        var shortened = 0
        let rows = table.rows.filter { $0.first == "Data" && $0.count > 2 }
        match.require(messages.count == rows.count, "number of messages")
        for (message, row) in zip(messages, rows) {
            match.expect(UInt8(row[1]) == message.localType, "local type")
            if let number = messageNumbers[row[2]] {
                match.expect(message.globalNumber == number, "message number")
            }
            let cells = stride(from: 3, to: row.count - 1, by: 3)
                .map { (name: row[$0], text: row[$0 + 1]) }.filter { !$0.name.isEmpty }
            guard cells.count >= message.fields.count else {
                match.expect(false, "number of fields in \(row[2])")
                continue
            }
            let developer = message.fields.count { $0.developer != nil }
            let paired = cells.prefix(message.fields.count - developer) + cells.suffix(developer)
            for (field, cell) in zip(message.fields, paired) {
                switch isSame(field.value, cell.text, scales[cell.name]) {
                case nil: unscaled[cell.name, default: 0] += 1
                case let isSame?: match.expect(isSame, "\(row[2]).\(cell.name)")
                }
                if field.value.count > cell.text.split(separator: "|").count { shortened += 1 }
            }
        }
        for (name, count) in unscaled.sorted(by: { $0.key < $1.key }) {
            match.remark("\(count) of \(name) not compared, scale not known here")
        }
        if shortened > 0 { match.remark("of \(shortened) arrays it prints only the first element") }
        return match
    }

    /// `nil` if the text is scaled in a way that is not known here.
    private static func isSame(
        _ value: FITValue, _ text: String, _ scaling: (scale: Double, offset: Double)?
    ) -> Bool? {
        let parts = text.isEmpty ? [] : text.split(separator: "|").map(String.init)
        switch value {
        case .text(let found):
            return found == text || found == parts.first
        case .bytes(let bytes):
            return parts.count == bytes.count && zip(bytes, parts).allSatisfy { UInt8($1) == $0 }
        case .reals(let patterns):
            let found = patterns.map(Double.init(bitPattern:))
            return parts.count == found.count
                && zip(found, parts).allSatisfy { real, part in
                    Double(part).map { $0 == real || $0.isNaN && real.isNaN } ?? false
                }
        case .integers(let found):
            guard !parts.isEmpty, parts.count <= found.count else { return false }
            if !text.contains(".") && !text.contains("e") {
                return zip(found, parts).allSatisfy { Int64($1) == $0 }
            }
            guard let scaling else { return nil }
            return zip(found, parts).allSatisfy { raw, part in
                let scaled = Double(raw) / scaling.scale - scaling.offset
                return Double(part).map { abs($0 - scaled) <= 1e-9 * max(1, abs(scaled)) } ?? false
            }
        }
    }
}

extension FITValue {
    /// Elements of an array of integers; 1 for everything else.
    fileprivate var count: Int {
        if case .integers(let elements) = self { elements.count } else { 1 }
    }
}
