// SPDX-License-Identifier: Apache-2.0

/// A person in the vault: a random number, never a name.
public struct PersonID: Hashable, Sendable, Codable, Comparable {
    public var rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }
    public static func < (a: PersonID, b: PersonID) -> Bool { a.rawValue < b.rawValue }
}

/// A device in the vault: a keyed pseudonym of vendor, model and unit, written as 16 hex digits.
public struct DeviceID: Hashable, Sendable, Codable, Comparable {
    public var rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }
    public static func < (a: DeviceID, b: DeviceID) -> Bool { a.rawValue < b.rawValue }
}

/// The kind of file a sample came from. The raw value is the stable code in stored files.
public enum FileKind: UInt8, Sendable, Codable, CaseIterable {
    case hearthCSV = 1
    case hearthNDJSON = 2
    case fit = 10
    case appleHealth = 20
    case fitbit = 30
    // Research accelerometers.
    case axivityCWA = 40
    case geneActiv = 41
    case gt3x = 42
    case activityCounts = 43
    case empaticaE4 = 44
    case embracePlus = 45
    // Signals.
    case edf = 50
    case wfdb = 51
    // Consumer exports.
    case garminConnect = 60
    case oura = 61
    case whoop = 62
    case withings = 63
    case polar = 64
    case samsungHealth = 65
    case miFitness = 66
    case zeppLife = 67
    case hrvApp = 68
    case openStrap = 69
    case gpx = 70
    case tcx = 71
    case heartRatePackets = 72
    // Databases.
    case gadgetbridge = 80
    case healthConnect = 81
    case healthKitSQLite = 82

    /// The name in files and on the command line, such as `apple-health`.
    public var name: String {
        switch self {
        case .hearthCSV: "hearth-csv"
        case .hearthNDJSON: "hearth-ndjson"
        case .fit: "fit"
        case .appleHealth: "apple-health"
        case .fitbit: "fitbit"
        case .axivityCWA: "axivity-cwa"
        case .geneActiv: "geneactiv"
        case .gt3x: "gt3x"
        case .activityCounts: "activity-counts"
        case .empaticaE4: "empatica-e4"
        case .embracePlus: "embraceplus"
        case .edf: "edf"
        case .wfdb: "wfdb"
        case .garminConnect: "garmin-connect"
        case .oura: "oura"
        case .whoop: "whoop"
        case .withings: "withings"
        case .polar: "polar"
        case .samsungHealth: "samsung-health"
        case .miFitness: "mi-fitness"
        case .zeppLife: "zepp-life"
        case .hrvApp: "hrv-app"
        case .openStrap: "openstrap"
        case .gpx: "gpx"
        case .tcx: "tcx"
        case .heartRatePackets: "heart-rate-packets"
        case .gadgetbridge: "gadgetbridge"
        case .healthConnect: "health-connect"
        case .healthKitSQLite: "healthkit-sqlite"
        }
    }

    public init?(name: String) {
        guard let found = FileKind.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }
}

/// Whether the device sensed a value or computed it from what it sensed, or a person put it right.
public enum Derivation: UInt8, Sendable, Codable, CaseIterable {
    case measured = 1
    case derived = 2
    /// The recorded value was wrong; a person gave this one instead.
    case amended = 3

    public var name: String {
        switch self {
        case .measured: "measured"
        case .derived: "derived"
        case .amended: "amended"
        }
    }
}

/// Where a value came from: the kind of file and whether it was measured or derived.
public struct Origin: Hashable, Sendable, Codable, Comparable {
    public var file: FileKind
    public var derivation: Derivation

    public init(file: FileKind, derivation: Derivation = .measured) {
        self.file = file
        self.derivation = derivation
    }

    public static func < (a: Origin, b: Origin) -> Bool {
        (a.file.rawValue, a.derivation.rawValue) < (b.file.rawValue, b.derivation.rawValue)
    }
}

/// One stream of samples: whose, from which device, of what, by which way.
public struct StreamID: Hashable, Sendable, Codable, Comparable {
    public var person: PersonID
    public var device: DeviceID
    public var quantity: Quantity
    public var origin: Origin

    public init(person: PersonID, device: DeviceID, quantity: Quantity, origin: Origin) {
        self.person = person
        self.device = device
        self.quantity = quantity
        self.origin = origin
    }

    public static func < (a: StreamID, b: StreamID) -> Bool {
        if a.person != b.person { return a.person < b.person }
        if a.quantity != b.quantity { return a.quantity.rawValue < b.quantity.rawValue }
        if a.device != b.device { return a.device < b.device }
        return a.origin < b.origin
    }
}

/// A device as a file describes it, after everything that names a person or a unit was dropped.
///
/// `unit` tells two devices of one model apart. It is a hash the reader makes of a serial number or
/// source name; the vault turns it into a keyed ``DeviceID`` and stores only that.
public struct SourceDevice: Hashable, Sendable, Codable {
    public var vendor: String
    public var model: String
    public var unit: UInt64
    /// Set only by Hearth's own formats, whose files already carry the pseudonym.
    public var pseudonym: DeviceID?

    public init(vendor: String, model: String, unit: UInt64 = 0, pseudonym: DeviceID? = nil) {
        self.vendor = vendor
        self.model = model
        self.unit = unit
        self.pseudonym = pseudonym
    }

    /// `vendor model`, or whichever is known.
    public var label: String {
        vendor.isEmpty ? model : (model.isEmpty ? vendor : "\(vendor) \(model)")
    }
}
