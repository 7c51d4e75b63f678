// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats

/// EDF and BDF files as the slow decoder finds them, beside what the reader found.
public enum EDFReferences {
    public static func matches(_ bytes: [UInt8]) -> [ReferenceMatch] {
        guard let reference = ReferenceEDF(bytes) else { return [] }
        let sink = StoredSink.read(bytes)
        return [samples(reference, sink), annotations(reference, sink)].compactMap { $0 }
    }

    /// Every stored integer, every time to the nanosecond, and every scale at both ends of its range.
    private static func samples(_ reference: ReferenceEDF, _ sink: StoredSink) -> ReferenceMatch? {
        let signals = reference.signals.filter {
            !$0.label.hasSuffix(" Annotations") && $0.samplesPerRecord > 0
        }
        guard !signals.isEmpty, reference.recordSeconds > 0 else { return nil }
        var match = ReferenceMatch("a slow decoder of its own", unit: "samples")
        var seen: [String: Int] = [:]
        for signal in signals {
            let number = seen[signal.label, default: 0] + 1
            seen[signal.label] = number
            guard let (stream, column) = find(signal, number, sink) else {
                match.require(false, "a signal is missing")
                continue
            }
            let lost = sink.issues.contains { $0.code == .implausibleValue && $0.samplesLost > 0 }
            match.require(lost || stream.columns[column].count == signal.values.count, "samples")
            for (index, value) in stream.columns[column].enumerated()
            where index < signal.values.count && !lost {
                match.expect(Int(value) == signal.values[index], "a stored value")
                match.require(
                    isTime(
                        stream.times[index] - (stream.times.first ?? 0), signal, index, reference),
                    "a time")
            }
            match.require(isScale(stream.scales[column], signal), "a scale")
        }
        return match
    }

    private static func find(
        _ signal: ReferenceEDF.Signal, _ number: Int, _ sink: StoredSink
    ) -> (stream: StoredSink.Stream, column: Int)? {
        for (key, stream) in sink.streams {
            let model = key.device.model
            let name = number == 1 ? model : String(model.dropLast(" #\(number)".count))
            guard number == 1 ? !model.contains(" #") : model.hasSuffix(" #\(number)") else {
                continue
            }
            let plain = name.split(separator: " [").first.map(String.init) ?? name
            if key.quantity == .acceleration {
                let axis = ["x", "y", "z"].firstIndex(of: signal.label.suffix(1).lowercased())
                if signal.label.hasPrefix(plain), let axis { return (stream, axis) }
            } else if plain == signal.label || name == signal.label {
                return (stream, 0)
            }
        }
        return nil
    }

    private static func isTime(
        _ nanoseconds: Int64, _ signal: ReferenceEDF.Signal, _ index: Int, _ reference: ReferenceEDF
    ) -> Bool {
        let record = index / signal.samplesPerRecord
        let within = Double(index % signal.samplesPerRecord) / Double(signal.samplesPerRecord)
        let first = reference.recordOnsets.first.flatMap { $0 } ?? 0
        let told =
            reference.recordOnsets.indices.contains(record)
            ? reference.recordOnsets[record].map { $0 - first } : nil
        let start = told ?? Double(record) * reference.recordSeconds
        let expected = (start + within * reference.recordSeconds) * 1e9
        return abs(Double(nanoseconds) - expected) < 1000
    }

    /// Up to the unit's factor, the physical values at both ends of the digital range.
    private static func isScale(_ scale: Scale, _ signal: ReferenceEDF.Signal) -> Bool {
        let (low, high) = signal.digital
        guard low != high, signal.physical.0 != signal.physical.1 else { return scale == Scale() }
        let span = abs(signal.physical.1 - signal.physical.0)
        let factor = Double(scale.factor) * (high - low) / (signal.physical.1 - signal.physical.0)
        return [low, high].allSatisfy { end in
            let found = (Double(scale.factor) * end + Double(scale.offset)) / factor
            let reach = span + abs(signal.physical.0) + abs(signal.physical.1)
            return abs(found - signal.physical(Int(end))) < 1e-5 * reach
        }
    }

    private static func annotations(
        _ reference: ReferenceEDF, _ sink: StoredSink
    ) -> ReferenceMatch? {
        guard !reference.annotations.isEmpty else { return nil }
        var match = ReferenceMatch("a slow decoder of its own", unit: "annotations")
        let stages = reference.annotations.filter { $0.text.hasPrefix("Sleep stage ") }
        let found = sink.streams.filter { $0.key.quantity == .sleepStage }.flatMap(\.value.floats)
        let times = sink.streams.filter { $0.key.quantity == .sleepStage }.flatMap(
            \.value.durations)
        let events = sink.streams.filter { $0.key.quantity == .event }.flatMap(\.value.times)
        let moved = reference.annotations.count { $0.text == "Movement time" }
        match.require(found.count == stages.count + moved, "number of stages")
        match.require(found.count + events.count == reference.annotations.count, "number")
        guard moved == 0, found.count == stages.count else { return match }
        let names: [String: SleepStage] = [
            "W": .wake, "1": .light, "2": .light, "N1": .light, "N2": .light, "3": .deep,
            "4": .deep, "N3": .deep, "R": .rem, "?": .unscored,
        ]
        for (index, stage) in stages.enumerated() {
            let name = String(stage.text.dropFirst("Sleep stage ".count))
            match.expect(names[name].map { Float($0.rawValue) } == found[index], "a stage")
            match.require(
                abs(Double(times[index]) - stage.duration * 1e9) < 1, "a stage's duration")
        }
        for _ in events { match.expect(true, "") }
        return match
    }
}
