// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// What the header of an EDF, EDF+, BDF or BDF+ file tells.
///
/// Layout: 256 bytes for the file and 256 for each signal, all text of fixed width; the signals' fields
/// are stored field by field, not signal by signal.
/// - Source: `kemp1992`, `kemp2003`.
struct EDFHeader: Sendable {
    enum Continuity: Sendable {
        /// Plain EDF or BDF: records follow each other without gaps.
        case plain
        /// EDF+C: the same, and records tell their start.
        case continuous
        /// EDF+D: only the records tell their start.
        case discontinuous
    }

    static let fixedBytes = 256
    /// Widths of the fields of signals, in their order.
    static let widths = [16, 80, 8, 8, 8, 8, 8, 80, 8, 32]

    /// Samples of 24 bits instead of 16.
    var isBDF: Bool
    var continuity: Continuity
    /// Data records; `nil` if the recorder did not write how many.
    var records: Int64?
    /// Nanoseconds of one data record; 0 if it has none.
    var duration: Int64 = 0
    var signals: [EDFSignal] = []
    var recordBytes = 0
    /// A recorder the file names and this library knows; else empty.
    var vendor = ""

    var width: Int { isBDF ? 3 : 2 }

    /// Whether the first 8 bytes are those of EDF or BDF.
    static func isVersion(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.count >= 8 else { return false }
        let isBDF = isBDF(bytes)
        return isBDF
            || bytes[0] == UInt8(ascii: "0")
                && (1..<8).allSatisfy { bytes[$0] == 0x20 || bytes[$0] == 0 }
    }

    private static func isBDF(_ bytes: Span<UInt8>) -> Bool {
        guard bytes[0] == 0xFF else { return false }
        var index = 1
        for byte in "BIOSEMI".utf8 {
            guard bytes[index] == byte else { return false }
            index += 1
        }
        return true
    }

    /// How many signals the first 256 bytes announce.
    ///
    /// - Throws: if there are none, too many, or the bytes are no such header.
    static func signalCount(_ bytes: [UInt8], _ limits: ReadLimits) throws(ReadError) -> Int {
        guard isVersion(bytes.span) else {
            throw ReadError(
                .damaged, at: ReadPosition(byte: 0), found: "another version field",
                expected: "an EDF or BDF header")
        }
        guard let count = EDFText.integer(bytes[252..<256]), count > 0 else {
            throw ReadError(
                .damaged, at: ReadPosition(byte: 252), found: "no number of signals",
                expected: "at least one signal")
        }
        guard count <= limits.signals else {
            throw ReadError(
                .limitExceeded, at: ReadPosition(byte: 252), found: "more signals than the limit",
                expected: "at most \(limits.signals) signals")
        }
        return Int(count)
    }

    /// Reads a whole header.
    ///
    /// - Throws: if data records could not be taken apart with it.
    init(
        _ bytes: [UInt8], signals count: Int, limits: ReadLimits, output: inout SampleOutput
    ) throws(ReadError) {
        isBDF = bytes[0] == 0xFF
        let kind = EDFText.printable(bytes[192..<236])
        continuity =
            kind.hasPrefix("EDF+D") || kind.hasPrefix("BDF+D")
            ? .discontinuous
            : kind.hasPrefix("EDF+C") || kind.hasPrefix("BDF+C") ? .continuous : .plain
        if EDFText.integer(bytes[184..<192]) != Int64(bytes.count) {
            output.count(
                .invalidValue, at: ReadPosition(byte: 184), found: "a header size that is not so",
                expected: "256 bytes and 256 for each signal", samplesLost: 0)
        }
        if let records = EDFText.integer(bytes[236..<244]), records > 0 {
            self.records = records
        } else if EDFText.integer(bytes[236..<244]) != -1 {
            output.count(
                .invalidValue, at: ReadPosition(byte: 236), found: "no number of data records",
                expected: "a number, or -1 where it is not known", samplesLost: 0)
        }
        if let duration = EDFText.nanoseconds(bytes[244..<252]), duration >= 0 {
            self.duration = duration
        } else {
            output.count(
                .invalidValue, at: ReadPosition(byte: 244), found: "no duration of data records",
                expected: "seconds", samplesLost: 0)
        }
        vendor = EDFRecorder.vendor(bytes[88..<168])
        try readSignals(bytes, count, limits, &output)
    }

