// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport

/// Builds export.xml documents for tests, line by line as the Health app writes them.
struct AppleHealthExport {
    static let quantity = "HKQuantityTypeIdentifier"
    static let sleep = "HKCategoryTypeIdentifierSleepAnalysis"
    static let watch =
        "&lt;&lt;HKDevice: 0x282a45810&gt;, name:Apple Watch, manufacturer:Apple Inc., "
        + "model:Watch, hardware:Watch6,2, software:10.6.1&gt;"
    static let start = "2024-03-01 10:00:00 +0100"

    /// The document type as sound exports have it, shortened.
    static let soundDocumentType = """
        <!DOCTYPE HealthData [
        <!-- HealthKit Export Version: 14 -->
        <!ELEMENT HealthData (ExportDate,Me,(Record|Correlation|Workout|ActivitySummary)*)>
        <!ATTLIST HealthData
          locale CDATA #REQUIRED
        >
        <!ELEMENT Record ((MetadataEntry|HeartRateVariabilityMetadataList)*)>
        <!ATTLIST Record
          type          CDATA #REQUIRED
          unit          CDATA #IMPLIED
        >
        <!-- Note: Any Records that appear as children of a correlation also appear as top-level \
        records in this document. -->
        ]>

        """

    var documentType = Self.soundDocumentType
    var root = "<HealthData locale=\"en_CH\">\n"
    var lines: [String] = []
    var end = "</HealthData>\n"

    mutating func add(_ line: String) { lines.append(line + "\n") }

    mutating func record(
        _ type: String, _ value: String, unit: String? = "count/min",
        from start: String = Self.start, to end: String? = nil, source: String = "Sam’s Watch",
        device: String? = Self.watch, children: [String] = []
    ) {
        var text = " <Record type=\"\(type.hasPrefix("HK") ? type : Self.quantity + type)\""
        text += " sourceName=\"\(source)\" sourceVersion=\"10.6\""
        if let device { text += " device=\"\(device)\"" }
        if let unit { text += " unit=\"\(unit)\"" }
        text += " creationDate=\"\(start)\" startDate=\"\(start)\" endDate=\"\(end ?? start)\""
        text += " value=\"\(value)\""
        if children.isEmpty { return add(text + "/>") }
        add(text + ">")
        for child in children { add("  " + child) }
        add(" </Record>")
    }

    mutating func beats(
        _ beats: [(bpm: String, time: String)], at start: String = Self.start,
        device: String? = Self.watch
    ) {
        let list = beats.map { beat in
            " <InstantaneousBeatsPerMinute bpm=\"\(beat.bpm)\" time=\"\(beat.time)\"/>"
        }
        record(
            "HeartRateVariabilitySDNN", "42.5", unit: "ms", from: start, device: device,
            children: ["<HeartRateVariabilityMetadataList>"] + list
                + ["</HeartRateVariabilityMetadataList>"])
    }

    var text: String {
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + documentType + root + lines.joined() + end
    }

    var bytes: [UInt8] { Array(text.utf8) }

    func read(limits: ReadLimits = .standard) -> CollectingSink { Self.read(bytes, limits: limits) }

    static func read(_ bytes: [UInt8], limits: ReadLimits = .standard) -> CollectingSink {
        readAll(bytes) { AppleHealthReader(limits: limits) }
    }

    /// One record of every kind the reader makes samples of, and everything it does not.
    static func everything() -> AppleHealthExport {
        var export = AppleHealthExport()
        export.add(" <ExportDate value=\"2024-06-16 12:00:00 +0200\"/>")
        export.add(" <Me HKCharacteristicTypeIdentifierDateOfBirth=\"1990-01-01\"/>")
        let later = "2024-03-01 10:05:00 +0100"
        let context = "<MetadataEntry key=\"HKMetadataKeyHeartRateMotionContext\" value=\"1\"/>"
        export.record("HeartRate", "64", children: [context])
        export.record("RestingHeartRate", "51")
        export.record("HeartRateVariabilityRMSSD", "0.0385", unit: "s")
        export.record("StepCount", "329", unit: "count", to: later)
        export.record("DistanceWalkingRunning", "0.25", unit: "km", to: later)
        export.record("DistanceCycling", "1.5", unit: "mi", to: later)
        export.record("ActiveEnergyBurned", "12.5", unit: "kJ", to: later)
        export.record("FlightsClimbed", "3", unit: "count", to: later)
        export.record("OxygenSaturation", "0.97", unit: "%")
        export.record("RespiratoryRate", "14.5")
        export.record("BodyTemperature", "98.6", unit: "degF")
        export.record("AppleSleepingWristTemperature", "35.25", unit: "degC", to: later)
        export.record("BodyMass", "154", unit: "lb", device: nil)
        export.record("VO2Max", "42.1", unit: "mL/min·kg")
        export.record("AppleStandTime", "2", unit: "min")
        let stages = ["InBed", "Asleep", "AsleepUnspecified", "AsleepCore", "AsleepDeep"]
        let zone = "<MetadataEntry key=\"HKTimeZone\" value=\"Europe/Zurich\"/>"
        for stage in stages + ["AsleepREM", "Awake"] {
            export.record(
                sleep, "HKCategoryValueSleepAnalysis" + stage, unit: nil, to: later,
                children: [zone])
        }
        export.beats([("60", "10:00:01.00"), ("61", "10:00:01.98"), ("60", "10:00:02.98")])
        export.correlationAndWorkout(later)
        return export
    }

    private mutating func correlationAndWorkout(_ later: String) {
        add(" <Correlation type=\"HKCorrelationTypeIdentifierFood\" sourceName=\"x\">")
        record("HeartRate", "70")
        add(" </Correlation>")
        add(
            " <Workout workoutActivityType=\"HKWorkoutActivityTypeRunning\" duration=\"5\" "
                + "sourceName=\"Sam’s Watch\" device=\"\(Self.watch)\" "
                + "startDate=\"\(Self.start)\" endDate=\"\(later)\">")
        add("  <WorkoutEvent type=\"HKWorkoutEventTypePause\" date=\"\(Self.start)\"/>")
        let type = "type=\"\(Self.quantity)"
        add("  <WorkoutActivity uuid=\"1\">")
        add("   <WorkoutStatistics \(type)ActiveEnergyBurned\" sum=\"50\" unit=\"kcal\"/>")
        add("  </WorkoutActivity>")
        add("  <WorkoutStatistics \(type)ActiveEnergyBurned\" sum=\"50\" unit=\"kcal\"/>")
        add("  <WorkoutStatistics \(type)DistanceWalkingRunning\" sum=\"1.25\" unit=\"km\"/>")
        add("  <WorkoutRoute sourceName=\"x\"><FileReference path=\"/a.gpx\"/></WorkoutRoute>")
        add(" </Workout>")
        add(" <ActivitySummary dateComponents=\"2024-03-01\" activeEnergyBurned=\"1\"/>")
    }
}
