// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Writes single resources of a bundle as JSON, each on one line.
struct FHIRObservation {
    let patient: String
    let zone: ZoneTimeline

    static func meta(_ profile: String?, _ isDerived: Bool) -> String {
        let profile = profile.map { "\"profile\":[\"\($0)\"]," } ?? ""
        let words = ["wellness", "patient-supplied"] + (isDerived ? ["derived"] : [])
        let tags = words.map {
            "{\"system\":\"\(FHIRVocabulary.tags)\",\"code\":\"\($0)\",\"display\":\"\($0)\"}"
        }
        return "\"meta\":{\(profile)\"tag\":[\(tags.joined(separator: ","))]}"
    }

    static func patient(_ id: String) -> String {
        entry(id, "{\"resourceType\":\"Patient\",\"id\":\"\(id)\",\(meta(nil, false))}")
    }

    /// A device by its pseudonym: maker and model, never a serial number.
    static func device(_ id: String, _ vendor: String, _ model: String) -> String {
        let maker = vendor.isEmpty ? "" : ",\"manufacturer\":\(ExportText.quoted(vendor))"
        let name =
            model.isEmpty
            ? ""
            : ",\"deviceName\":[{\"name\":\(ExportText.quoted(model)),\"type\":\"model-name\"}]"
        return entry(
            id, "{\"resourceType\":\"Device\",\"id\":\"\(id)\",\(meta(nil, false))\(maker)\(name)}")
    }

    static func entry(_ id: String, _ resource: String) -> String {
        "{\"fullUrl\":\"urn:uuid:\(id)\",\"resource\":\(resource)}"
    }

    /// What is the same for every observation of a stream.
    struct Frame {
        var head: String
        var tail: String
    }

    func frame(_ stream: StreamID, device: String) -> Frame {
        let entry = FHIRVocabulary.entry(stream.quantity)
        let how =
            switch stream.origin.derivation {
            case .measured: "measured by the device"
            case .derived: "computed by the device or its application"
            case .amended: "set right afterwards: a value given in place of the recorded one"
            }
        let status = stream.origin.derivation == .amended ? "amended" : "final"
        return Frame(
            head: "\(Self.meta(entry.profile, false)),\"status\":\"\(status)\""
                + Self.category(entry.category) + ",\"code\":"
                + Self.concept(entry.codings, entry.text)
                + ",\"subject\":{\"reference\":\"urn:uuid:\(patient)\"}",
            tail: ",\"method\":{\"text\":\"\(how)\"}"
                + ",\"device\":{\"reference\":\"urn:uuid:\(device)\"}}")
    }

    static func category(_ code: String?) -> String {
        guard let code else { return "" }
        let name = FHIRVocabulary.categoryNames[code] ?? code
        return ",\"category\":[{\"coding\":[{\"system\":\"\(FHIRVocabulary.category)\","
            + "\"code\":\"\(code)\",\"display\":\"\(name)\"}]}]"
    }

    static func concept(
        _ codings: [(system: String, code: String, display: String)], _ text: String
    ) -> String {
        let list = codings.map {
            "{\"system\":\"\($0.system)\",\"code\":\(ExportText.quoted($0.code)),"
                + "\"display\":\(ExportText.quoted($0.display))}"
        }.joined(separator: ",")
        return "{\"coding\":[\(list)],\"text\":\(ExportText.quoted(text))}"
    }

    func effective(_ start: Timestamp, _ duration: Int64) -> String {
        guard duration > 0 else {
            return "\"effectiveDateTime\":\"\(ExportText.time(start, zone))\""
        }
        let end = start.advanced(byNanoseconds: duration)
        return "\"effectivePeriod\":{\"start\":\"\(ExportText.time(start, zone))\","
            + "\"end\":\"\(ExportText.time(end, zone))\"}"
    }

    /// `unit` is for people, `ucum` for programs.
    static func quantity(_ number: String, _ unit: String, _ ucum: String) -> String {
        let shown = unit == "Cel" ? "°C" : unit
        return "{\"value\":\(number),\"unit\":\(ExportText.quoted(shown)),"
            + "\"system\":\"\(FHIRVocabulary.ucum)\",\"code\":\(ExportText.quoted(ucum))}"
    }

    static func absent(_ code: String, _ text: String) -> String {
        "\"dataAbsentReason\":{\"coding\":[{\"system\":\"\(FHIRVocabulary.absentReason)\","
            + "\"code\":\"\(code)\"}],\"text\":\(ExportText.quoted(text))}"
    }

