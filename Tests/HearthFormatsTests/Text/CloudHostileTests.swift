// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

/// Documents made to cost time: four times the length may cost four times as much, not sixteen.
@Suite(.serialized) struct CloudHostileTests {
    struct Shape: Sendable {
        var kind: FileKind
        var head: String
        var body: String

        func text(_ bytes: Int) -> [UInt8] {
            Array((head + String(repeating: body, count: bytes / body.utf8.count)).utf8)
        }
    }

    static let shapes: [Shape] = [
        Shape(kind: .garminConnect, head: "{\"heartRateValues\":[", body: "[1767765600000,63],"),
        Shape(kind: .garminConnect, head: "{\"heartRateValues\":[", body: "[1767x,63],"),
        Shape(
            kind: .garminConnect, head: "{",
            body: "\"heartRateValues\":[[1,2]],\"restingHeartRate\":5,"),
        Shape(
            kind: .garminConnect, head: "{",
            body:
                "\"heartRateValueDescriptors\":[{\"key\":\"x\",\"index\":0}],\"heartRateValues\":[[1]],"
        ),
        Shape(kind: .garminConnect, head: "[", body: "{\"sleepLevels\":["),
        Shape(kind: .garminConnect, head: "{\"a\":\"", body: "\\\"{"),
        Shape(
            kind: .garminConnect, head: "[{\"metrics\":[", body: "{\"type\":\"HRV\",\"value\":1},"),
        Shape(kind: .oura, head: "{\"bedtime_start\":\"", body: "\",\""),
        Shape(kind: .oura, head: "{\"data\":[", body: "{\"bpm\":1,\"timestamp\":\"x\"},"),
        Shape(kind: .oura, head: "timestamp;bpm\n", body: "\"[[[[;{\n"),
        Shape(kind: .oura, head: "timestamp;bpm\n", body: "2025-10-26T01:00:00Z;[1,[2\n"),
        Shape(kind: .polar, head: "{\"exercises\":[", body: "{\"startTime\":\"x\"},"),
        Shape(
            kind: .polar, head: "{\"exercises\":[{\"samples\":{\"samples\":[",
            body: "{\"type\":\"HEART_RATE\",\"values\":[NaN,-]},"),
        Shape(kind: .polar, head: "{\"deviceDays\":[{\"samples\":[", body: "{\"heartRate\":61},"),
        Shape(
            kind: .samsungHealth, head: "com.samsung.shealth.sleep,1,2\nstart_time\n", body: ",,\n"),
        Shape(kind: .samsungHealth, head: "[", body: "{\"start_time\":1,\"heart_rate\":"),
    ]

    @Test(arguments: shapes.indices)
    func `time grows with length and no faster`(index: Int) {
        let shape = Self.shapes[index]
        func time(_ bytes: Int) -> Duration {
            let text = shape.text(bytes)
            let clock = ContinuousClock()
            return clock.measure {
                _ = readAll(text) {
                    ReaderCatalog.reader(of: shape.kind) ?? AnyRecordingReader(HearthCSVReader())
                }
            }
        }
        let short = time(25_000)
        let long = time(100_000)
        #expect(long < short * 8 + .seconds(1), "\(shape.kind.name) \(index): \(short), \(long)")
    }
}
