// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// An export of the Health app: a watch and a phone whose steps overlap.
///
/// As in real exports every time is written with the offset of the moment of export, whatever the
/// wall clock showed then; beat times are the wall clock of their moment, without an offset.
struct AppleExport {
    /// A source as the attributes of a record name it; the owner's name is invented.
    struct Source {
        let name: String
        let version: String
        let device: String

        static let watch = Source(
            name: "Sim\u{2019}s Apple\u{A0}Watch", version: "11.3",
            device: "&lt;&lt;HKDevice: 0x300000007&gt;, name:Apple Watch, "
                + "manufacturer:Apple Inc., model:Watch, hardware:Watch6,2&gt;")
        static let phone = Source(
            name: "Sim\u{2019}s iPhone", version: "18.3",
            device: "&lt;&lt;HKDevice: 0x300000008&gt;, name:iPhone, manufacturer:Apple Inc., "
                + "model:iPhone, hardware:iPhone14,5&gt;")
    }

    let wearer: SimulatedWearer
    let days: Range<Int>
    /// The moment of export: nothing that ends later is in it.
    let exported: Int64
    private let offset: Int32
    private(set) var text = TextBuffer()

    /// The export made in the evening of the last of `days`.
    init(_ wearer: SimulatedWearer, days: Range<Int>) {
        self.wearer = wearer
        self.days = days
        exported =
            wearer.zone.instant(
                of: wearer.settings.date(days.upperBound - 1),
                secondsOfDay: wearer.settings.endHour * 3600
            ).seconds
        offset = wearer.offset(at: exported)
    }

    /// `export.xml`.
    func bytes() -> [UInt8] {
        var export = self
        export.writeDocument()
        return export.text.bytes
    }

    private mutating func writeDocument() {
        text.line("<?xml version=\"1.0\" encoding=\"UTF-8\"?>")
        text.line(appleDocumentType)
        text.line("<HealthData locale=\"en_DE\">")
        text.line(" <ExportDate value=\"\(stamp(exported))\"/>")
        let prefix = "HKCharacteristicTypeIdentifier"
        text.line(
            " <Me \(prefix)DateOfBirth=\"1985-06-15\" \(prefix)BiologicalSex="
                + "\"HKBiologicalSexNotSet\" \(prefix)BloodType=\"HKBloodTypeNotSet\" "
                + "\(prefix)FitzpatrickSkinType=\"HKFitzpatrickSkinTypeNotSet\" "
                + "\(prefix)CardioFitnessMedicationsUse=\"None\"/>")
        for day in days { writeHeartRate(day) }
        for day in days { writeRestingHeartRate(day) }
        for day in days { writeSteps(day) }
        for day in days { writeBreathing(day) }
        for day in days { writeTemperature(day) }
        for day in days { writeSleep(day) }
        for day in days { writeVariability(day) }
        writeBloodPressure()
        for run in wearer.runs where days.contains(run.day) && run.end <= exported {
            writeWorkout(run)
        }
        for day in days { writeSummary(day) }
        text.line("</HealthData>")
    }

    /// Chance that depends on the day and the purpose only, so that two exports of one day agree.
    func random(_ purpose: String, _ day: Int) -> SimulationRandom {
        SimulationRandom(seed: wearer.settings.seed, for: "apple-" + purpose, day: day)
    }

    /// The minutes of a day with the watch on the wrist: it charges from 20:05 to 20:35.
    func isWorn(_ index: Int) -> Bool {
        guard wearer.minutes.isWorn[index] else { return false }
        let second = wearer.minutes.second(index)
        let clock = ClockReading(second, offset: wearer.offset(at: second))
        return !(clock.hour == 20 && (5..<35).contains(clock.minute))
    }

    /// `yyyy-MM-dd HH:mm:ss +0200`, with the offset of the export.
    func stamp(_ second: Int64) -> String {
        let clock = ClockReading(second, offset: offset)
        return "\(clock.date) \(clock.time) +\(padded(Int64(offset) / 3600, 2))00"
    }

    /// A record, left out if it ends after the export. `children` are lines with two spaces.
    mutating func record(
        _ type: String, _ source: Source, unit: String?, value: String, from start: Int64,
        to end: Int64, created: Int64? = nil, indent: String = " ", children: [String] = []
    ) {
        guard end <= exported else { return }
        text.write(
            indent + "<Record type=\"\(type)\" sourceName=\"\(source.name)\" "
                + "sourceVersion=\"\(source.version)\" device=\"\(source.device)\"")
        if let unit { text.write(" unit=\"\(unit)\"") }
        text.write(
            " creationDate=\"\(stamp(created ?? end + 4))\" startDate=\"\(stamp(start))\" "
                + "endDate=\"\(stamp(end))\" value=\"\(value)\"")
        guard !children.isEmpty else { return text.line("/>") }
        text.line(">")
        for child in children { text.line(child) }
        text.line(indent + "</Record>")
    }

    mutating func line(_ content: String) { text.line(content) }

    static func metadata(_ key: String, _ value: String) -> String {
        "  <MetadataEntry key=\"\(key)\" value=\"\(value)\"/>"
    }
}
