// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats

/// What the first bytes of an input tell about how it is best handled, before it is read.
public enum IntakeDetector {
    /// How many bytes to hand in.
    public static let prefixBytes = FormatDetector.prefixBytes

    /// Kinds whose times are instants: they need no word of the person's wall clock, and may bring it.
    static let anchored: Set<FileKind> = [
        .hearthCSV, .hearthNDJSON, .fit, .appleHealth, .empaticaE4, .embracePlus, .miFitness,
        .gadgetbridge, .healthConnect, .healthKitSQLite,
    ]

    /// Kinds of which some files of an export tell the wall clock that others lack: a survey reads
    /// them ahead. Databases inside archives are always among them.
    static let surveyed: Set<FileKind> = [
        .fitbit, .garminConnect, .oura, .samsungHealth, .withings, .polar, .whoop, .miFitness,
        .zeppLife, .gpx, .tcx, .heartRatePackets, .activityCounts,
    ]

    /// Kinds that are too large to be read twice, and may tell the wall clock too.
    static let large: Set<FileKind> = [.gt3x, .geneActiv]

    /// Whether this may be something that Hearth reads.
    public static func knows(_ prefix: [UInt8]) -> Bool {
        FormatDetector.detect(prefix.span) != nil || isHeader(prefix)
            || DatabaseIntake.recognises(prefix)
    }

    /// Whether the input should be read after those that bring clock offsets.
    public static func mayNeedZone(_ prefix: [UInt8]) -> Bool {
        switch FormatDetector.detect(prefix.span) {
        case .container?: true
        case .recording(let kind)?: !anchored.contains(kind)
        default: isHeader(prefix)
        }
    }

    /// Whether the input may tell more of the wall clock than a survey hears: large recordings, and
    /// archives, of which a survey leaves out what holds instants.
    public static func tellsZoneWhenRead(_ prefix: [UInt8]) -> Bool {
        switch FormatDetector.detect(prefix.span) {
        case .container?: true
        case .recording(let kind)?: large.contains(kind)
        default: false
        }
    }

    /// Whether the input has something for a survey of an export's wall clock.
    public static func mayTellZone(_ prefix: [UInt8]) -> Bool {
        switch FormatDetector.detect(prefix.span) {
        case .container?: true
        case .recording(let kind)?: surveyed.contains(kind)
        default: false
        }
    }

    /// Whether other files of the folder belong to it; see ``Companions``.
    public static func isHeader(_ prefix: [UInt8]) -> Bool {
        PartAssembly.standard.isHeader(prefix)
    }
}
