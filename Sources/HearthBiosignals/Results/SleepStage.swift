// SPDX-License-Identifier: Apache-2.0

/// A sleep stage, ours or a vendor's. The raw value is the code stored in `sleepStage` streams.
public enum SleepStage: UInt8, Sendable, Codable, CaseIterable {
    /// In bed, asleep or not.
    case inBed = 0
    case wake = 1
    /// Asleep, stage not told.
    case asleep = 2
    /// N1 or N2.
    case light = 3
    /// N3.
    case deep = 4
    case rem = 5
    case unscored = 6

    public var name: String {
        switch self {
        case .inBed: "in-bed"
        case .wake: "wake"
        case .asleep: "asleep"
        case .light: "light"
        case .deep: "deep"
        case .rem: "rem"
        case .unscored: "unscored"
        }
    }

    public init?(name: String) {
        guard let found = SleepStage.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }

    /// True for every stage that counts into total sleep time.
    public var isSleep: Bool {
        switch self {
        case .asleep, .light, .deep, .rem: true
        case .inBed, .wake, .unscored: false
        }
    }
}

/// A night in epochs of equal length, from `start` on.
///
/// Shape: one stage an epoch, 30 s unless said. Epochs without data are `unscored`.
public struct Hypnogram: Sendable, Hashable {
    public var start: Timestamp
    public var epochSeconds: Int
    public var stages: [SleepStage]

    public init(start: Timestamp, epochSeconds: Int = 30, stages: [SleepStage]) {
        precondition(epochSeconds > 0, "an epoch has a length")
        self.start = start
        self.epochSeconds = epochSeconds
        self.stages = stages
    }

    public var end: Timestamp {
        start.advanced(bySeconds: Int64(stages.count) * Int64(epochSeconds))
    }

    /// The stage of the epoch that holds `time`; `nil` outside the night.
    public func stage(at time: Timestamp) -> SleepStage? {
        guard time >= start else { return nil }
        let index = time.nanoseconds(since: start) / (Int64(epochSeconds) * 1_000_000_000)
        return index < Int64(stages.count) ? stages[Int(index)] : nil
    }
}

/// The stages are one text, a digit an epoch: a night has a thousand of them, and a list of numbers
/// takes tens of times as long to write and to read.
extension Hypnogram: Codable {
    private enum CodingKeys: CodingKey { case start, epochSeconds, stages }

    /// - Throws: `DecodingError` for an epoch without a length or a stage that does not exist.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        start = try container.decode(Timestamp.self, forKey: .start)
        epochSeconds = try container.decode(Int.self, forKey: .epochSeconds)
        guard epochSeconds > 0 else {
            throw DecodingError.dataCorruptedError(
                forKey: .epochSeconds, in: container, debugDescription: "an epoch has a length")
        }
        let digits = try container.decode(String.self, forKey: .stages).utf8
        stages = []
        stages.reserveCapacity(digits.count)
        for digit in digits {
            guard let stage = SleepStage(rawValue: digit &- UInt8(ascii: "0")) else {
                throw DecodingError.dataCorruptedError(
                    forKey: .stages, in: container, debugDescription: "found no stage's digit")
            }
            stages.append(stage)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(start, forKey: .start)
        try container.encode(epochSeconds, forKey: .epochSeconds)
        let digits = stages.map { UInt8(ascii: "0") + $0.rawValue }
        try container.encode(String(decoding: digits, as: UTF8.self), forKey: .stages)
    }
}
