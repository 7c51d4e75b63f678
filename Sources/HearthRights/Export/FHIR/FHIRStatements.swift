// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthVault

/// What a person said of their days as FHIR R4, in `observed/fhir/said.json`: an observation a tag,
/// whose value is the person's own word, and one a correction of sleep.
struct FHIRStatements {
    static let tag = (code: "tag", text: "a word the person put to a day or an instant")
    static let correction = (code: "sleep-correction", text: "what the person said of a sleep")

    private let patient: String
    private let zone: ZoneTimeline

    init(person: PersonID, zone: ZoneTimeline) {
        patient = FHIRExporter.patientID(person)
        self.zone = zone
    }

    /// What a correction says, for the code system too.
    static func meaning(_ kind: SleepCorrection.Kind) -> (code: String, text: String) {
        let text =
            switch kind {
            case .add: "there was a sleep that was not found"
            case .edit: "the sleeps that overlap were one, from start to end"
            case .remove: "there was no sleep"
            }
        return ("\(correction.code).\(kind.name)", text)
    }

    /// - Returns: how many corrections and tags were written.
    func export(_ said: Corrections, to files: ExportFiles) throws(RightsError) -> Int {
        var writer = FHIRBundleWriter(
            files, folder: FHIRExporter.folder, prologue: [FHIRObservation.patient(patient)])
        writer.start("said")
        for one in said.sleep { try writer.add(entry(one), rows: 1) }
        for one in said.tags { try writer.add(entry(one), rows: 1) }
        try writer.close()
        return said.count
    }

    private func entry(_ one: SleepCorrection) -> String {
        let value = Self.concept(Self.meaning(one.kind))
        let note = one.note.map { ",\"note\":[{\"text\":\(ExportText.quoted($0))}]" } ?? ""
        let when = FHIRObservation(patient: patient, zone: zone)
            .effective(one.start, one.end.nanoseconds(since: one.start))
        return observation(
            "correction \(one.id.rawValue)", Self.correction, category: "activity", when, one.made,
            "\"valueCodeableConcept\":\(value)\(note)")
    }

    private func entry(_ one: DayTag) -> String {
        let when = one.isWholeDay ? one.day.description : ExportText.time(one.time, zone)
        return observation(
            "tag \(one.id.rawValue)", Self.tag, category: nil,
            "\"effectiveDateTime\":\"\(when)\"", one.made,
            "\"valueString\":\(ExportText.quoted(one.label))")
    }

    private func observation(
        _ number: String, _ what: (code: String, text: String), category: String?, _ when: String,
        _ made: Timestamp, _ value: String
    ) -> String {
        let said = ExportText.time(made, zone)
        let id = ExportText.uuid("hearth/fhir/said \(patient) \(number) \(made.nanoseconds)")
        return FHIRObservation.entry(
            id,
            "{\"resourceType\":\"Observation\",\"id\":\"\(id)\","
                + FHIRObservation.meta(nil, false) + ",\"status\":\"final\""
                + FHIRObservation.category(category) + ",\"code\":\(Self.concept(what))"
                + ",\"subject\":{\"reference\":\"urn:uuid:\(patient)\"},\(when)"
                + ",\"issued\":\"\(said)\",\"performer\":[{\"reference\":\"urn:uuid:\(patient)\"}]"
                + ",\(value)}")
    }

    private static func concept(_ what: (code: String, text: String)) -> String {
        FHIRObservation.concept([(FHIRVocabulary.own, what.code, what.text)], what.text)
    }
}
