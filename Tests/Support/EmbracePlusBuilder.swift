// SPDX-License-Identifier: Apache-2.0

/// Builds sessions of the EmbracePlus, with all of its fields or only some.
public struct EmbracePlusBuilder: Sendable {
    /// Fields of the session ahead of `rawData`: name, type, encoded value.
    public var outer: [(name: String, type: String, data: [UInt8])] = []
    /// Fields of `rawData`.
    public var raw: [(name: String, type: String, data: [UInt8])] = []

    public init() {}

    public static let start: Int64 = 1_767_323_045_250_000

    /// Every sensor once, short.
    public static func all() -> EmbracePlusBuilder {
        var builder = EmbracePlusBuilder()
        builder.outer = [
            ("timezone", "\"int\"", AvroBuilder.number(-18_000)),
            (
                "enrollment",
                AvroBuilder.record("Enrollment", [("participantID", "\"string\"")]),
                AvroBuilder.text("Jane Roe")
            ),
            ("deviceSn", "\"string\"", AvroBuilder.text("3YK0000001")),
            (
                "deviceModel",
                "{\"type\":\"enum\",\"name\":\"DeviceModel\",\"symbols\":[\"EMBRACEPLUS\"]}",
                AvroBuilder.number(0)
            ),
        ]
        builder.addInertial("accelerometer", x: [0, 2048, -2048], y: [1, 2, 3], z: [9, 8, 7])
        builder.addMissing("gyroscope")
        builder.addValues("eda", rate: 4.0004, [0.5, 0.25, 1.5])
        builder.addValues("temperature", rate: 1, [33.5, 33.25])
        builder.addTimes("tags", "tagsTimeMicros", [start, start + 5_000_000])
        builder.addValues("bvp", rate: 64, [-1.5, 0.25, 2])
        builder.addTimes(
            "systolicPeaks", "peaksTimeNanos",
            [0, 800, 1650, 9000, 9900].map { start * 1000 + $0 * 1_000_000 })
        builder.addSteps([0, 9, 3])
        return builder
    }

    /// Samples in ``all()``: 3 of acceleration, 3, 2, 3 and 3 values, 2 tags, 3 intervals, a zone.
    public static let allSamples = 20

    public static let parameters: [(String, Int64)] = [
        ("physicalMin", -16), ("physicalMax", 16), ("digitalMin", -32_768), ("digitalMax", 32_768),
    ]

    public mutating func addInertial(
        _ name: String, start: Int64 = start, rate: Float = 64.0023,
        parameters: [(String, Int64)] = parameters, factor: Float? = nil, x: [Int64], y: [Int64],
        z: [Int64]
    ) {
        var fields = parameters.map { ($0.0, "\"int\"") }
        var data = parameters.flatMap { AvroBuilder.number($0.1) }
        if let factor {
            fields.append(("conversionFactor", "\"float\""))
            data += AvroBuilder.single(factor)
        }
        let axis = AvroBuilder.arrayType("\"int\"")
        let type = AvroBuilder.record(
            "Inertial_\(name)",
            [
                ("timestampStart", "\"long\""), ("samplingFrequency", "\"float\""),
                ("imuParams", AvroBuilder.record("Parameters_\(name)", fields)),
                ("x", axis), ("y", axis), ("z", axis),
            ])
        let axes = [x, y, z].flatMap { AvroBuilder.array($0.map(AvroBuilder.number), block: 2) }
        raw.append(
            (name, type, AvroBuilder.number(start) + AvroBuilder.single(rate) + data + axes))
    }

    /// A sensor the device lacks.
    public mutating func addMissing(_ name: String) {
        addInertial(
            name, start: 0, rate: 0, parameters: Self.parameters.map { ($0.0, 0) }, x: [], y: [],
            z: [])
    }

    public mutating func addValues(
        _ name: String, start: Int64 = start, rate: Float, _ values: [Float]
    ) {
        addSensor(
            name, "\"float\"",
            AvroBuilder.number(start) + AvroBuilder.single(rate)
                + AvroBuilder.array(values.map(AvroBuilder.single), isSized: true))
    }

    public mutating func addSteps(start: Int64 = start, rate: Float = 0.2, _ values: [Int64]) {
        addSensor(
            "steps", "\"int\"",
            AvroBuilder.number(start) + AvroBuilder.single(rate)
                + AvroBuilder.array(values.map(AvroBuilder.number)))
    }

    private mutating func addSensor(_ name: String, _ items: String, _ data: [UInt8]) {
        let type = AvroBuilder.record(
            "Sensor_\(name)",
            [
                ("timestampStart", "\"long\""), ("samplingFrequency", "\"float\""),
                ("values", AvroBuilder.arrayType(items)),
            ])
        raw.append((name, type, data))
    }

    public mutating func addTimes(_ name: String, _ field: String, _ times: [Int64]) {
        let type = AvroBuilder.record(
            "Times_\(name)", [(field, AvroBuilder.arrayType("\"long\""))])
        raw.append((name, type, AvroBuilder.array(times.map(AvroBuilder.number))))
    }

    public var schema: String {
        let inner = AvroBuilder.record("RawData", raw.map { ($0.name, $0.type) })
        return AvroBuilder.record(
            "empatica.format.avro.Session",
            outer.map { ($0.name, $0.type) } + [("rawData", inner)])
    }

    public var data: [UInt8] { outer.flatMap(\.data) + raw.flatMap(\.data) }

    /// A container with the session once or more often, each in a block of its own.
    public func container(codec: String? = nil, times: Int = 1) -> [UInt8] {
        let body = codec == "deflate" ? AvroBuilder.stored(data) : data
        return AvroBuilder.header(schema: schema, codec: codec)
            + (0..<times).flatMap { _ in AvroBuilder.block(body) }
    }
}
