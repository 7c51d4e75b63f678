// SPDX-License-Identifier: Apache-2.0

/// Every problem the reader counts, with the words of its issue.
enum AppleHealthNote: Int, CaseIterable {
    case personalData, activitySummary, clinicalRecord, audiogram, visionPrescription
    case correlatedRecord, unknownElement, timeZoneName, beatGap
    case missingRoot, misplaced, unclosed, strayEnd, text, declaration, unterminated
    case tooManyAttributes, fieldTooLong, recordTooLong, overlongText
    case noType, noTime, backwards, badUnit, badValue, unknownSleep, implausible, badBeat
    case badWorkoutValue, badExportDate, truncated

    var code: ReadIssueCode {
        switch self {
        case .personalData, .activitySummary, .clinicalRecord, .audiogram, .visionPrescription,
            .beatGap:
            .ignored
        case .correlatedRecord: .duplicate
        case .unknownElement: .unknownElement
        case .timeZoneName: .unsupported
        case .misplaced: .misplaced
        case .missingRoot, .unclosed, .strayEnd, .text, .declaration, .unterminated: .damaged
        case .tooManyAttributes, .fieldTooLong, .recordTooLong, .overlongText: .limitExceeded
        case .noType, .badUnit, .badValue, .unknownSleep, .badBeat, .badWorkoutValue: .invalidValue
        case .noTime, .badExportDate: .unanchoredTime
        case .backwards: .timeBackwards
        case .implausible: .implausibleValue
        case .truncated: .truncated
        }
    }

    var found: String { words.found }
    var expected: String { words.expected }

    private var words: (found: String, expected: String) {
        switch self {
        case .personalData: ("the element Me", "nothing: personal data are dropped")
        case .activitySummary: ("an element ActivitySummary", Self.recordsOnly)
        case .clinicalRecord: ("an element ClinicalRecord", Self.recordsOnly)
        case .audiogram: ("an element Audiogram", Self.recordsOnly)
        case .visionPrescription: ("an element VisionPrescription", Self.recordsOnly)
        case .correlatedRecord: ("a record inside a correlation", "its repetition beside it")
        case .unknownElement: ("an element of another name", "an element of Apple's document type")
        case .timeZoneName: ("the name of a time zone", "an offset in numbers")
        case .beatGap: ("beats apart that do not fit the rate", "neighbours: a beat is missing")
        default: damageWords
        }
    }

    private static let recordsOnly = "records and workouts; this is not read"

    private var damageWords: (found: String, expected: String) {
        switch self {
        case .missingRoot: ("no sound tag HealthData", "it before the first record")
        case .misplaced: ("an element behind the end of HealthData", "nothing")
        case .unclosed: ("an element without its end", "it before the next record")
        case .strayEnd: ("the end of an element that is not open", "the end of the innermost")
        case .text: ("text between elements", "white space")
        case .declaration: ("a declaration or a damaged tag", "an element")
        case .unterminated: ("a tag without its end", "it before the next <")
        case .tooManyAttributes: ("too many attributes", "at most the limit attributes")
        case .fieldTooLong: ("a value that is too long", "at most the limit fieldBytes")
        case .recordTooLong: ("a tag that is too long", "at most the limit recordBytes")
        case .overlongText: ("text that is too long", "at most the limit recordBytes")
        default: valueWords
        }
    }

    private var valueWords: (found: String, expected: String) {
        switch self {
        case .noType: ("a record without a type", "the attribute type")
        case .noTime: ("a start or end that is no time", "yyyy-MM-dd HH:mm:ss and an offset")
        case .backwards: ("an end before its start", "the start first")
        case .badUnit: ("a unit the quantity does not have", "one of its units")
        case .badValue: ("a value that is no number", "a decimal number")
        case .unknownSleep: ("an unknown category of sleep", "a category of HealthKit")
        case .implausible: ("a value outside the quantity's range", "a plausible value")
        case .badBeat: ("a beat without a readable time or rate", "a time of day and a number")
        case .badWorkoutValue:
            ("an energy or distance that cannot be read", "a number and a known unit")
        case .badExportDate:
            ("an export date that is no time", "yyyy-MM-dd HH:mm:ss and an offset")
        default: ("the end of the recording", "the end of HealthData")
        }
    }
}

/// Counts problems without making strings; a row that is counted costs an addition.
struct AppleHealthNotes {
    private struct Count {
        var times = 0
        var samplesLost = 0
        var first = ReadPosition(byte: 0)
    }

    private var counts = [Count](repeating: Count(), count: AppleHealthNote.allCases.count)
    private var types: [(name: String, count: Count)] = []
    private var typeIndices: [String: Int] = [:]
    private let limits: ReadLimits

    init(limits: ReadLimits) { self.limits = limits }

    @inline(__always)
    mutating func note(_ note: AppleHealthNote, at position: ReadPosition, samplesLost: Int = 0) {
        if counts[note.rawValue].times == 0 { counts[note.rawValue].first = position }
        counts[note.rawValue].times += 1
        counts[note.rawValue].samplesLost += samplesLost
    }

    /// Where records of a type that Hearth does not model are counted.
    mutating func index(ofType identifier: String) -> Int {
        var name = AppleHealthType.shown(identifier)
        if typeIndices[name] == nil, types.count >= limits.issueKinds { name = "another type" }
        if let index = typeIndices[name] { return index }
        typeIndices[name] = types.count
        types.append((name, Count()))
        return types.count - 1
    }

    @inline(__always)
    mutating func noteType(_ index: Int, at position: ReadPosition) {
        if types[index].count.times == 0 { types[index].count.first = position }
        types[index].count.times += 1
    }

    /// Reports everything counted.
    mutating func flush(into sink: inout some SampleSink & ~Copyable) {
        var tally = IssueTally(limits: limits)
        for note in AppleHealthNote.allCases {
            let count = counts[note.rawValue]
            guard count.times > 0 else { continue }
            tally.count(
                note.code, at: count.first, found: note.found, expected: note.expected,
                samplesLost: count.samplesLost, times: count.times)
        }
        for (name, count) in types where count.times > 0 {
            tally.count(
                .unknownElement, at: count.first, found: "records of \(name)",
                expected: "types that Hearth models", times: count.times)
        }
        tally.flush(into: &sink)
    }
}
