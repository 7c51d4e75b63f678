// SPDX-License-Identifier: Apache-2.0
public import Foundation
import HearthBiosignals
import HearthFormats

/// A WFDB record decoded the slow and obvious way, bit by bit, beside what the reader found.
///
/// Reads records of one segment whose files are there; shares no code with the reader.
public struct ReferenceWFDB {
    public struct Signal {
        public var file = ""
        public var format = 0
        public var perFrame = 1
        public var skew = 0
        public var offset = 0
        public var initial = 0
        public var checksum: Int?
        public var gain = 200.0
        public var baseline = 0
        public var label = ""
        /// As stored, sentinels and all.
        public var values: [Int] = []
    }

    public private(set) var signals: [Signal] = []
    public private(set) var hertz = 250.0
    private var frames: Int?

    /// - Parameter parts: the header, then its files.
    public init?(_ parts: [(name: String, bytes: [UInt8])]) {
        guard let header = parts.first else { return nil }
        let lines = String(decoding: header.bytes, as: UTF8.self)
            .split(whereSeparator: \.isNewline)
            .map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty && !$0.hasPrefix("#") }
        guard let first = lines.first?.split(separator: " "), first.count > 1,
            !first[0].contains("/"), let count = Int(first[1]), lines.count > count
        else { return nil }
        if first.count > 2 { hertz = Double(first[2].split(separator: "/")[0]) ?? 250 }
        if first.count > 3 { frames = Int(first[3]) }
        signals = lines.dropFirst().prefix(count).map(Self.signal)
        var done: Set<String> = []
        for signal in signals where done.insert(signal.file).inserted {
            guard let part = parts.first(where: { $0.name == signal.file }) else { return nil }
            decode(part.bytes, signal.file)
        }
    }

    private static func signal(_ line: String) -> Signal {
        let fields = line.split(separator: " ", maxSplits: 8)
        var signal = Signal(file: String(fields[0]))
        var key: Character = "f"
        var values: [Character: String] = [:]
        for letter in fields[1] {
            if "x:+".contains(letter) {
                key = letter
            } else {
                values[key, default: ""].append(letter)
            }
        }
        signal.format = Int(values["f"] ?? "") ?? 0
        signal.perFrame = Int(values["x"] ?? "") ?? 1
        signal.skew = Int(values[":"] ?? "") ?? 0
        signal.offset = Int(values["+"] ?? "") ?? 0
        if fields.count > 4 { signal.baseline = Int(fields[4]) ?? 0 }
        if fields.count > 2 {
            let parts = fields[2].split { "(/".contains($0) }
            signal.gain = Double(parts[0]) ?? 200
            if signal.gain == 0 { signal.gain = 200 }
            if fields[2].contains("("), let baseline = Int(parts[1].dropLast()) {
                signal.baseline = baseline
            }
        }
        if fields.count > 5 { signal.initial = Int(fields[5]) ?? 0 }
        if fields.count > 6 { signal.checksum = Int(fields[6]) }
        if fields.count > 8 { signal.label = fields[8].trimmingCharacters(in: .whitespaces) }
        return signal
    }

    private mutating func decode(_ bytes: [UInt8], _ file: String) {
        let group = signals.indices.filter { signals[$0].file == file }
        let bytes = Array(bytes.dropFirst(signals[group[0]].offset))
        let size = group.reduce(0) { $0 + signals[$1].perFrame }
        var number = 0
        var sums = group.map { signals[$0].initial }
        while frames.map({ number < $0 * size }) ?? true {
            guard let value = Self.value(bytes, number, signals[group[0]].format) else { break }
            var slot = number % size
            var place = 0
            while slot >= signals[group[place]].perFrame {
                slot -= signals[group[place]].perFrame
                place += 1
            }
            if signals[group[0]].format == 8 {
                sums[place] += value
                signals[group[place]].values.append(sums[place])
            } else {
                signals[group[place]].values.append(value)
            }
            number += 1
        }
        // Part of a frame is no frame.
        let whole = group.map { signals[$0].values.count / signals[$0].perFrame }.min() ?? 0
        for index in group {
            signals[index].values.removeLast(
                signals[index].values.count - whole * signals[index].perFrame)
        }
    }

    /// Sample `number` of the file, from its bits.
    private static func value(_ bytes: [UInt8], _ number: Int, _ format: Int) -> Int? {
        func bits(_ places: [Range<Int>]) -> Int? {
            var value = 0
            var width = 0
            for place in places {
                for bit in place {
                    guard bit / 8 < bytes.count else { return nil }
                    value |= Int(bytes[bit / 8] >> UInt8(bit % 8) & 1) << width
                    width += 1
                }
            }
            return value >= 1 << (width - 1) ? value - 1 << width : value
        }
        func plain(_ width: Int) -> Int? { bits([number * width..<(number + 1) * width]) }
        let start = number / 2 * 24
        let group = number / 3 * 32
        switch format {
        case 8: return plain(8)
        case 16: return plain(16)
        case 24: return plain(24)
        case 32: return plain(32)
        case 61: return bits([number * 16 + 8..<number * 16 + 16, number * 16..<number * 16 + 8])
        case 80: return plain(8).map { ($0 + 256) % 256 - 128 }
        case 160: return plain(16).map { ($0 + 65_536) % 65_536 - 32_768 }
        case 212:
            return number % 2 == 0
                ? bits([start..<start + 12])
                : bits([start + 16..<start + 24, start + 12..<start + 16])
        case 310:
            switch number % 3 {
            case 0: return bits([group + 1..<group + 11])
            case 1: return bits([group + 17..<group + 27])
            default: return bits([group + 11..<group + 16, group + 27..<group + 32])
            }
        case 311: return bits([group + number % 3 * 10..<group + number % 3 * 10 + 10])
        default: return nil
        }
    }
}

