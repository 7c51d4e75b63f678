// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

func readEmbracePlus(_ bytes: [UInt8], limits: ReadLimits = .standard) -> CollectingSink {
    readAll(bytes) { EmbracePlusReader(limits: limits) }
}

@Suite struct EmbracePlusReaderTests {
    static let start = EmbracePlusBuilder.start * 1000

    @Test(arguments: [nil, "null", "deflate"])
    func `the reader keeps the contract`(codec: String?) {
        let bytes = EmbracePlusBuilder.all().container(codec: codec)
        checkReader(bytes, samples: EmbracePlusBuilder.allSamples, exhaustive: 4096) {
            EmbracePlusReader()
        }
    }

    @Test func `every sensor is read in its unit`() {
        let sink = readEmbracePlus(EmbracePlusBuilder.all().container(codec: "deflate"))
        let step: Float = 1.0 / 2048
        let expected: [[Float]] = [
            [0, step, 9 * step], [1, 2 * step, 8 * step], [-1, 3 * step, 7 * step],
        ]
        #expect(sink.samples(of: .acceleration).map(\.values) == expected)
        #expect(sink.values(.eda) == [0.5, 0.25, 1.5])
        #expect(sink.values(.skinTemperature) == [33.5, 33.25])
        #expect(sink.values(.ppg) == [-1.5, 0.25, 2])
        #expect(sink.samples(of: .steps).map(\.values) == [[0], [9], [3]])
        #expect(sink.samples(of: .steps).allSatisfy { $0.duration == 4_999_999_925 })
        #expect(sink.samples(of: .event).map(\.time) == [Self.start, Self.start + 5_000_000_000])
        #expect(sink.samples(of: .angularVelocity).isEmpty)
        #expect(sink.issues.map(\.code.name) == ["ignored"])
    }

    @Test func `a rate that is not round gives exact times`() {
        var builder = EmbracePlusBuilder()
        let many = Array(repeating: Int64(5), count: 100_000)
        builder.addInertial("accelerometer", x: many, y: many, z: many)
        let samples = readEmbracePlus(builder.container()).samples(of: .acceleration)
        #expect(samples.count == 100_000)
        let expected = Double(99_999) / Double(Float(64.0023))
        let found = Double((samples.last?.time ?? 0) - Self.start) / 1e9
        #expect(abs(found - expected) < 1e-8)
    }

    @Test func `the zone is told and the person is not`() {
        let sink = readEmbracePlus(EmbracePlusBuilder.all().container())
        let zone = sink.samples(of: .zoneOffset)
        #expect(zone.map(\.values) == [[-18_000, Float(ZoneOrigin.file.rawValue)]])
        #expect(zone.map(\.time) == [Self.start])
        #expect(sink.issue(.ignored, "participant")?.samplesLost == 0)
        let devices = Set(sink.streams.keys.filter { $0.quantity != .zoneOffset }.map(\.device))
        #expect(devices.count == 1)
        #expect(devices.first?.label == "Empatica EmbracePlus")
        #expect(devices.first.map { $0.unit != 0 } == true)
        let text = "\(sink.streams) \(sink.issues)"
        #expect(!text.contains("Jane") && !text.contains("3YK"))
    }

