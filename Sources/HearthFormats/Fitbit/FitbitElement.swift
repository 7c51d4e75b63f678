// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The keys of Fitbit's JSON that matter; all others are skipped with what they hold.
enum FitbitKey: String, Sendable, CaseIterable {
    case dateTime, value, bpm, confidence, date
    case demographicVO2Max, filteredDemographicVO2Max
    case logId, dateOfSleep, levels, data, shortData, level, seconds
    case weight, activityName
    case other

    private static let known: [(bytes: [UInt8], key: FitbitKey)] = allCases.filter { $0 != .other }
        .map { (Array($0.rawValue.utf8), $0) }

    init(_ text: [UInt8]) {
        self = Self.known.first { $0.bytes == text }?.key ?? .other
    }
}

/// One element of the array in a JSON file, as far as it has been read.
struct FitbitElement: Sendable {
    /// A field that may be missing, there, or there in a form that cannot be read.
    enum Field<Value: Sendable>: Sendable {
        case missing, unreadable
        case found(Value)

        var isThere: Bool { if case .missing = self { false } else { true } }
    }

    /// A stretch of a night before its times are known as instants.
    struct Level: Sendable {
        var time: Field<TextTime> = .missing
        var seconds: Field<Int64> = .missing
        var stage: Field<(stage: SleepStage, quality: UInt8)> = .missing
        var position = ReadPosition(byte: 0)
    }

    var time: Field<TextTime> = .missing
    var bpm: Field<Float> = .missing
    var confidence: Field<Float> = .missing
    /// `value` itself, or the `value` inside an object of that name.
    var value: Field<Float> = .missing
    var innerValue: Field<Float> = .missing
    /// The date inside `value`; `nil` stands for JSON's null.
    var innerDate: Field<TextTime?> = .missing
    var oxygenUptake: Field<Float> = .missing
    var filteredOxygenUptake: Field<Float> = .missing
    var hasNight = false
    var isLog = false
    var levels: [Level] = []
    var shortLevels: [Level] = []
    /// The level being read, or a level found alone behind damage.
    var level = Level()
    var position = ReadPosition(byte: 0)

    /// What the element turned out to be.
    var family: FitbitFamily? {
        if bpm.isThere { return .heartRateJSON }
        if oxygenUptake.isThere || filteredOxygenUptake.isThere { return .maximalOxygenUptakeJSON }
        if innerDate.isThere { return .restingHeartRateJSON }
        if hasNight || (level.stage.isThere && level.seconds.isThere) { return .sleepJSON }
        if isLog { return .logJSON }
        if time.isThere, value.isThere { return .minutesJSON }
        return nil
    }
}

/// Puts tokens into their element: the path of keys decides what a value is.
struct FitbitElementParser: Sendable {
    private(set) var element = FitbitElement()
    /// The last key at each depth; keys deeper than those of a sleep stage mean nothing here.
    private var keys = [FitbitKey](repeating: .other, count: 6)
    /// Levels dropped because the log has more than ``FitbitNight/mostStretches``.
    private(set) var droppedLevels = 0

    mutating func begin(at position: ReadPosition) {
        element = FitbitElement()
        element.position = position
        droppedLevels = 0
        for index in keys.indices { keys[index] = .other }
    }

    /// Takes one token; `depth` is the depth behind it, `text` its text.
    mutating func take(
        _ token: JSONToken, depth: Int, text: [UInt8], at position: ReadPosition
    ) {
        switch token {
        case .key: takeKey(depth, text)
        case .string, .number, .null, .yes, .no, .notANumber: takeValue(token, depth, text)
        case .beginObject: if depth == 5 { beginLevel(position) }
        case .endObject: if depth == 4 { endLevel() }
        case .beginArray, .endArray: break
        }
    }

    private mutating func takeKey(_ depth: Int, _ text: [UInt8]) {
        guard keys.indices.contains(depth) else { return }
        let key = FitbitKey(text)
        keys[depth] = key
        guard depth == 2 else { return }
        switch key {
        case .dateOfSleep, .levels: element.hasNight = true
        case .weight, .activityName: element.isLog = true
        default: break
        }
    }

    private mutating func takeValue(_ token: JSONToken, _ depth: Int, _ text: [UInt8]) {
        switch depth {
        case 2: takeMember(keys[2], token, text)
        case 3 where keys[2] == .value: takeInner(keys[3], token, text)
        case 5 where isInLevels: takeLevel(keys[5], token, text)
        default: break
        }
    }

    private var isInLevels: Bool {
        keys[2] == .levels && (keys[3] == .data || keys[3] == .shortData)
    }

    private mutating func takeMember(_ key: FitbitKey, _ token: JSONToken, _ text: [UInt8]) {
        switch key {
        case .dateTime:
            element.time = time(token, text)
            element.level.time = element.time
        case .value: element.value = number(token, text)
        case .bpm: element.bpm = number(token, text)
        case .level, .seconds: takeLevel(key, token, text)
        default: break
        }
    }

    private mutating func takeInner(_ key: FitbitKey, _ token: JSONToken, _ text: [UInt8]) {
        switch key {
        case .bpm: element.bpm = number(token, text)
        case .confidence: element.confidence = number(token, text)
        case .value: element.innerValue = number(token, text)
        case .date:
            if token == .null {
                element.innerDate = .found(nil)
            } else if case .found(let date) = time(token, text) {
                element.innerDate = .found(date)
            } else {
                element.innerDate = .unreadable
            }
        case .demographicVO2Max: element.oxygenUptake = number(token, text)
        case .filteredDemographicVO2Max: element.filteredOxygenUptake = number(token, text)
        default: break
        }
    }

    private mutating func takeLevel(_ key: FitbitKey, _ token: JSONToken, _ text: [UInt8]) {
        switch key {
        case .dateTime: element.level.time = time(token, text)
        case .level:
            element.level.stage = FitbitNight.stage(text).map { .found($0) } ?? .unreadable
        case .seconds:
            let seconds = token == .number ? TextNumber.integer(text.span) : nil
            element.level.seconds = seconds.map { .found($0) } ?? .unreadable
        default: break
        }
    }

    private mutating func beginLevel(_ position: ReadPosition) {
        guard isInLevels else { return }
        element.level = FitbitElement.Level()
        element.level.position = position
    }

    private mutating func endLevel() {
        guard isInLevels else { return }
        defer { element.level = FitbitElement.Level() }
        guard element.levels.count + element.shortLevels.count < FitbitNight.mostStretches else {
            droppedLevels += 1
            return
        }
        if keys[3] == .data {
            element.levels.append(element.level)
        } else {
            element.shortLevels.append(element.level)
        }
    }

    private func time(_ token: JSONToken, _ text: [UInt8]) -> FitbitElement.Field<TextTime> {
        guard token == .string, let time = TextTime(text.span) else { return .unreadable }
        return .found(time)
    }

    /// A number, or a string that holds one, as Fitbit writes minute values.
    private func number(_ token: JSONToken, _ text: [UInt8]) -> FitbitElement.Field<Float> {
        guard token == .number || token == .string, let value = TextNumber.float(text.span) else {
            return .unreadable
        }
        return .found(value)
    }
}
