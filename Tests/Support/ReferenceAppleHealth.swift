// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthFormats

/// The export of Apple's Health app, read slowly and obviously: strings, a stack, Foundation's dates.
///
/// For sound documents only; it mends nothing. Values inside may be wrong, missing or unknown.
public struct ReferenceAppleHealth {
    public private(set) var streams: [FlatStream: [FlatSample]] = [:]
    /// Samples that could not be read.
    public private(set) var lost = 0
    /// Records of each type that is not modelled.
    public private(set) var unknown: [String: Int] = [:]

    private var stack: [String] = []
    private var beatAnchor: Date?
    private var beatRecord: (start: Date, offset: Int, source: [String: String])?
    private var isFirstBeat = true
    private var zoneBeats = 0
    private var zoneCandidate: Int?
    private var lastZone: Int?
    private var workout: (attributes: [String: String], energy: Double?, distance: Double?)?
    private let dates: DateFormatter

    public init(_ text: String) {
        dates = DateFormatter()
        dates.locale = Locale(identifier: "en_US_POSIX")
        dates.dateFormat = "yyyy-MM-dd HH:mm:ss Z"
        dates.isLenient = false
        guard let root = text.range(of: "<HealthData ") ?? text.range(of: "<HealthData>") else {
            return
        }
        let body = Self.withoutComments(String(text[root.lowerBound...]))
        for piece in body.components(separatedBy: "<").dropFirst() { take(piece) }
    }

    private static func withoutComments(_ text: String) -> String {
        var rest = text
        while let start = rest.range(of: "<!--"),
            let end = rest.range(of: "-->", range: start.upperBound..<rest.endIndex)
        {
            rest.removeSubrange(start.lowerBound..<end.upperBound)
        }
        return rest
    }

    // MARK: Elements

    private mutating func take(_ piece: String) {
        guard let close = Self.tagEnd(piece) else { return }
        var tag = piece[..<close]
        if tag.hasPrefix("/") { return end(String(tag.dropFirst()).trimmed) }
        let isEmpty = tag.hasSuffix("/")
        if isEmpty { tag = tag.dropLast() }
        let name = String(tag.prefix { !$0.isWhitespace && $0 != "\u{B}" })
        let attributes = Self.attributes(String(tag.dropFirst(name.count)))
        start(name, attributes, isEmpty: isEmpty)
        if !isEmpty { stack.append(name) }
    }

    /// The first `>` outside quotes.
    private static func tagEnd(_ piece: String) -> String.Index? {
        var quote: Character?
        for index in piece.indices {
            let character = piece[index]
            if let open = quote {
                if character == open { quote = nil }
            } else if character == "\"" || character == "'" {
                quote = character
            } else if character == ">" {
                return index
            }
        }
        return nil
    }

    private static func attributes(_ text: String) -> [String: String] {
        var found: [String: String] = [:]
        var rest = Substring(text)
        while let equals = rest.firstIndex(of: "=") {
            let words = rest[..<equals].split { $0.isWhitespace || $0 == "\u{B}" }
            let name = words.last.map(String.init) ?? ""
            rest = rest[rest.index(after: equals)...].drop { $0.isWhitespace }
            guard let quote = rest.first, quote == "\"" || quote == "'" else { continue }
            let value = rest.dropFirst().prefix { $0 != quote }
            found[name] = unescaped(String(value))
            rest = rest.dropFirst(value.count + 2)
        }
        return found
    }

    private static func unescaped(_ text: String) -> String {
        text.replacingOccurrences(of: "&lt;", with: "<")
            .replacingOccurrences(of: "&gt;", with: ">")
            .replacingOccurrences(of: "&quot;", with: "\"")
            .replacingOccurrences(of: "&apos;", with: "'")
            .replacingOccurrences(of: "&#x2019;", with: "\u{2019}")
            .replacingOccurrences(of: "&#65;", with: "A")
            .replacingOccurrences(of: "&amp;", with: "&")
    }

    private mutating func start(_ name: String, _ attributes: [String: String], isEmpty: Bool) {
        switch name {
        case "Record" where !stack.contains("Correlation"): record(attributes, isEmpty: isEmpty)
        case "InstantaneousBeatsPerMinute": beat(attributes)
        case "Workout":
            workout = (attributes, nil, nil)
            if isEmpty { endWorkout() }
        case "WorkoutStatistics" where stack.last == "Workout": statistics(attributes)
        case "ExportDate":
            if let time = time(attributes["value"]) {
                addZone(Self.offset(attributes["value"] ?? ""), time)
            }
        default: break
        }
    }

