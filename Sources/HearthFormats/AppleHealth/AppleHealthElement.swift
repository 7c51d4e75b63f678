// SPDX-License-Identifier: Apache-2.0

/// The elements of an export that mean something to the reader.
enum AppleHealthElement: UInt8 {
    case healthData
    // Children of the root.
    case record, workout, correlation, exportDate, me, activitySummary, clinicalRecord, audiogram
    case visionPrescription
    // Children of those.
    case metadataEntry, variabilityList, beat, workoutStatistics
    /// Known and without use here: events, routes, activities of a workout and the like.
    case detail
    case unknown

    static let rootChildren: [StaticString] = [
        "Record", "Workout", "Correlation", "ExportDate", "Me", "ActivitySummary",
        "ClinicalRecord", "Audiogram", "VisionPrescription",
    ]

    /// The element named by the bytes of `name`.
    @inline(__always)
    static func named(_ bytes: Span<UInt8>, _ name: Range<Int>) -> AppleHealthElement {
        // The three that make up nearly all of an export come first.
        if XMLByteSearch.equal(bytes, name, "Record") { return .record }
        if XMLByteSearch.equal(bytes, name, "InstantaneousBeatsPerMinute") { return .beat }
        if XMLByteSearch.equal(bytes, name, "MetadataEntry") { return .metadataEntry }
        return rare(bytes, name)
    }

    private static func rare(_ bytes: Span<UInt8>, _ name: Range<Int>) -> AppleHealthElement {
        for (text, element) in names where XMLByteSearch.equal(bytes, name, text) {
            return element
        }
        return .unknown
    }

    private static let names: [(StaticString, AppleHealthElement)] = [
        ("HeartRateVariabilityMetadataList", .variabilityList), ("Workout", .workout),
        ("WorkoutStatistics", .workoutStatistics), ("WorkoutEvent", .detail),
        ("WorkoutActivity", .detail), ("WorkoutRoute", .detail), ("FileReference", .detail),
        ("Location", .detail), ("SensitivityPoint", .detail), ("RightEye", .detail),
        ("LeftEye", .detail), ("Attachment", .detail), ("Correlation", .correlation),
        ("ActivitySummary", .activitySummary), ("HealthData", .healthData),
        ("ExportDate", .exportDate), ("Me", .me), ("ClinicalRecord", .clinicalRecord),
        ("Audiogram", .audiogram), ("VisionPrescription", .visionPrescription),
    ]

    /// True for elements that stand directly below the root (a record also in a correlation).
    var isRootChild: Bool { (Self.record.rawValue...Self.visionPrescription.rawValue) ~= rawValue }

    /// The name in issues.
    var name: String {
        switch self {
        case .healthData: "HealthData"
        case .record: "Record"
        case .workout: "Workout"
        case .correlation: "Correlation"
        case .exportDate: "ExportDate"
        case .me: "Me"
        case .activitySummary: "ActivitySummary"
        case .clinicalRecord: "ClinicalRecord"
        case .audiogram: "Audiogram"
        case .visionPrescription: "VisionPrescription"
        case .metadataEntry: "MetadataEntry"
        case .variabilityList: "HeartRateVariabilityMetadataList"
        case .beat: "InstantaneousBeatsPerMinute"
        case .workoutStatistics: "WorkoutStatistics"
        case .detail: "detail"
        case .unknown: "unknown"
        }
    }
}
