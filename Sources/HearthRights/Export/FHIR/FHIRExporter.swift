// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthVault

/// Samples as FHIR R4: one bundle for each quantity and month, `observed/fhir/heart-rate-2026-01.json`.
///
/// Memory is bounded by one block of samples. What is on a grid of time of a second or less becomes
/// sampled data; everything else is an observation a sample.
struct FHIRExporter {
    static let folder = "observed/fhir"
    /// Samples of one observation with sampled data.
    static let longestRun = 4096
    static let shortestRun = 16

    private let reader: MonthlyReader
    private let zone: ZoneTimeline
    private let patient: String

    init(_ reader: MonthlyReader, zone: ZoneTimeline) {
        self.reader = reader
        self.zone = zone
        patient = Self.patientID(reader.query.person)
    }

    /// A random identifier: the vault's own number of a person is random, and this is its hash.
    static func patientID(_ person: PersonID) -> String {
        ExportText.uuid("hearth/fhir/patient " + person.text)
    }

    static func deviceID(_ person: PersonID, _ device: DeviceID) -> String {
        ExportText.uuid("hearth/fhir/device \(person.text) \(device.text)")
    }

    func export(to files: ExportFiles) throws {
        let person = reader.query.person
        for quantity in reader.quantities where quantity != .zoneOffset {
            var devices: [DeviceID: StoredDevice] = [:]
            for summary in reader.streams(of: quantity) {
                devices[summary.device.id] = summary.device
            }
            let prologue =
                [FHIRObservation.patient(patient)]
                + devices.values.sorted { $0.id < $1.id }.map {
                    FHIRObservation.device(Self.deviceID(person, $0.id), $0.vendor, $0.model)
                }
            var writer = FHIRBundleWriter(files, folder: Self.folder, prologue: prologue)
            let observation = FHIRObservation(patient: patient, zone: zone)
            try reader.forEachMonth(of: quantity) { month, part in
                writer.start("\(quantity.name)-\(month)", quantity: quantity)
                try reader.vault.read(part) { stream, block in
                    let frame = observation.frame(
                        stream, device: Self.deviceID(person, stream.device))
                    try add(block, stream, frame, observation, &writer)
                }
                try writer.close()
            }
        }
    }

    private func add(
        _ block: SampleBlock, _ stream: StreamID, _ frame: FHIRObservation.Frame,
        _ observation: FHIRObservation, _ writer: inout FHIRBundleWriter
    ) throws(RightsError) {
        let base =
            "hearth/fhir/sample \(patient) \(stream.device.text) \(stream.quantity.rawValue)"
            + " \(stream.origin.file.rawValue) \(stream.origin.derivation.rawValue)"
        func id(_ index: Int) -> String {
            let values = block.columns.map { $0[index].description }.joined(separator: " ")
            return ExportText.uuid(
                "\(base) \(block.times[index].nanoseconds) \(block.duration(at: index)) \(values)")
        }
        guard Self.mayBeSampledData(block) else {
            for index in 0..<block.count {
                try writer.add(observation.sample(block, index, frame, id: id(index)), rows: 1)
            }
            return
        }
        for run in RegularRun.all(block.times, tolerance: 0.05, longest: Self.longestRun) {
            let isRun = run.range.count >= Self.shortestRun && run.low <= 1e9
            if isRun {
                let entry = observation.run(
                    block, run, frame, id: id(run.range.lowerBound))
                try writer.add(entry, rows: run.range.count)
            } else {
                for index in run.range {
                    try writer.add(observation.sample(block, index, frame, id: id(index)), rows: 1)
                }
            }
        }
    }

    /// The vital-signs profiles want a quantity; what lasts or is coded is no sampled data.
    static func mayBeSampledData(_ block: SampleBlock) -> Bool {
        switch block.quantity {
        case .rrInterval, .sleepStage, .event, .workout, .wear, .steps: false
        default:
            block.durations.isEmpty && FHIRVocabulary.entry(block.quantity).profile == nil
        }
    }
}