    @Test func `beats give intervals, pauses beyond three seconds do not`() {
        let sink = readEmbracePlus(EmbracePlusBuilder.all().container())
        let beats = sink.samples(of: .rrInterval)
        #expect(beats.map(\.values) == [[800], [850], [900]])
        #expect(beats.map { ($0.time - Self.start) / 1_000_000 } == [800, 1650, 9900])
        #expect(
            sink.streams.keys.first { $0.quantity == .rrInterval }?.origin.derivation == .derived)
    }

    @Test func `a beat that is not later is counted`() {
        var builder = EmbracePlusBuilder()
        builder.addTimes(
            "systolicPeaks", "peaksTimeNanos", [5_000_000_000, 4_000_000_000, 5_800_000_000])
        let sink = readEmbracePlus(builder.container())
        #expect(sink.values(.rrInterval) == [800])
        #expect(sink.issue(.timeBackwards)?.samplesLost == 1)
    }

    @Test func `the factor of later schemas counts before the ranges`() {
        var builder = EmbracePlusBuilder()
        builder.addInertial(
            "accelerometer", parameters: EmbracePlusBuilder.parameters.map { ($0.0, 0) },
            factor: 0.5, x: [2], y: [4], z: [6])
        let sink = readEmbracePlus(builder.container())
        #expect(sink.samples(of: .acceleration).map(\.values) == [[1, 2, 3]])
    }

    @Test func `turning is read from radians into degrees`() {
        var builder = EmbracePlusBuilder()
        builder.addInertial("gyroscope", factor: Float.pi / 180, x: [1], y: [-2], z: [3])
        let samples = readEmbracePlus(builder.container()).samples(of: .angularVelocity)
        #expect(samples.count == 1)
        #expect(zip(samples.first?.values ?? [], [1, -2, 3]).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    @Test func `fields that later schemas add do no harm`() {
        var builder = EmbracePlusBuilder.all()
        let map = "{\"type\":\"map\",\"values\":[\"null\",\"double\"]}"
        builder.raw.insert(
            (
                "respiration", map,
                AvroBuilder.number(1) + AvroBuilder.text("rate") + AvroBuilder.number(1)
                    + AvroBuilder.double(0.25) + [0]
            ), at: 2)
        builder.raw.append(
            ("hash", "{\"type\":\"fixed\",\"size\":3,\"name\":\"Hash\"}", [1, 2, 3]))
        builder.raw.append(("isWorn", "\"boolean\"", [1]))
        let sink = readEmbracePlus(builder.container(codec: "deflate"))
        #expect(sink.sampleCount == EmbracePlusBuilder.allSamples)
        #expect(sink.issue(.unknownField)?.count == 3)
    }

    @Test func `the order of fields and types of numbers are the schema's`() {
        let values = AvroBuilder.arrayType("[\"null\",\"double\"]")
        let type = AvroBuilder.record(
            "Eda",
            [
                ("values", values), ("samplingFrequency", "\"double\""),
                ("timestampStart", "\"long\""),
            ])
        var builder = EmbracePlusBuilder()
        let items = [1.5, 2.5].map { AvroBuilder.number(1) + AvroBuilder.double($0) }
        builder.raw = [
            (
                "eda", type,
                AvroBuilder.array(items) + AvroBuilder.double(0.5)
                    + AvroBuilder.number(EmbracePlusBuilder.start)
            )
        ]
        let samples = readEmbracePlus(builder.container()).samples(of: .eda)
        #expect(samples.map(\.values) == [[1.5], [2.5]])
        #expect(samples.map(\.time) == [Self.start, Self.start + 2_000_000_000])
    }

    @Test func `samples without start, rate or scale are counted`() {
        var builder = EmbracePlusBuilder()
        builder.addValues("eda", start: 0, rate: 4, [1, 2])
        builder.addValues("temperature", rate: 0, [33])
        builder.addInertial(
            "accelerometer", parameters: EmbracePlusBuilder.parameters.map { ($0.0, 0) }, x: [1],
            y: [2], z: [3])
        let sink = readEmbracePlus(builder.container())
        #expect(sink.sampleCount == 0 && sink.samplesLost == 4)
        #expect(Set(sink.issues.map(\.code.name)) == ["unanchored-time", "invalid-value"])
    }

    @Test func `implausible and uneven samples cost only themselves`() {
        var builder = EmbracePlusBuilder()
        builder.addValues("temperature", rate: 1, [33, .nan, 34, 99, 35])
        builder.addInertial(
            "accelerometer", x: [1, 1 << 40, 3], y: [1, 2, 3], z: [1, 2])
        let sink = readEmbracePlus(builder.container())
        #expect(sink.values(.skinTemperature) == [33, 34, 35])
        #expect(
            sink.samples(of: .skinTemperature).map { ($0.time - Self.start) / 1_000_000_000 }
                == [0, 2, 4])
        #expect(sink.samples(of: .acceleration).count == 1)
        #expect(sink.issue(.implausibleValue)?.samplesLost == 3)
        #expect(sink.issue(.damaged, "axes")?.samplesLost == 1)
    }

    @Test(
        .enabled(if: SharedData.isPresent, "needs the shared recordings"))
    func `a real session is read as a slow decoder reads it`() throws {
        let bytes = try SharedData.bytes("formats/empatica/embraceplus/test_file.avro")
        let prefix = Array(bytes.prefix(FormatDetector.prefixBytes))
        #expect(FormatDetector.detect(prefix.span) == .recording(.embracePlus))
        let sink = readEmbracePlus(bytes)
        #expect(sink.error == nil)
        #expect(sink.samples(of: .acceleration).count == 22_208)
        #expect(sink.samples(of: .ppg).count == 22_016)
        #expect(sink.samples(of: .eda).count == 1380)
        #expect(sink.samples(of: .skinTemperature).count == 345)
        #expect(sink.samples(of: .steps).count == 68)
        #expect(sink.samples(of: .zoneOffset).map(\.values) == [[-18_000, 2]])
        #expect(sink.issues.map(\.code.name) == ["ignored"])
        // Sums of counts, and the number of intervals, as the package fastavro finds them.
        let sums = [0, 2].map { axis in
            sink.samples(of: .acceleration).reduce(0) {
                $0 + Int(($1.values[axis] * 2048).rounded())
            }
        }
        #expect(sums == [-9_366_144, 20_013_070])
        #expect(sink.samples(of: .rrInterval).count == 415)
        let norms = sink.samples(of: .acceleration).map { sample in
            sample.values.reduce(0) { $0 + $1 * $1 }.squareRoot()
        }
        #expect(abs(norms.reduce(0, +) / Float(norms.count) - 1.02) < 0.02)
        for match in EmbracePlusReferences.matches(bytes, sink) {
            #expect(match.holds, "\(match.sentence)")
        }
    }
}
