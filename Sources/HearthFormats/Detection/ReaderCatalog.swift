// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// What a reader may be told besides the bytes.
public struct ReadContext: Sendable {
    public var limits: ReadLimits
    /// The person's wall clock, for local times of which a file tells no zone; empty if not known.
    public var zone: ZoneTimeline
    /// The recording's own name, for the formats whose files look alike inside. Only a hint: it is
    /// never opened, shown or stored.
    public var name: String

    public init(
        limits: ReadLimits = .standard, zone: ZoneTimeline = ZoneTimeline(), name: String = ""
    ) {
        self.limits = limits
        self.zone = zone
        self.name = name
    }

    /// The last component of the name.
    var fileName: Substring {
        name.split(whereSeparator: { $0 == "/" || $0 == "\\" || $0 == "!" }).last ?? ""
    }
}

/// The reader of each kind of recording that is a stream of bytes.
public enum ReaderCatalog {
    /// A reader for recordings of `kind`; `nil` if they are no stream of bytes but a database.
    public static func reader(
        of kind: FileKind, _ context: ReadContext = ReadContext()
    ) -> AnyRecordingReader? {
        let limits = context.limits
        switch kind {
        case .hearthCSV: return AnyRecordingReader(HearthCSVReader(limits: limits))
        case .hearthNDJSON: return AnyRecordingReader(HearthNDJSONReader(limits: limits))
        case .fit: return AnyRecordingReader(FITReader(limits: limits))
        case .appleHealth: return AnyRecordingReader(AppleHealthReader(limits: limits))
        case .fitbit: return AnyRecordingReader(FitbitReader(context))
        case .edf: return AnyRecordingReader(EDFReader(context))
        case .embracePlus: return AnyRecordingReader(EmbracePlusReader(limits: limits))
        case .empaticaE4: return AnyRecordingReader(EmpaticaE4Reader(context))
        case .activityCounts: return AnyRecordingReader(ActivityCountsReader(context))
        case .axivityCWA: return AnyRecordingReader(AxivityCWAReader(context))
        case .geneActiv: return AnyRecordingReader(GENEActivReader(context))
        case .gt3x: return AnyRecordingReader(GT3XReader(context))
        case .garminConnect: return AnyRecordingReader(GarminConnectReader(context))
        case .oura: return AnyRecordingReader(OuraReader(context))
        case .polar: return AnyRecordingReader(PolarReader(context))
        case .samsungHealth: return AnyRecordingReader(SamsungHealthReader(context))
        case .whoop: return AnyRecordingReader(WHOOPReader(context))
        case .gpx: return AnyRecordingReader(GPXReader(context))
        case .tcx: return AnyRecordingReader(TCXReader(context))
        case .hrvApp: return AnyRecordingReader(HRVAppReader(context))
        case .withings: return AnyRecordingReader(WithingsReader(context))
        case .miFitness: return AnyRecordingReader(MiFitnessReader(context))
        case .zeppLife: return AnyRecordingReader(ZeppLifeReader(context))
        case .openStrap: return AnyRecordingReader(OpenStrapReader(context))
        case .wfdb: return AnyRecordingReader(WFDBReader(context))
        case .heartRatePackets: return AnyRecordingReader(HeartRatePacketsReader(context))
        default: return nil
        }
    }

    /// The kinds that have a reader of bytes.
    public static let kinds: [FileKind] = FileKind.allCases.filter { kind in
        switch reader(of: kind) {
        case .none: false
        case .some: true
        }
    }
}

/// A reader of any kind, chosen while the program runs.
public struct AnyRecordingReader: RecordingReader, ~Copyable {
    private let box: any ReaderBox

    public init<Reader: RecordingReader & ~Copyable>(_ reader: consuming Reader) {
        box = ConcreteBox(reader)
    }

    public mutating func read(
        _ bytes: Span<UInt8>, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        try box.read(bytes, into: &sink)
    }

    public mutating func finish(into sink: inout some SampleSink & ~Copyable) throws(ReadError) {
        try box.finish(into: &sink)
    }
}

private protocol ReaderBox: AnyObject {
    func read(
        _ bytes: Span<UInt8>, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError)
    func finish(into sink: inout some SampleSink & ~Copyable) throws(ReadError)
}

private final class ConcreteBox<Reader: RecordingReader & ~Copyable>: ReaderBox {
    private var reader: Reader

    init(_ reader: consuming Reader) { self.reader = reader }

    func read(
        _ bytes: Span<UInt8>, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        try reader.read(bytes, into: &sink)
    }

    func finish(into sink: inout some SampleSink & ~Copyable) throws(ReadError) {
        try reader.finish(into: &sink)
    }
}