    private mutating func end(_ name: String) {
        if name == "Workout" { endWorkout() }
        if name == "Record" { beatRecord = nil }
        if let index = stack.lastIndex(of: name) { stack.removeSubrange(index...) }
    }

    // MARK: Records

    private mutating func record(_ attributes: [String: String], isEmpty: Bool) {
        guard let identifier = attributes["type"], !identifier.isEmpty else { return lost += 1 }
        guard let (quantity, derivation) = Self.types[identifier] else {
            unknown[identifier, default: 0] += 1
            return
        }
        let isSleep = quantity == .sleepStage
        guard isSleep || Self.convert(1, attributes["unit"] ?? "", quantity) != nil else {
            return lost += 1
        }
        guard let start = time(attributes["startDate"]), let end = time(attributes["endDate"]),
            end >= start
        else { return lost += 1 }
        if !isEmpty {
            beatRecord = (start, Self.offset(attributes["startDate"] ?? ""), attributes)
            beatAnchor = nil
            isFirstBeat = true
            zoneBeats = 0
            zoneCandidate = nil
        }
        let text = attributes["value"] ?? ""
        var value: Double?
        if isSleep {
            value = Self.stages[text].map { Double($0.rawValue) }
        } else if Self.isDecimal(text), let number = Double(text) {
            value = Self.convert(number, attributes["unit"] ?? "", quantity)
        }
        guard let value, quantity.facts.plausible.contains(Float(value)) else { return lost += 1 }
        add([Float(value)], quantity, derivation, attributes, start, end.timeIntervalSince(start))
    }

    private mutating func add(
        _ values: [Float], _ quantity: Quantity, _ derivation: Derivation,
        _ attributes: [String: String], _ time: Date, _ duration: TimeInterval = 0
    ) {
        let stream = FlatStream(
            device: Self.device(attributes), quantity: quantity,
            origin: Origin(file: .appleHealth, derivation: derivation))
        streams[stream, default: []].append(
            FlatSample(
                time: Self.nanoseconds(time), duration: Int64(duration.rounded()) * 1_000_000_000,
                values: values))
    }

    /// Beat times have a hundredth of a second; a date holds a ten-millionth of today exactly enough.
    private static func nanoseconds(_ date: Date) -> Int64 {
        Int64((date.timeIntervalSince1970 * 1000).rounded()) * 1_000_000
    }

    private func time(_ text: String?) -> Date? {
        guard let text, text.utf8.count == 25, let date = dates.date(from: text) else { return nil }
        let year = Int(text.prefix(4)) ?? 0
        return (1900..<2200).contains(year) ? date : nil
    }

    private static func offset(_ text: String) -> Int {
        let zone = text.suffix(5)
        let number = Int(zone.dropFirst()) ?? 0
        return (number / 100 * 3600 + number % 100 * 60) * (zone.hasPrefix("-") ? -1 : 1)
    }

    private static func isDecimal(_ text: String) -> Bool {
        text.range(
            of: "^[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?$",
            options: .regularExpression) != nil
    }

    private mutating func addZone(_ offset: Int, _ time: Date) {
        let stream = FlatStream(
            device: SourceDevice(vendor: "Apple", model: "Health export"), quantity: .zoneOffset,
            origin: Origin(file: .appleHealth, derivation: .derived))
        streams[stream, default: []].append(
            FlatSample(time: Self.nanoseconds(time), values: [Float(offset), 4]))
    }
}

// MARK: Beats and workouts

extension ReferenceAppleHealth {
    private mutating func beat(_ attributes: [String: String]) {
        guard let record = beatRecord else { return }
        guard let rate = Double(attributes["bpm"] ?? ""),
            let clock = Self.timeOfDay(attributes["time"] ?? "")
        else {
            lost += 1
            isFirstBeat = true
            return
        }
        zone(clock, record.start, record.offset)
        // Every quarter of an hour has such a time; the one from a minute before the start is meant.
        let earliest = record.start.addingTimeInterval(-60)
        let midnight = (earliest.timeIntervalSince1970 / 86_400).rounded(.down) * 86_400
        let candidates = (-192...192).map {
            Date(timeIntervalSince1970: midnight + clock.seconds + Double($0) * 900)
        }
        guard let instant = candidates.first(where: { $0.timeIntervalSince(earliest) > -0.001 })
        else { return }
        let anchor = beatAnchor ?? instant
        let step = instant.timeIntervalSince(anchor)
        let wasFirst = isFirstBeat
        beatAnchor = instant
        isFirstBeat = false
        guard !wasFirst, step > 0.001, abs(60 / step - rate) < 2 else { return }
        let milliseconds = (step * 1000).rounded()
        guard (100...20_000).contains(milliseconds) else { return lost += 1 }
        add([Float(milliseconds)], .rrInterval, .measured, record.source, instant)
    }

