// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthFormats

/// A slow decoder of sound EDF and BDF files, written apart from the reader, from the published layout.
public struct ReferenceEDF {
    public struct Signal {
        public var label: String
        public var unit: String
        public var physical: (Double, Double)
        public var digital: (Double, Double)
        public var samplesPerRecord: Int
        public var values: [Int] = []

        public func physical(_ value: Int) -> Double {
            let share = (Double(value) - digital.0) / (digital.1 - digital.0)
            return physical.0 + share * (physical.1 - physical.0)
        }
    }

    public var signals: [Signal] = []
    /// Onset, duration and text of each annotation that has a text.
    public var annotations: [(onset: Double, duration: Double, text: String)] = []
    /// Onset of each record, where told.
    public var recordOnsets: [Double?] = []
    public var recordSeconds: Double

    public init?(_ bytes: [UInt8]) {
        func text(_ start: Int, _ count: Int) -> String {
            let scalars = bytes[start..<start + count].map { Character(Unicode.Scalar($0)) }
            var text = Substring(String(scalars))
            while text.last == " " || text.last == "\0" { text.removeLast() }
            return String(text)
        }
        guard bytes.count >= 256, let count = Int(text(252, 4)), let seconds = Double(text(244, 8))
        else { return nil }
        recordSeconds = seconds
        let width = bytes[0] == 0xFF ? 3 : 2
        func field(_ before: Int, _ size: Int, _ index: Int) -> String {
            text(256 + before * count + index * size, size)
        }
        for index in 0..<count {
            signals.append(
                Signal(
                    label: field(0, 16, index), unit: field(96, 8, index),
                    physical: (
                        Double(field(104, 8, index)) ?? 0, Double(field(112, 8, index)) ?? 0
                    ),
                    digital: (
                        Double(field(120, 8, index)) ?? 0, Double(field(128, 8, index)) ?? 0
                    ),
                    samplesPerRecord: Int(field(216, 8, index)) ?? 0))
        }
        let recordBytes = signals.reduce(0) { $0 + $1.samplesPerRecord } * width
        var place = 256 * (count + 1)
        while recordBytes > 0, place + recordBytes <= bytes.count {
            var onset: Double?
            var isFirst = true
            for index in signals.indices {
                let size = signals[index].samplesPerRecord * width
                let part = bytes[place..<place + size]
                if signals[index].label.hasSuffix(" Annotations") {
                    let told = takeLists(part)
                    if isFirst { onset = told }
                    isFirst = false
                } else {
                    for start in stride(from: place, to: place + size, by: width) {
                        signals[index].values.append(Self.value(bytes[start..<start + width]))
                    }
                }
                place += size
            }
            recordOnsets.append(onset)
        }
    }

    private static func value(_ bytes: ArraySlice<UInt8>) -> Int {
        let raw = bytes.reversed().reduce(0) { $0 * 256 + Int($1) }
        let half = 1 << (8 * bytes.count - 1)
        return raw >= half ? raw - 2 * half : raw
    }

    /// The onset of the first list, if it tells the record's start.
    private mutating func takeLists(_ bytes: ArraySlice<UInt8>) -> Double? {
        var told: Double?
        for (number, list) in bytes.split(separator: 0).enumerated() {
            let parts = list.split(separator: 0x14, omittingEmptySubsequences: false)
            let times = parts[0].split(separator: 0x15).map { String(decoding: $0, as: UTF8.self) }
            guard let onset = times.first.flatMap(Double.init) else { continue }
            if number == 0, parts.count > 1, parts[1].isEmpty { told = onset }
            for text in parts.dropFirst() where !text.isEmpty {
                annotations.append(
                    (
                        onset, times.count > 1 ? Double(times[1]) ?? 0 : 0,
                        String(decoding: text, as: UTF8.self)
                    ))
            }
        }
        return told
    }
}

/// Keeps what a reader of signals delivers as stored integers.
public struct StoredSink: SampleSink {
    public struct Stream {
        public var times: [Int64] = []
        public var columns: [[Int32]] = []
        public var scales: [Scale] = []
        public var floats: [Float] = []
        public var durations: [Int64] = []
    }
    public var streams: [FlatStream: Stream] = [:]
    /// In order of appearance.
    public var order: [FlatStream] = []
    public var blocks: [SampleBlock] = []
    public var issues: [ReadIssue] = []

    public init() {}

    public mutating func accept(_ block: SampleBlock) {
        let key = FlatStream(device: block.device, quantity: block.quantity, origin: block.origin)
        if streams[key] == nil { order.append(key) }
        var stream = streams[key] ?? Stream()
        streams[key] = nil
        if stream.columns.isEmpty {
            stream.columns = Array(repeating: [], count: block.columns.count)
        }
        for index in 0..<block.count { stream.times.append(block.times[index].nanoseconds) }
        stream.scales.removeAll()
        for (index, column) in block.columns.enumerated() {
            switch column {
            case .int16(let values, let scale):
                stream.columns[index] += values.map { Int32($0) }
                stream.scales.append(scale)
            case .int32(let values, let scale):
                stream.columns[index] += values
                stream.scales.append(scale)
            case .float32(let values): stream.floats += values
            }
        }
        stream.durations += (0..<block.count).map { block.duration(at: $0) }
        streams[key] = stream
        blocks.append(block)
    }

    public mutating func report(_ issue: ReadIssue) { issues.append(issue) }

    /// Everything an EDF file gives.
    public static func read(_ bytes: [UInt8], _ context: ReadContext = ReadContext()) -> StoredSink
    {
        var sink = StoredSink()
        var reader = EDFReader(context)
        try? reader.read(bytes.span, into: &sink)
        try? reader.finish(into: &sink)
        return sink
    }
}
