// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Whose export a file is.
enum ActivityVariant: Sendable { case actiGraph, actical, actiwatch }

/// What a column of the table of epochs holds.
enum ActivityRole: Sendable, Equatable {
    case timestamp, date, time, epochNumber, elapsed
    /// Counts; the axis is 0 if the device has one sensor for all directions.
    case counts(axis: Int)
    case steps, heartRate, light, offWrist, marker, sleepWake
    /// Known and not stored.
    case ignored
    case unknown

    /// Whether the column holds samples.
    var isValue: Bool {
        switch self {
        case .counts, .steps, .heartRate, .light, .offWrist, .marker, .sleepWake: true
        default: false
        }
    }
}

/// The columns of a table of epochs.
struct ActivityLayout: Sendable {
    var roles: [ActivityRole]

    init(roles: [ActivityRole]) { self.roles = roles }

    var valueCount: Int { roles.count { $0.isValue } }
    /// Columns that every row must have.
    var needed: Int { (roles.lastIndex { $0 != .ignored && $0 != .unknown } ?? -1) + 1 }
    var hasTimes: Bool {
        roles.contains(.timestamp) || (roles.contains(.date) && roles.contains(.time))
    }

    /// ActiGraph's rows without names: what the mode's bits say, and the number of columns.
    ///
    /// Bits: 1 steps, 2 heart rate, 4 second axis, 8 third axis. Light is one column, the
    /// inclinometer four; both come last.
    init?(mode: Int?, columns: Int) {
        var roles: [ActivityRole] = [.counts(axis: 1)]
        if columns > 1 {
            guard let mode else { return nil }
            if mode & 4 != 0 { roles.append(.counts(axis: 2)) }
            if mode & 8 != 0 { roles.append(.counts(axis: 3)) }
            if mode & 1 != 0 { roles.append(.steps) }
            if mode & 2 != 0 { roles.append(.heartRate) }
        }
        switch columns - roles.count {
        case 0: break
        case 1: roles.append(.light)
        case 4: roles += Array(repeating: .ignored, count: 4)
        case 5: roles += [.light] + Array(repeating: .ignored, count: 4)
        default: return nil
        }
        self.roles = roles
    }

    /// The columns by their names, or `nil` if they are no table of epochs.
    init?(names: [String], _ variant: ActivityVariant) {
        let roles = names.map { Self.role(Self.plain($0), variant) }
        let hasCounts = roles.contains {
            if case .counts = $0 { true } else { false }
        }
        guard hasCounts else { return nil }
        self.roles = roles
        if variant != .actiGraph, !hasTimes { return nil }
    }

    /// Lower case, and single blanks between words.
    private static func plain(_ name: String) -> String {
        name.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    private static func role(_ name: String, _ variant: ActivityVariant) -> ActivityRole {
        switch variant {
        case .actiGraph: ofActiGraph(name)
        case .actical: ofActical(name)
        case .actiwatch: ofActiwatch(name)
        }
    }

    private static func ofActiGraph(_ name: String) -> ActivityRole {
        switch name {
        case "timestamp": .timestamp
        case "date": .date
        case "time", "epoch": .time
        case "axis1", "axis 1", "activity", "activity (vertical)", "vertical": .counts(axis: 1)
        case "axis2", "axis 2", "activity (horizontal)", "horizontal": .counts(axis: 2)
        case "axis3", "axis 3", "3rd axis", "perpendicular": .counts(axis: 3)
        case "steps", "step count": .steps
        case "hr", "heart rate": .heartRate
        case "lux", "light": .light
        case "vm", "vector magnitude", "day of week", "": .ignored
        default: name.hasPrefix("inclinometer") ? .ignored : .unknown
        }
    }

    private static func ofActical(_ name: String) -> ActivityRole {
        if name.hasPrefix("epoch#") { return .epochNumber }
        if name.hasPrefix("elapsed") { return .elapsed }
        if name.hasPrefix("activity counts") { return .counts(axis: 0) }
        if name.hasPrefix("event marker") { return .marker }
        switch name {
        case "date": return .date
        case "time": return .time
        case "steps": return .steps
        default:
            let known = ["day#", "energy", "activity intensity"]
            return name.isEmpty || known.contains { name.hasPrefix($0) } ? .ignored : .unknown
        }
    }

    /// The program writes in the language of its user.
    private static func ofActiwatch(_ name: String) -> ActivityRole {
        switch name {
        case "date", "datum", "fecha", "data": .date
        case "time", "tijd", "heure", "zeit", "uhrzeit", "hora", "ora": .time
        case "activity", "activiteit", "activité", "aktivität", "actividad", "attività":
            .counts(axis: 0)
        case "marker", "markering", "marqueur", "markierung", "marcador": .marker
        case "white light", "wit licht", "lumière blanche", "weißes licht", "light", "licht":
            .light
        case "off-wrist status", "status niet-om-pols": .offWrist
        case "sleep/wake", "slapen/waken", "sommeil/éveil", "schlaf/wach": .sleepWake
        case "line", "lijn", "ligne", "zeile", "interval status", "intervalstatus", "s/w status",
            "mobility", "red light", "green light", "blue light", "rood licht", "groen licht",
            "blauw licht", "":
            .ignored
        default: .unknown
        }
    }
}
