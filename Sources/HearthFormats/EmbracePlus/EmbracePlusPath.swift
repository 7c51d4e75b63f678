// SPDX-License-Identifier: Apache-2.0

/// The names of fields that this reader knows.
enum EmbracePlusName: String, Sendable {
    case schemaVersion, fwVersion, hwVersion, algoVersion, timezone, enrollment, deviceSn
    case deviceModel, rawData
    case accelerometer, gyroscope, eda, temperature, bvp, steps, tags, systolicPeaks
    case timestampStart, samplingFrequency, imuParams, x, y, z, values
    case physicalMin, physicalMax, digitalMin, digitalMax, conversionFactor
    case tagsTimeMicros, peaksTimeNanos
    case other

    init(_ bytes: [UInt8]) {
        self = Self(rawValue: String(decoding: bytes, as: UTF8.self)) ?? .other
    }
}

/// A stream of samples that a session holds.
enum EmbracePlusSensor: UInt8, Sendable {
    case accelerometer, gyroscope, eda, temperature, bvp, steps
}

/// Where in a session a value stands.
enum EmbracePlusPath: Sendable, Equatable {
    case session, rawData
    case sensor(EmbracePlusSensor)
    case parameters(EmbracePlusSensor)
    case tags, peaks
    // Values.
    case timezone, serial, model
    case start, rate
    case physicalMin, physicalMax, digitalMin, digitalMax, conversion
    case x, y, z, values
    case tagTime, peakTime
    /// Known and not read: versions of the device's parts.
    case version
    /// Names and numbers of the person and the study; dropped.
    case person
    /// Inside something that is not read.
    case elsewhere
    /// A field this reader does not know.
    case unknown

    /// The place of a field of a record at this place.
    func field(_ name: EmbracePlusName) -> EmbracePlusPath {
        switch self {
        case .session: Self.ofSession(name)
        case .rawData: Self.ofRawData(name)
        case .sensor(let sensor): Self.ofSensor(name, sensor)
        case .parameters: Self.ofParameters(name)
        case .tags: name == .tagsTimeMicros ? .tagTime : .unknown
        case .peaks: name == .peaksTimeNanos ? .peakTime : .unknown
        default: .elsewhere
        }
    }

    private static func ofSession(_ name: EmbracePlusName) -> EmbracePlusPath {
        switch name {
        case .schemaVersion, .fwVersion, .hwVersion, .algoVersion: .version
        case .timezone: .timezone
        case .enrollment: .person
        case .deviceSn: .serial
        case .deviceModel: .model
        case .rawData: .rawData
        default: .unknown
        }
    }

    private static func ofRawData(_ name: EmbracePlusName) -> EmbracePlusPath {
        switch name {
        case .accelerometer: .sensor(.accelerometer)
        case .gyroscope: .sensor(.gyroscope)
        case .eda: .sensor(.eda)
        case .temperature: .sensor(.temperature)
        case .bvp: .sensor(.bvp)
        case .steps: .sensor(.steps)
        case .tags: .tags
        case .systolicPeaks: .peaks
        default: .unknown
        }
    }

    private static func ofSensor(
        _ name: EmbracePlusName, _ sensor: EmbracePlusSensor
    ) -> EmbracePlusPath {
        switch name {
        case .timestampStart: .start
        case .samplingFrequency: .rate
        case .imuParams: .parameters(sensor)
        case .x: .x
        case .y: .y
        case .z: .z
        case .values: .values
        default: .unknown
        }
    }

    private static func ofParameters(_ name: EmbracePlusName) -> EmbracePlusPath {
        switch name {
        case .physicalMin: .physicalMin
        case .physicalMax: .physicalMax
        case .digitalMin: .digitalMin
        case .digitalMax: .digitalMax
        case .conversionFactor: .conversion
        default: .unknown
        }
    }
}
