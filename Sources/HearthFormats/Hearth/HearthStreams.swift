// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Why the fields that name a stream are refused.
enum HearthStreamProblem: Error, Sendable {
    case quantity, unit, device, text, origin, derivation, tooLong, tooManyStreams

    var code: ReadIssueCode {
        switch self {
        case .quantity: .unknownElement
        case .text: .encoding
        case .tooLong, .tooManyStreams: .limitExceeded
        default: .invalidValue
        }
    }

    var found: String {
        switch self {
        case .quantity: "an unknown quantity"
        case .unit: "a unit that is not the quantity's"
        case .device: "a device that is not a pseudonym"
        case .text: "a vendor or model that is not UTF-8"
        case .origin: "an unknown origin"
        case .derivation: "an unknown derivation"
        case .tooLong: "a longer field"
        case .tooManyStreams: "a further stream"
        }
    }

    var expected: String {
        switch self {
        case .quantity: "a quantity's name such as heart-rate"
        case .unit: "the quantity's own unit or none"
        case .device: "16 hexadecimal digits or nothing"
        case .text: "UTF-8"
        case .origin: "a file kind such as fit, or nothing"
        case .derivation: "measured, derived, amended or nothing"
        case .tooLong: "no more bytes than the limit on fields"
        case .tooManyStreams: "no more streams than the limit"
        }
    }
}

/// The streams of one recording, found by the bytes of the fields that name them.
///
/// Rows of one stream usually follow each other, so the last row's bytes are compared first.
struct HearthStreams: Sendable {
    /// One stream's samples; the same index serves for all spellings of the same stream.
    private var builders: [BlockBuilder] = []
    private var columnCounts: [Int] = []
    private var spellings: [[UInt8]: Int] = [:]
    private var indices: [Stream: Int] = [:]
    private var last: [UInt8] = []
    private var lastLengths: [Int] = []
    private var lastIndex = -1
    private var scratch: [UInt8] = []
    private let defaultKind: FileKind
    private let guardsFormulas: Bool
    private let limits: ReadLimits
    /// Whether a stream's samples are handed on as soon as another stream's come.
    private let isLive: Bool
    private var current = -1

    private struct Stream: Hashable {
        var device: SourceDevice
        var quantity: Quantity
        var origin: Origin
    }

    private static let quantities: [String: Quantity] = Dictionary(
        uniqueKeysWithValues: Quantity.allCases.map { ($0.name, $0) })

    init(defaultKind: FileKind, guardsFormulas: Bool, limits: ReadLimits, isLive: Bool = false) {
        self.isLive = isLive
        self.defaultKind = defaultKind
        self.guardsFormulas = guardsFormulas
        self.limits = limits
    }

    /// The index of the stream that the row names.
    @inline(__always)
    mutating func index(
        _ bytes: Span<UInt8>, _ row: HearthRow
    ) throws(HearthStreamProblem) -> Int {
        if lastIndex >= 0, isLast(bytes, row) { return lastIndex }
        return try find(bytes, row)
    }

    /// The index of the stream of another quantity of the same device and origin.
    mutating func index(of quantity: Quantity, beside index: Int) throws(HearthStreamProblem) -> Int
    {
        let builder = builders[index]
        return try add(
            Stream(device: builder.device, quantity: quantity, origin: builder.origin))
    }

    func columnCount(_ index: Int) -> Int { columnCounts[index] }

    /// Adds a sample of one column; false if it is implausible.
    @inline(__always)
    mutating func add(
        _ value: Float, _ index: Int, _ time: Timestamp, _ duration: Int64, _ quality: UInt8,
        into sink: inout some SampleSink & ~Copyable
    ) -> Bool {
        if isLive { turn(to: index, into: &sink) }
        return builders[index].add(
            value, at: time, duration: duration, quality: quality, into: &sink)
    }

    /// Adds a sample of several columns; false if one is implausible.
    mutating func add(
        _ values: [Float], _ index: Int, _ time: Timestamp, _ duration: Int64, _ quality: UInt8,
        into sink: inout some SampleSink & ~Copyable
    ) -> Bool {
        if isLive { turn(to: index, into: &sink) }
        return builders[index].add(
            values, at: time, duration: duration, quality: quality, into: &sink)
    }

    /// Hands on all that was gathered, in the order in which the streams were met.
    mutating func flush(into sink: inout some SampleSink & ~Copyable) {
        for index in builders.indices { builders[index].flush(into: &sink) }
        current = -1
    }

    /// Keeps the order of arrival: what was gathered of another stream goes first.
    @inline(__always)
    private mutating func turn(to index: Int, into sink: inout some SampleSink & ~Copyable) {
        if index == current { return }
        if current >= 0 { builders[current].flush(into: &sink) }
        current = index
    }

