// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

@Suite struct GadgetbridgeReaderTests {
    private let second = DatabaseFixtures.second
    private let millisecond = DatabaseFixtures.millisecond
    private static let minute: Int64 = 60_000_000_000

    private func read(_ tables: SimulatedTable...) -> CollectingSink {
        let devices = DatabaseFixtures.gadgetbridge.simulated[0]
        return readDatabase(SimulatedRowSource([devices] + tables), as: .gadgetbridge)
    }

    private func stages(_ sink: CollectingSink, _ label: String = "") -> [[Int64]] {
        sink.streams.filter { stream, _ in
            stream.quantity == .sleepStage
                && (label.isEmpty || stream.device.label == label)
        }.flatMap(\.value).sorted().map { sample in
            [
                sample.time / 1_000_000_000 - Int64(second), sample.duration / 1_000_000_000,
                Int64(sample.values[0]),
            ]
        }
    }

    @Test func `the contract holds`() {
        checkDatabaseReader(
            DatabaseFixtures.gadgetbridge, as: .gadgetbridge,
            samples: DatabaseFixtures.gadgetbridgeSamples)
    }

    @Test func `minutes of a Mi Band become steps, heart rates, stages and wear`() {
        let sink = readDatabase(DatabaseFixtures.gadgetbridge, as: .gadgetbridge)
        let bip = sink.streams.filter { $0.key.device.label == "Huami AMAZFITBIP" }
        let rates = bip.first { $0.key.quantity == .heartRate }?.value ?? []
        // One of them measured by hand.
        #expect(Set(rates.map { $0.values[0] }) == [70, 60, 71])
        let steps = bip.first { $0.key.quantity == .steps }?.value ?? []
        #expect(steps.map { $0.values[0] } == [12, 0, 0, 0, 0])
        #expect(steps.allSatisfy { $0.duration == Self.minute })
        // Light, light continued and cut short by the next row, deep.
        #expect(
            stages(sink, "Huami AMAZFITBIP") == [[60, 60, 3], [120, 30, 3], [150, 60, 4]])
        // The first Mi Band means deep sleep by what later ones call cycling.
        #expect(stages(sink, "Xiaomi 1S") == [[0, 60, 4]])
        let wear = sink.samples(of: .wear)
        #expect(wear.map { $0.values } == [[0]])
        #expect(sink.issue(.sentinelValue, "MI_BAND_ACTIVITY_SAMPLE")?.samplesLost == 3)
        #expect(sink.issue(.ignored, "RAW_INTENSITY in MI_BAND_ACTIVITY_SAMPLE")?.count == 6)
    }

    @Test func `devices overlap and stay apart, and nothing personal is kept`() {
        let sink = readDatabase(DatabaseFixtures.gadgetbridge, as: .gadgetbridge)
        let devices = Set(sink.streams.keys.filter { $0.quantity == .heartRate }.map(\.device))
        #expect(devices.count == 4)
        #expect(Set(devices.map(\.unit)).count == 4)
        let texts = devices.map(\.label) + sink.issues.map(\.description)
        for word in ["Sam", "C8:0F", "SAMS_TABLE"] {
            #expect(!texts.contains { $0.contains(word) }, "\(word)")
        }
        #expect(sink.issue(.unknownElement, "a table of another name")?.count == 2)
        #expect(sink.issue(.ignored, "rows in USER")?.count == 1)
        #expect(sink.issue(.unsupported, "COLMI_HRV_VALUE_SAMPLE")?.count == 1)
    }

    @Test func `the nights of each vendor end where its rows say`() {
        let sink = readDatabase(DatabaseFixtures.gadgetbridge, as: .gadgetbridge)
        // Xiaomi: from the row on; the last one until waking.
        #expect(
            stages(sink, "Xiaomi M2239B1") == [[0, 600, 3], [600, 600, 4], [1200, 300, 5]])
        // Garmin: up to the row; the first one from the start of the night.
        #expect(stages(sink, "Garmin Venu 3") == [[0, 900, 3], [900, 1800, 4], [2700, 900, 5]])
    }

    @Test func `a stage without its other end is counted, not invented`() {
        let garmin = read(
            SimulatedTable(
                "GARMIN_SLEEP_STAGE_SAMPLE", ["TIMESTAMP", "DEVICE_ID", "STAGE"],
                [
                    [millisecond, 3, 2], [millisecond + 60_000, 3, 3],
                    [millisecond + 86_400_000, 3, 2],
                ]
            ))
        #expect(stages(garmin) == [[0, 60, 4]])
        #expect(garmin.issue(.unanchoredTime)?.samplesLost == 2)
        let xiaomi = read(
            SimulatedTable(
                "XIAOMI_SLEEP_STAGE_SAMPLE", ["TIMESTAMP", "DEVICE_ID", "STAGE"],
                [
                    [millisecond, 4, 2], [millisecond + 60_000, 4, 9],
                    [millisecond + 120_000, 4, 3],
                ]))
        #expect(stages(xiaomi) == [[0, 60, 4]])
        #expect(xiaomi.issue(.unknownElement, "stage")?.samplesLost == 1)
        #expect(xiaomi.issue(.unanchoredTime)?.samplesLost == 1)
    }

    @Test func `durations of stages are seconds or minutes by vendor`() {
        let columns = ["TIMESTAMP", "DEVICE_ID", "DURATION", "STAGE"]
        let cmf = read(
            SimulatedTable("CMF_SLEEP_STAGE_SAMPLE", columns, [[millisecond, 1, 120, 1]]))
        #expect(stages(cmf) == [[0, 120, 4]])
        let colmi = read(
            SimulatedTable("COLMI_SLEEP_STAGE_SAMPLE", columns, [[millisecond, 1, 2, 5]]))
        #expect(stages(colmi) == [[0, 120, 1]])
    }

    @Test func `extended Huami codes tell the stage by three columns`() {
        let sink = read(
            SimulatedTable(
                "HUAMI_EXTENDED_ACTIVITY_SAMPLE",
                [
                    "TIMESTAMP", "DEVICE_ID", "STEPS", "RAW_KIND", "SLEEP", "DEEP_SLEEP",
                    "REM_SLEEP", "HEART_RATE",
                ],
                [
                    [second, 1, 0, 120, 0, 0, 128 + 56, 50],
                    [second + 60, 1, 0, 120, 0, 43, 55, 50],
                    [second + 120, 1, 0, 120, 0, 42, 0, 50], [second + 180, 1, 0, 115, 0, 0, 0, 0],
                    [second + 240, 1, 0, 118, 0, 0, 0, 0],
                ]))
        #expect(stages(sink).map { $0[2] } == [5, 4, 3])
        #expect(sink.samples(of: .wear).count == 2)
    }

    @Test func `steps that count up from midnight are not summed`() {
        let sink = read(
            SimulatedTable(
                "CMF_ACTIVITY_SAMPLE", ["TIMESTAMP", "DEVICE_ID", "STEPS", "HEART_RATE"],
                [[second, 1, 5000, 60], [second + 60, 1, 5010, 61]]))
        #expect(sink.samples(of: .steps).isEmpty)
        #expect(sink.values(.heartRate) == [60, 61])
        #expect(sink.issue(.ignored, "STEPS in CMF_ACTIVITY_SAMPLE")?.count == 2)
    }

    @Test func `times in the other unit are refused, not moved to 1970`() {
        let columns = ["TIMESTAMP", "DEVICE_ID", "STRESS"]
        let sink = read(
            SimulatedTable(
                "HUAMI_STRESS_SAMPLE", columns, [[second, 1, 30], [millisecond, 1, 31]]),
            SimulatedTable(
                "PINE_TIME_ACTIVITY_SAMPLE", ["TIMESTAMP", "DEVICE_ID", "STEPS"],
                [[millisecond, 1, 5], [0, 1, 6], [-1, 1, nil]]))
        #expect(sink.values(.stress) == [31])
        #expect(sink.issue(.invalidValue, "time in HUAMI_STRESS_SAMPLE")?.samplesLost == 1)
        #expect(sink.issue(.invalidValue, "PINE_TIME_ACTIVITY_SAMPLE")?.samplesLost == 2)
    }

    @Test func `offsets of Huami rows become the clock, instants stay`() {
        let columns = ["TIMESTAMP", "DEVICE_ID", "UTC_OFFSET", "HEART_RATE"]
        let sink = read(
            SimulatedTable(
                "HUAMI_HEART_RATE_MANUAL_SAMPLE", columns,
                [
                    [millisecond, 1, 7_200_000, 60], [millisecond + 1000, 1, 3_600_000, 61],
                    [millisecond + 2000, 1, 17, 62],
                ]))
        #expect(
            sink.samples(of: .zoneOffset).map(\.values) == [
                [7200, Float(ZoneOrigin.file.rawValue)], [3600, Float(ZoneOrigin.file.rawValue)],
            ])
        #expect(sink.values(.heartRate) == [60, 61, 62])
        #expect(sink.issue(.invalidValue, "an offset from UTC")?.samplesLost == 0)
    }

    @Test func `rows of a device that is not listed are kept apart`() {
        let sink = read(
            SimulatedTable(
                "WENA3_HEART_RATE_SAMPLE", ["TIMESTAMP", "DEVICE_ID", "HEART_RATE"],
                [[millisecond, 9, 60], [millisecond, 1, 61]]))
        #expect(sink.streams.count == 2)
        #expect(sink.issue(.misplaced)?.count == 1)
    }

    @Test func `every published table has its facts`() throws {
        guard SharedData.isPresent else { return }
        let text = String(
            decoding: try SharedData.bytes("formats/specs/gadgetbridge-tables.md"), as: UTF8.self)
        let names = text.split(separator: "\n").compactMap { line -> String? in
            let cells = line.split(separator: "|").map { $0.trimmingPrefix(" ") }
            guard let name = cells.first?.split(separator: " ").first, name.count > 2,
                name.allSatisfy({ $0.isUppercase || $0.isNumber || $0 == "_" })
            else { return nil }
            return String(name)
        }
        #expect(names.count > 90)
        let columns = ["TIMESTAMP", "DEVICE_ID", "_id"]
        for name in names where name != "DEVICE" {
            let sink = read(SimulatedTable(name, columns, [[1, 1, 1]]))
            #expect(sink.issue(.unknownElement) == nil, "\(name)")
        }
    }
}