/// What WFDB records are compared with.
public enum WFDBReferences {
    static let sentinels: [Int: Int] = [
        16: -32_768, 24: -8_388_608, 32: -2_147_483_648, 61: -32_768, 80: -128, 160: -32_768,
        212: -2048, 310: -512, 311: -512,
    ]

    /// For the header of a record; files are looked for beside it.
    public static func matches(_ header: URL) throws -> [ReferenceMatch] {
        let parts = try WFDBParts.parts(header)
        guard let reference = ReferenceWFDB(parts) else { return [] }
        let sink = readAll(PartStream.bytes(parts)) { WFDBReader() }
        return [comparison(reference, sink)]
    }

    /// Every value of every signal, and its place in time.
    public static func comparison(
        _ reference: ReferenceWFDB, _ sink: CollectingSink
    ) -> ReferenceMatch {
        var match = ReferenceMatch("a decoder that goes bit by bit")
        for signal in reference.signals {
            let sentinel = sentinels[signal.format]
            let kept = signal.values.enumerated().filter { $0.element != sentinel }
            if kept.isEmpty { continue }
            let hertz = reference.hertz * Double(signal.perFrame)
            let streams = sink.streams.filter { stream, samples in
                let model = stream.device.model
                return stream.quantity != .event && stream.quantity != .rrInterval
                    && samples.count == kept.count
                    && (model == signal.label || model.hasPrefix(signal.label + " "))
            }
            let isFound = streams.values.contains { samples in
                let scale = self.scale(samples, kept, signal)
                return zip(samples, kept).allSatisfy { sample, value in
                    let physical = (Double(value.element) - Double(signal.baseline)) / signal.gain
                    let expected = physical * scale
                    let tolerance =
                        1e-5
                        * max(abs(expected), abs(Double(signal.baseline) / signal.gain * scale))
                        + 1e-9
                    return abs(Double(sample.values[0]) - expected) <= tolerance
                        && isInPlace(sample, value.offset, samples[0], kept[0].offset, hertz)
                }
            }
            match.expect(isFound, "a signal of format \(signal.format)")
        }
        return match
    }

    /// 1, or what turns the header's unit of voltage to microvolts.
    private static func scale(
        _ samples: [FlatSample], _ kept: [(offset: Int, element: Int)],
        _ signal: ReferenceWFDB.Signal
    ) -> Double {
        for (sample, value) in zip(samples, kept) {
            let physical = (Double(value.element) - Double(signal.baseline)) / signal.gain
            guard abs(physical) > 1e-9 else { continue }
            let ratio = Double(sample.values[0]) / physical
            return [1e6, 1000, 1, 0.001].min { abs($0 - ratio) < abs($1 - ratio) } ?? 1
        }
        return 1
    }

    private static func isInPlace(
        _ sample: FlatSample, _ index: Int, _ first: FlatSample, _ firstIndex: Int, _ hertz: Double
    ) -> Bool {
        let expected = Double(index - firstIndex) / hertz * 1e9
        return abs(Double(sample.time - first.time) - expected) < 1000
    }
}
