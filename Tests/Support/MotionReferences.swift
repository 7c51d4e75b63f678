// SPDX-License-Identifier: Apache-2.0
public import Foundation
import HearthBiosignals
import HearthFormats

/// Arrays that scikit-digital-health saved beside recordings of raw acceleration, with what the readers found.
public enum MotionReferences {
    /// Acceleration, angular velocity and times of an Axivity recording. Their temperature follows a
    /// formula that the vendor has replaced since, and is left out.
    public static func axivity(_ recording: URL, _ bytes: [UInt8]) throws -> [ReferenceMatch] {
        let stem = recording.lastPathComponent.components(separatedBy: "_sample")[0]
        let url = recording.deletingLastPathComponent().appending(path: stem + "_data.npz")
        guard FileManager.default.fileExists(atPath: url.path) else { return [] }
        let arrays = try NumPyArrays(url)
        let sink = readAll(bytes) { AxivityCWAReader() }
        var matches = [
            values(
                "scikit-digital-health, acceleration", sink.samples(of: .acceleration), arrays,
                "accel", tolerance: 6e-7),
            times(sink, arrays, tolerance: 2 / arrays.values("fs")[0]),
        ]
        if arrays.arrays["gyro"] != nil {
            matches.append(
                values(
                    "scikit-digital-health, angular velocity",
                    sink.samples(of: .angularVelocity), arrays, "gyro", tolerance: 1e-4))
        }
        return matches
    }

    /// Acceleration, light and temperature of a GENEActiv recording. Light is compared as the mean of
    /// each page, as the reader gives it.
    public static func geneActiv(_ recording: URL, _ bytes: [UInt8]) throws -> [ReferenceMatch] {
        let url = recording.deletingLastPathComponent().appending(path: "gnactv_data.npz")
        guard recording.lastPathComponent.hasPrefix("gnactv_sample"),
            FileManager.default.fileExists(atPath: url.path)
        else { return [] }
        let arrays = try NumPyArrays(url)
        let sink = readAll(bytes) { GENEActivReader() }
        var means = ReferenceMatch("scikit-digital-health, light and temperature of each page")
        let light = arrays.values("light")
        let temperature = arrays.values("temperature")
        let pages = sink.samples(of: .light)
        means.require(pages.count == light.count / 300, "number of pages")
        for (page, sample) in pages.enumerated() where (page + 1) * 300 <= light.count {
            let mean = light[page * 300..<page * 300 + 300].reduce(0, +) / 300
            means.expect(abs(Double(sample.values[0]) - mean) < 1e-3, "light")
        }
        for (page, value) in sink.values(.deviceTemperature).enumerated() {
            means.expect(abs(Double(value) - temperature[page * 300]) < 1e-3, "temperature")
        }
        return [
            values(
                "scikit-digital-health, acceleration", sink.samples(of: .acceleration), arrays,
                "accel", tolerance: 5.1e-5), means,
        ]
    }

    private static func values(
        _ name: String, _ samples: [FlatSample], _ arrays: NumPyArrays, _ key: String,
        tolerance: Double
    ) -> ReferenceMatch {
        var match = ReferenceMatch(name)
        let expected = (0..<3).map { arrays.column(key, $0) }
        match.require(samples.count == expected[0].count, "number of samples")
        for (index, sample) in samples.enumerated() where index < expected[0].count {
            for axis in 0..<3 {
                match.expect(
                    abs(Double(sample.values[axis]) - expected[axis][index]) <= tolerance,
                    "value")
            }
        }
        match.remark("within \(tolerance)")
        return match
    }

    /// Both take the recorder's clock for UTC here.
    private static func times(
        _ sink: CollectingSink, _ arrays: NumPyArrays, tolerance: Double
    ) -> ReferenceMatch {
        var match = ReferenceMatch("scikit-digital-health, times")
        for (sample, time) in zip(sink.samples(of: .acceleration), arrays.values("time")) {
            match.expect(abs(Double(sample.time) / 1e9 - time) <= tolerance, "time")
        }
        match.remark("within two samples: it rounds the times of blocks")
        return match
    }
}