    /// One sample as an observation of its own.
    func sample(_ block: SampleBlock, _ index: Int, _ frame: Frame, id: String) -> String {
        let isUntrusted = block.quality(at: index) & SampleQuality.untrusted != 0
        let value =
            isUntrusted
            ? Self.absent("error", "the device had no confidence in the value")
            : value(block, index)
        return Self.entry(
            id,
            "{\"resourceType\":\"Observation\",\"id\":\"\(id)\",\(frame.head),"
                + effective(block.times[index], block.duration(at: index))
                + ",\(value)\(frame.tail)")
    }

    private func value(_ block: SampleBlock, _ index: Int) -> String {
        let facts = block.quantity.facts
        let number = block.columns[0][index]
        switch block.quantity {
        case .sleepStage:
            guard let stage = SleepStage(rawValue: UInt8(exactly: number) ?? .max) else {
                return Self.absent("error", "a stage that is not known")
            }
            return "\"valueCodeableConcept\":"
                + Self.concept(
                    [(FHIRVocabulary.own, "stage.\(stage.name)", stage.name)], stage.name)
        case .event:
            return "\"valueInteger\":\(Int(number))"
        case _ where block.columns.count > 1:
            let parts = block.columns.indices.map { column in
                let name = facts.columns[column]
                return "{\"code\":\(part(block.quantity, name)),\"valueQuantity\":"
                    + Self.quantity(
                        ExportText.number(block.columns[column][index]),
                        DataDictionary.unit(block.quantity, column),
                        DataDictionary.ucum(block.quantity, column)) + "}"
            }
            return "\"component\":[\(parts.joined(separator: ","))]"
        default:
            return "\"valueQuantity\":"
                + Self.quantity(
                    ExportText.number(number), facts.unit, DataDictionary.ucum(block.quantity))
        }
    }

    private func part(_ quantity: Quantity, _ column: String) -> String {
        Self.concept(
            [
                (
                    FHIRVocabulary.own, "\(quantity.name).\(column)",
                    "\(quantity.facts.label), \(column)"
                )
            ],
            column)
    }

    /// A stretch on a grid of time as sampled data.
    func run(_ block: SampleBlock, _ run: RegularRun, _ frame: Frame, id: String) -> String {
        let first = block.times[run.range.lowerBound]
        let last = block.times[run.range.upperBound - 1]
        let period = run.period
        let milliseconds = ExportText.decimal(
            nano: Int64(
                (Double(period.numerator) / Double(period.denominator) * 1000).rounded()))
        let data = block.columns.indices.map { column in
            Self.sampled(block, run.range, column, milliseconds)
        }
        let value: String
        if data.count == 1 {
            value = "\"valueSampledData\":\(data[0])"
        } else {
            let parts = data.indices.map { column in
                "{\"code\":\(part(block.quantity, block.quantity.facts.columns[column])),"
                    + "\"valueSampledData\":\(data[column])}"
            }
            value = "\"component\":[\(parts.joined(separator: ","))]"
        }
        return Self.entry(
            id,
            "{\"resourceType\":\"Observation\",\"id\":\"\(id)\",\(frame.head),"
                + effective(first, last.nanoseconds(since: first)) + ",\(value)\(frame.tail)")
    }

    /// Integers as they are stored, with their factor; else decimals. Where the device had no
    /// confidence stands `E`.
    private static func sampled(
        _ block: SampleBlock, _ range: Range<Int>, _ column: Int, _ period: String
    ) -> String {
        var factor = Scale()
        let stored: (Int) -> String
        switch block.columns[column] {
        case .int16(let values, let scale):
            factor = scale
            stored = { String(values[$0]) }
        case .int32(let values, let scale):
            factor = scale
            stored = { String(values[$0]) }
        case .float32(let values):
            stored = { ExportText.plain(values[$0]) }
        }
        let data = range.map { index in
            block.quality(at: index) & SampleQuality.untrusted != 0 ? "E" : stored(index)
        }
        let ucum = DataDictionary.ucum(block.quantity, column)
        let unit = DataDictionary.unit(block.quantity, column)
        let scale = factor.factor == 1 ? "" : "\"factor\":\(ExportText.number(factor.factor)),"
        return "{\"origin\":" + quantity(ExportText.number(factor.offset), unit, ucum)
            + ",\"period\":\(period),\(scale)\"dimensions\":1,\"data\":\""
            + data.joined(separator: " ") + "\"}"
    }
}