    private func isLast(_ bytes: Span<UInt8>, _ row: HearthRow) -> Bool {
        var at = 0
        for (order, field) in HearthField.stream.enumerated() {
            let bounds = row[field]
            guard bounds.count == lastLengths[order] else { return false }
            for index in bounds {
                guard bytes[index] == last[at] else { return false }
                at += 1
            }
        }
        return true
    }

    private mutating func find(
        _ bytes: Span<UInt8>, _ row: HearthRow
    ) throws(HearthStreamProblem) -> Int {
        scratch.removeAll(keepingCapacity: true)
        for field in HearthField.stream {
            let bounds = row[field]
            guard bounds.count <= limits.fieldBytes else { throw .tooLong }
            // The length in front keeps two rows apart whose fields only join up to the same bytes.
            for shift in [0, 8, 16, 24] {
                scratch.append(UInt8(truncatingIfNeeded: bounds.count >> shift))
            }
            for index in bounds { scratch.append(bytes[index]) }
        }
        let index: Int
        if let known = spellings[scratch] {
            index = known
        } else {
            index = try add(try stream(bytes, row))
            // Spellings of one stream differ only in what may be left out; more is an attack.
            if spellings.count < limits.streams { spellings[scratch] = index }
        }
        remember(bytes, row, index)
        return index
    }

    private mutating func remember(_ bytes: Span<UInt8>, _ row: HearthRow, _ index: Int) {
        last.removeAll(keepingCapacity: true)
        lastLengths.removeAll(keepingCapacity: true)
        for field in HearthField.stream {
            lastLengths.append(row[field].count)
            for index in row[field] { last.append(bytes[index]) }
        }
        lastIndex = index
    }

    private mutating func add(_ stream: Stream) throws(HearthStreamProblem) -> Int {
        if let known = indices[stream] { return known }
        guard builders.count < limits.streams else { throw .tooManyStreams }
        indices[stream] = builders.count
        builders.append(
            BlockBuilder(
                device: stream.device, quantity: stream.quantity, origin: stream.origin,
                limits: limits))
        columnCounts.append(stream.quantity.facts.columns.count)
        return builders.count - 1
    }

    private func stream(
        _ bytes: Span<UInt8>, _ row: HearthRow
    ) throws(HearthStreamProblem) -> Stream {
        guard let quantity = Self.quantities[ascii(bytes, row[.quantity])] else { throw .quantity }
        let unit = ascii(bytes, row[.unit])
        guard unit.isEmpty || unit == quantity.facts.unit else { throw .unit }
        var device = SourceDevice(
            vendor: try text(bytes, row[.vendor]), model: try text(bytes, row[.model]))
        if !row[.device].isEmpty {
            guard let pseudonym = pseudonym(bytes, row[.device]) else { throw .device }
            device.pseudonym = pseudonym
        }
        var origin = Origin(file: defaultKind)
        if !row[.origin].isEmpty {
            guard let kind = FileKind(name: ascii(bytes, row[.origin])) else { throw .origin }
            origin.file = kind
        }
        if !row[.derivation].isEmpty {
            let name = ascii(bytes, row[.derivation])
            guard let derivation = Derivation.allCases.first(where: { $0.name == name }) else {
                throw .derivation
            }
            origin.derivation = derivation
        }
        return Stream(device: device, quantity: quantity, origin: origin)
    }

    private func copy(_ bytes: Span<UInt8>, _ bounds: Range<Int>) -> [UInt8] {
        var copy: [UInt8] = []
        copy.reserveCapacity(bounds.count)
        for index in bounds { copy.append(bytes[index]) }
        return copy
    }

    private func ascii(_ bytes: Span<UInt8>, _ bounds: Range<Int>) -> String {
        String(decoding: copy(bytes, bounds), as: UTF8.self)
    }

    private func text(
        _ bytes: Span<UInt8>, _ bounds: Range<Int>
    ) throws(HearthStreamProblem) -> String {
        let raw = copy(bytes, bounds)
        guard
            let text = String(
                validating: guardsFormulas ? FormulaGuard.removed(raw) : raw, as: UTF8.self)
        else { throw .text }
        return text
    }

    private func pseudonym(_ bytes: Span<UInt8>, _ bounds: Range<Int>) -> DeviceID? {
        guard bounds.count == 16 else { return nil }
        var value: UInt64 = 0
        for index in bounds {
            guard let digit = JSONStringState.hexValue(bytes[index]) else { return nil }
            value = value << 4 | UInt64(digit)
        }
        return DeviceID(rawValue: value)
    }
}