    private mutating func readSignals(
        _ bytes: [UInt8], _ count: Int, _ limits: ReadLimits, _ output: inout SampleOutput
    ) throws(ReadError) {
        func field(_ column: Int, _ signal: Int) -> ArraySlice<UInt8> {
            let before = Self.widths[..<column].reduce(0, +) * count
            let start = Self.fixedBytes + before + Self.widths[column] * signal
            return bytes[start..<start + Self.widths[column]]
        }
        for index in 0..<count {
            let place = field(8, index)
            let position = ReadPosition(byte: Int64(place.startIndex))
            guard let samples = EDFText.integer(place), samples >= 0 else {
                throw ReadError(
                    .damaged, at: position, found: "no number of samples in a record",
                    expected: "a number for every signal")
            }
            guard samples <= limits.signalRecordSamples else {
                throw ReadError(
                    .limitExceeded, at: position, found: "more samples in a record than the limit",
                    expected:
                        "at most \(limits.signalRecordSamples) samples of a signal in a record")
            }
            var signal = EDFSignal(
                label: EDFText.printable(field(0, index)), unit: EDFUnit(field(2, index)),
                samples: Int(samples), offset: recordBytes, isAnnotations: false)
            signal.isAnnotations = EDFSignal.isAnnotations(signal.label)
            recordBytes += signal.samples * width
            guard recordBytes <= limits.signalRecordBytes else {
                throw ReadError(
                    .limitExceeded, at: position, found: "a data record larger than the limit",
                    expected: "at most \(limits.signalRecordBytes) bytes in a data record")
            }
            if !EDFText.isASCII(field(0, index)) {
                output.count(
                    .encoding, at: ReadPosition(byte: Int64(field(0, index).startIndex)),
                    found: "a label that is not ASCII", expected: "printable ASCII", samplesLost: 0)
            }
            if !signal.isAnnotations {
                calibrate(&signal, (3...6).map { field($0, index) }, &output)
            }
            signals.append(signal)
        }
        guard recordBytes > 0 else {
            throw ReadError(
                .damaged, at: ReadPosition(byte: Int64(Self.fixedBytes)),
                found: "data records of no bytes", expected: "samples")
        }
    }

    /// From the fields physical minimum and maximum, digital minimum and maximum.
    private func calibrate(
        _ signal: inout EDFSignal, _ fields: [ArraySlice<UInt8>], _ output: inout SampleOutput
    ) {
        let numbers = fields.map { EDFText.number($0) }
        let limit: Double = isBDF ? 8_388_608 : 32_768
        if let low = numbers[2], let high = numbers[3], low != high,
            abs(low) <= limit, abs(high) <= limit
        {
            signal.digital = Int32(min(low, high))...Int32(max(low, high))
            if let first = numbers[0], let second = numbers[1] {
                signal.calibration = EDFSignal.Calibration(
                    physical: (first, second), digital: (low, high))
            }
        }
        if signal.calibration?.scale == nil {
            signal.calibration = nil
            output.count(
                .invalidValue, at: ReadPosition(byte: Int64(fields[0].startIndex)),
                found: "a signal whose physical or digital range is empty or no number",
                expected: "two ranges; its samples are given as stored", samplesLost: 0)
        }
    }
}

/// Recorders and programs that files name in their free text.
///
/// The text may also name hospitals, technicians and persons: only a word of this list leaves it.
enum EDFRecorder {
    /// None of them is also a person's name.
    private static let known = [
        "Actiwave", "ApneaLink", "Bittium", "BITalino", "Brainvision", "Cadwell",
        "Compumedics", "Dreem", "Embla", "Emotiv", "Empatica", "Faros", "Hearth",
        "Medatec",
        "Micromed", "Movesense", "Natus", "Nicolet", "Nihon", "Nox", "OpenBCI", "Persyst",
        "Polar", "ResMed", "Shimmer", "SOMNOmedics", "Somte", "WatchPAT", "Zeo",
    ]

    static func vendor(_ field: ArraySlice<UInt8>) -> String {
        let words = EDFText.printable(field).lowercased()
            .split { !$0.isLetter && !$0.isNumber }.map(String.init)
        return known.first { words.contains($0.lowercased()) } ?? ""
    }
}