    private mutating func zone(
        _ clock: (seconds: Double, isFull: Bool), _ start: Date, _ printed: Int
    ) {
        zoneBeats += 1
        guard zoneBeats <= 2, clock.isFull else { return }
        var best: (offset: Int, distance: Double)?
        for quarter in -48...56 {
            let wall = start.timeIntervalSince1970 + Double(quarter * 900)
            var distance = abs(wall.truncatingRemainder(dividingBy: 86_400) - clock.seconds)
            distance = min(distance, 86_400 - distance)
            let isBetter =
                best.map {
                    distance < $0.distance - 0.001
                        || distance < $0.distance + 0.001
                            && abs(quarter * 900 - printed) < abs($0.offset - printed)
                } ?? true
            if isBetter { best = (quarter * 900, distance) }
        }
        guard let best, best.distance <= 300 else { return }
        if zoneBeats == 1 { zoneCandidate = best.offset }
        guard zoneBeats == 2, best.offset == zoneCandidate, best.offset != lastZone else { return }
        lastZone = best.offset
        addZone(best.offset, start)
    }

    /// Seconds since midnight, and whether it is known which half of the day.
    private static func timeOfDay(_ text: String) -> (seconds: Double, isFull: Bool)? {
        var plain = text
        for space in ["\u{202F}", "\u{A0}", "\u{200E}"] {
            plain = plain.replacingOccurrences(of: space, with: " ")
        }
        for (index, digit) in "٠١٢٣٤٥٦٧٨٩".enumerated() {
            plain = plain.replacingOccurrences(of: String(digit), with: String(index))
        }
        plain = plain.replacingOccurrences(of: "٫", with: ".")
        let groups = plain.split { !("0"..."9").contains($0) }.map(String.init)
        guard groups.count == 3 || groups.count == 4, var hour = Int(groups[0]),
            let minute = Int(groups[1]), let second = Int(groups[2]), hour < 24, minute < 60,
            second <= 60
        else { return nil }
        let letters = String(plain.unicodeScalars.filter(\.properties.isAlphabetic)).uppercased()
        if letters == "AM", hour == 12 { hour = 0 }
        if letters == "PM", hour < 12 { hour += 12 }
        let fraction = groups.count == 4 ? Double("0." + groups[3]) ?? 0 : 0
        return (
            Double(hour * 3600 + minute * 60 + second) + fraction,
            ["", "AM", "PM"].contains(letters)
        )
    }

    private mutating func statistics(_ attributes: [String: String]) {
        guard var current = workout,
            let (quantity, _) = Self.types[attributes["type"] ?? ""],
            let sum = Double(attributes["sum"] ?? ""),
            let amount = Self.convert(sum, attributes["unit"] ?? "", quantity)
        else { return }
        if quantity == .activeEnergy { current.energy = (current.energy ?? 0) + amount }
        if quantity == .distance { current.distance = (current.distance ?? 0) + amount }
        workout = current
    }

    private mutating func endWorkout() {
        guard let done = workout else { return }
        workout = nil
        let attributes = done.attributes
        guard let start = time(attributes["startDate"]), let end = time(attributes["endDate"]),
            end >= start
        else { return lost += 1 }
        func total(_ name: String, _ quantity: Quantity) -> Double? {
            Double(attributes[name] ?? "").flatMap {
                Self.convert($0, attributes[name + "Unit"] ?? "", quantity)
            }
        }
        let energy = done.energy ?? total("totalEnergyBurned", .activeEnergy) ?? 0
        let distance = done.distance ?? total("totalDistance", .distance) ?? 0
        let sport = Self.sports[attributes["workoutActivityType"] ?? ""] ?? 0
        let values = [Float(sport), Float(energy), Float(distance)]
        guard values.allSatisfy({ Quantity.workout.facts.plausible.contains($0) }) else {
            return lost += 1
        }
        add(values, .workout, .measured, attributes, start, end.timeIntervalSince(start))
    }
}

extension String {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
