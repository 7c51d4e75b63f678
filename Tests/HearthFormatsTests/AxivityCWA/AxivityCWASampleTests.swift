// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

@Suite(.enabled(if: SharedData.isPresent, "needs the shared recordings"))
struct AxivityCWASampleTests {
    struct Sample: Sendable {
        var path: String
        var samples: Int
        var blocks: Int
        var hasGyroscope = false
    }

    @Test(arguments: [
        Sample(path: "openmovement/example-610-steps.cwa", samples: 71_400, blocks: 595),
        Sample(
            path: "paradigma/test_data.CWA", samples: 36_400, blocks: 910, hasGyroscope: true),
        Sample(path: "scikit-digital-health/ax3_sample.cwa", samples: 58_800, blocks: 490),
        Sample(
            path: "scikit-digital-health/ax6_sample.cwa", samples: 10_360, blocks: 259,
            hasGyroscope: true),
    ])
    func `real recordings are read whole`(sample: Sample) throws {
        let bytes = try SharedData.bytes("formats/axivity-cwa/" + sample.path)
        let prefix = Array(bytes.prefix(4096))
        let format = FormatDetector.detect(prefix.span)
        #expect(format == .recording(.axivityCWA))
        let sink = readAll(bytes) { AxivityCWAReader() }
        #expect(sink.issues.map(\.code) == [.unanchoredTime])
        let samples = sink.samples(of: .acceleration)
        #expect(samples.count == sample.samples)
        #expect(
            sink.samples(of: .angularVelocity).count == (sample.hasGyroscope ? samples.count : 0))
        #expect(sink.values(.deviceTemperature).count == sample.blocks)
        #expect(sink.values(.light).count == sample.blocks)
        #expect(sink.values(.event) == [EventKind.recorderStart.value])
        // Worn or lying about, the acceleration is about that of the earth.
        let norms = samples.map { sample in
            sample.values.reduce(0) { $0 + $1 * $1 }.squareRoot()
        }
        let mean = norms.reduce(0, +) / Float(norms.count)
        #expect((0.9...1.3).contains(mean), "\(sample.path): \(mean)")
        // No step between samples is far from the others.
        let steps = zip(samples.dropFirst(), samples).map { $0.time - $1.time }
        let typical = (samples[samples.count - 1].time - samples[0].time) / Int64(steps.count)
        #expect(steps.allSatisfy { abs($0 - typical) < typical / 5 }, "\(sample.path)")
    }

    @Test(arguments: ["ax3", "ax6"])
    func `values and times are those of another decoder`(name: String) throws {
        let folder = try #require(SharedData.folder)
            .appending(path: "formats/axivity-cwa/scikit-digital-health")
        let url = folder.appending(path: name + "_sample.cwa")
        let bytes = try SharedData.bytes(
            "formats/axivity-cwa/scikit-digital-health/\(name)_sample.cwa")
        let matches = try MotionReferences.axivity(url, bytes)
        #expect(matches.count >= 2)
        for match in matches { #expect(match.holds, "\(match.sentence)") }
    }
}
