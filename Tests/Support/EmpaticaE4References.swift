// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals

/// E4 files, taken apart with string functions, beside what the reader found.
public enum EmpaticaE4References {
    public static func matches(
        _ bytes: [UInt8], name: String, _ sink: CollectingSink
    ) -> [ReferenceMatch] {
        var match = ReferenceMatch("a slow parser of lines")
        let rows = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\n")
            .filter { !$0.isEmpty }
            .map { $0.components(separatedBy: ",").map { $0.trimmingCharacters(in: .whitespaces) } }
        guard let quantity = quantity(name), let start = rows.first?.first.flatMap(Double.init)
        else { return [] }
        let expected: [FlatSample]
        switch quantity {
        case .rrInterval:
            expected = rows.dropFirst().map {
                FlatSample(
                    time: nanoseconds(start + (Double($0[0]) ?? 0)),
                    values: [Float((Double($0[1]) ?? 0) * 1000)])
            }
        case .event:
            expected = rows.map {
                FlatSample(time: nanoseconds(Double($0[0]) ?? 0), values: [EventKind.marker.value])
            }
        default:
            let rate = Double(rows[1][0]) ?? 1
            expected = rows.dropFirst(2).enumerated().map { index, row in
                let numbers = row.compactMap(Float.init)
                return FlatSample(
                    time: nanoseconds(start + Double(index) / rate),
                    values: quantity == .acceleration ? numbers.map { $0 / 64 } : numbers)
            }
        }
        let kept = expected.filter { $0.values.allSatisfy(quantity.facts.plausible.contains) }
        let found = sink.samples(of: quantity)
        match.require(found.count == kept.count, "number of samples")
        match.require(sink.sampleCount == found.count, "samples of another quantity")
        for (one, other) in zip(found, kept.sorted()) {
            // Doubles of seconds since 1970 are exact to a quarter of a microsecond.
            match.expect(
                abs(one.time - other.time) < 1000 && one.values == other.values,
                quantity.facts.name)
        }
        return [match]
    }

    private static func quantity(_ name: String) -> Quantity? {
        switch name.components(separatedBy: ".").first {
        case "ACC": .acceleration
        case "BVP": .ppg
        case "EDA": .eda
        case "TEMP": .skinTemperature
        case "HR": .heartRate
        case "IBI": .rrInterval
        case "tags": .event
        default: nil
        }
    }

    private static func nanoseconds(_ seconds: Double) -> Int64 {
        let whole = seconds.rounded(.down)
        return Int64(whole) * 1_000_000_000 + Int64(((seconds - whole) * 1e9).rounded())
    }
}
