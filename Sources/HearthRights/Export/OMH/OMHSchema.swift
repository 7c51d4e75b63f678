// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The schema of a data point's body: Open mHealth's, or IEEE 1752.1 where it has one.
struct OMHSchema: Equatable {
    enum Space: String { case omh, ieee }
    var space: Space
    var name: String
    var version: String

    var text: String { "\(space.rawValue):\(name):\(version)" }

    static let sleepEpisode = OMHSchema(space: .ieee, name: "sleep-episode", version: "1.0")
    static let stageSummary = OMHSchema(
        space: .ieee, name: "sleep-stage-summary", version: "1.0")

    /// The schema of a quantity; `nil` where there is none, as for heart-rate variability.
    static func of(_ quantity: Quantity) -> OMHSchema? {
        switch quantity {
        case .heartRate, .restingHeartRate: omh("heart-rate", "2.0")
        case .rrInterval: omh("rr-interval", "1.0")
        case .oxygenSaturation: omh("oxygen-saturation", "2.0")
        case .respiratoryRate: omh("respiratory-rate", "2.0")
        case .bodyTemperature: omh("body-temperature", "4.0")
        case .bodyMass: omh("body-weight", "2.0")
        case .steps: omh("step-count", "3.0")
        case .activeEnergy: omh("calories-burned", "2.0")
        case .workout: OMHSchema(space: .ieee, name: "physical-activity", version: "1.0")
        case .light: OMHSchema(space: .ieee, name: "ambient-light", version: "1.0")
        case .sleepStage: stageSummary
        default: nil
        }
    }

    private static func omh(_ name: String, _ version: String) -> OMHSchema {
        OMHSchema(space: .omh, name: name, version: version)
    }

    /// Quantities whose schema wants a stretch of time, not an instant.
    static func needsInterval(_ quantity: Quantity) -> Bool {
        switch quantity {
        case .steps, .activeEnergy, .workout: true
        default: false
        }
    }
}

/// Writes headers and bodies as JSON.
struct OMHDataPoint {
    let zone: ZoneTimeline
    /// When the export was made.
    let made: Timestamp
    let user: String

    /// The whole data point; an amended value was said by somebody, not sensed.
    func point(
        _ schema: OMHSchema, id: String, source: String, at time: Timestamp, body: String,
        isAmended: Bool = false
    ) -> String {
        let modality = "\"modality\":\"\(isAmended ? "self-reported" : "sensed")\""
        let schemaID =
            "\"schema_id\":{\"namespace\":\"\(schema.space.rawValue)\",\"name\":\"\(schema.name)\","
            + "\"version\":\"\(schema.version)\"}"
        let header: String
        switch schema.space {
        case .omh:
            header =
                "{\"id\":\"\(id)\",\"creation_date_time\":\"\(text(made))\",\(schemaID),"
                + "\"acquisition_provenance\":{\"source_name\":\(ExportText.quoted(source)),"
                + "\"source_creation_date_time\":\"\(text(time))\",\(modality)},"
                + "\"user_id\":\"\(user)\"}"
        case .ieee:
            header =
                "{\"uuid\":\"\(id)\",\(schemaID),"
                + "\"source_creation_date_time\":\"\(text(time))\",\(modality)}"
        }
        return "{\"header\":\(header),\"body\":\(body)}"
    }

    func text(_ time: Timestamp) -> String { ExportText.time(time, zone) }

    /// A point in time, or a stretch if it lasts.
    func frame(_ start: Timestamp, _ duration: Int64) -> String {
        guard duration > 0 else {
            return "\"effective_time_frame\":{\"date_time\":\"\(text(start))\"}"
        }
        return frame(start, until: start.advanced(byNanoseconds: duration))
    }

    func frame(
        _ start: Timestamp, until end: Timestamp, name: String = "effective_time_frame"
    ) -> String {
        "\"\(name)\":{\"time_interval\":{\"start_date_time\":\"\(text(start))\","
            + "\"end_date_time\":\"\(text(end))\"}}"
    }

    static func unit(_ name: String, _ value: String, _ unit: String) -> String {
        "\"\(name)\":{\"value\":\(value),\"unit\":\"\(unit)\"}"
    }

    /// The body of one sample; `nil` where the quantity has no schema.
    func body(_ block: SampleBlock, _ index: Int) -> String? {
        let value = ExportText.number(block.columns[0][index])
        let duration = block.duration(at: index)
        let frame = frame(block.times[index], duration)
        switch block.quantity {
        case .heartRate:
            return "{\(Self.unit("heart_rate", value, "beats/min")),\(frame)}"
        case .restingHeartRate:
            return "{\(Self.unit("heart_rate", value, "beats/min")),\(frame),"
                + "\"temporal_relationship_to_physical_activity\":\"at rest\"}"
        case .rrInterval: return "{\(Self.unit("rr_interval", value, "ms")),\(frame)}"
        case .oxygenSaturation:
            return "{\(Self.unit("oxygen_saturation", value, "%")),"
                + "\"system\":\"peripheral capillary\",\"measurement_method\":\"pulse oximetry\","
                + "\(frame)}"
        case .respiratoryRate:
            return "{\(Self.unit("respiratory_rate", value, "breaths/min")),\(frame)}"
        case .bodyTemperature:
            return "{\(Self.unit("body_temperature", value, "C")),\(frame)}"
        case .bodyMass: return "{\(Self.unit("body_weight", value, "kg")),\(frame)}"
        case .steps: return "{\(Self.unit("step_count", value, "steps")),\(frame)}"
        case .activeEnergy: return "{\(Self.unit("kcal_burned", value, "kcal")),\(frame)}"
        case .light:
            return "{\"ambient_light\":[{\(Self.unit("intensity", value, "lx"))}],\(frame)}"
        case .workout: return workout(block, index, frame)
        default: return nil
        }
    }

    /// Names of FIT's sports that the recommended lists have; the others are told by number.
    static func activity(_ sport: Int) -> String {
        switch sport {
        case 1: "running"
        case 2: "cycling"
        case 5: "swimming"
        case 11: "walking"
        default: "FIT sport \(sport)"
        }
    }

    /// The sport by name, or as FIT numbers it; energy and distance where they were told.
    private func workout(_ block: SampleBlock, _ index: Int, _ frame: String) -> String {
        var parts = ["\"activity_name\":\"\(Self.activity(Int(block.columns[0][index])))\""]
        if block.columns[1][index] > 0 {
            parts.append(
                Self.unit("kcal_burned", ExportText.number(block.columns[1][index]), "kcal"))
        }
        if block.columns[2][index] > 0 {
            parts.append(Self.unit("distance", ExportText.number(block.columns[2][index]), "m"))
        }
        return "{\(parts.joined(separator: ",")),\(frame)}"
    }
}
