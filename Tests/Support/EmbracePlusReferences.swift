// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// EmbracePlus containers, decoded by ``ReferenceAvro``, beside what the reader found.
public enum EmbracePlusReferences {
    private typealias Object = [String: Any]

    public static func matches(_ bytes: [UInt8], _ sink: CollectingSink) -> [ReferenceMatch] {
        var match = ReferenceMatch("a slow decoder of Avro")
        guard let avro = ReferenceAvro(bytes) else {
            match.require(false, "the container could not be decoded")
            return [match]
        }
        var expected: [Quantity: [FlatSample]] = [:]
        for case let session as Object in avro.objects {
            let raw = session["rawData"] as? Object ?? [:]
            expected[.acceleration, default: []] += inertial(raw["accelerometer"], 1)
            expected[.angularVelocity, default: []] += inertial(raw["gyroscope"], 180 / Double.pi)
            expected[.eda, default: []] += values(raw["eda"])
            expected[.skinTemperature, default: []] += values(raw["temperature"])
            expected[.ppg, default: []] += values(raw["bvp"])
            expected[.steps, default: []] += values(raw["steps"], lasts: true)
            expected[.rrInterval, default: []] += intervals(raw["systolicPeaks"])
            let tags = (raw["tags"] as? Object)?["tagsTimeMicros"] as? [Int] ?? []
            expected[.event, default: []] += tags.map {
                FlatSample(time: Int64($0) * 1000, values: [EventKind.marker.value])
            }
        }
        for (quantity, samples) in expected {
            let plausible = quantity.facts.plausible
            let kept = samples.filter { $0.values.allSatisfy(plausible.contains) }
            let found = sink.samples(of: quantity)
            match.require(found.count == kept.count, "number of \(quantity.facts.name)")
            for (one, other) in zip(found, kept) { match.expect(one == other, quantity.facts.name) }
        }
        return [match]
    }

    private static func inertial(_ sensor: Any?, _ unit: Double) -> [FlatSample] {
        guard let sensor = sensor as? Object, let parameters = sensor["imuParams"] as? Object else {
            return []
        }
        let axes = ["x", "y", "z"].map { sensor[$0] as? [Int] ?? [] }
        guard !axes[0].isEmpty else { return [] }
        func parameter(_ name: String) -> Double {
            Double(parameters[name] as? Int ?? 0)
        }
        let ranges =
            (parameter("physicalMax") - parameter("physicalMin"))
            / (parameter("digitalMax") - parameter("digitalMin"))
        let scale = (parameters["conversionFactor"] as? Float).map(Double.init) ?? ranges
        let factor = Float(scale * unit)
        return axes[0].indices.map { index in
            FlatSample(
                time: time(sensor, index), values: axes.map { Float($0[index]) * factor })
        }
    }

    private static func values(_ sensor: Any?, lasts: Bool = false) -> [FlatSample] {
        guard let sensor = sensor as? Object, let list = sensor["values"] as? [Any] else {
            return []
        }
        return list.indices.map { index in
            let value = (list[index] as? Float) ?? Float(list[index] as? Int ?? 0)
            return FlatSample(
                time: time(sensor, index),
                duration: lasts ? time(sensor, 1) - time(sensor, 0) : 0, values: [value])
        }
    }

    /// Start and index divided by the rate; in 80-bit or exact steps the same as the reader's.
    private static func time(_ sensor: Object, _ index: Int) -> Int64 {
        let start = Int64(sensor["timestampStart"] as? Int ?? 0) * 1000
        let rate = Double(sensor["samplingFrequency"] as? Float ?? 0)
        // Whole nanoseconds by exact integers: the rate is a multiple of 2^-32 Hz.
        let step = UInt64(rate * 4_294_967_296)
        let product = (UInt64(index) * 1_000_000_000).multipliedFullWidth(by: 4_294_967_296)
        return start + Int64(step.dividingFullWidth(product).quotient)
    }

    private static func intervals(_ peaks: Any?) -> [FlatSample] {
        let times = (peaks as? Object)?["peaksTimeNanos"] as? [Int] ?? []
        return zip(times, times.dropFirst()).compactMap { first, second in
            guard second > first, second - first <= 3_000_000_000 else { return nil }
            return FlatSample(
                time: Int64(second), values: [Float(Double(second - first) / 1e6)])
        }
    }
}
