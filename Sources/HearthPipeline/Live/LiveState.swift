// SPDX-License-Identifier: Apache-2.0
import Foundation
public import HearthBiosignals
public import HearthModels

/// How a live session works.
public struct LiveOptions: Sendable {
    /// Tells the live streams of a person apart.
    public var name = "default"
    /// Nanoseconds to wait for samples that are out of order.
    public var lateness: Int64 = 30_000_000_000
    public var settings = LiveSettings()
    /// Seconds after which what came is made durable; an alert is at once.
    public var commitSeconds = 10.0
    /// Samples after which what came is made durable, however little time went by.
    public var commitSamples = 1_000_000
    /// Print an alert before it is durable, not after.
    public var printsFirst = false
    /// Repeat every alert behind this number.
    public var after: UInt64?
    /// The person's wall clock, for logs of packets without a zone.
    public var zone = ZoneTimeline()

    public init() {}
}

/// What became of the input of a live session, in this run.
public struct LiveCounters: Sendable, Hashable {
    /// Samples that could be read.
    public var samples = 0
    /// Of these, those put before the monitors.
    public var scored = 0
    /// Stored, not scored: behind the watermark.
    public var late = 0
    /// Not scored: of the same stream and time as another.
    public var duplicates = 0
    /// Scored before their wait was over, because too many waited.
    public var forced = 0
    /// Stored, not scored: ahead of this machine's clock.
    public var ahead = 0
    /// Stored, not scored: the device itself had no confidence.
    public var untrusted = 0
    /// Samples that wait for earlier ones.
    public var waiting = 0
    /// Samples new to the vault, known to it, and forbidden by an erase.
    public var added = 0
    public var known = 0
    public var suppressed = 0
    public var scores = 0
    public var alerts = 0
    public var commits = 0
    /// What could not be read, by kind: how often.
    public var issues: [String: Int] = [:]
}

/// How far input and output are; holds no sample.
struct LivePosition: Codable, Equatable {
    /// Where a followed file was read to.
    struct Input: Codable, Equatable {
        var path: String
        var identity: Descriptor.Identity
        /// Bytes read of it.
        var offset: Int64
    }

    struct Output: Codable, Equatable {
        var path: String
        /// Bytes of the file that are sure to be there.
        var length: Int64
    }

    /// Number of the line made last.
    var sequence: UInt64 = 0
    /// Number of the line printed last, as far as is known.
    var printed: UInt64 = 0
    var input: Input?
    var output: Output?
}

/// The operators and what waits for them.
struct LiveState: Codable {
    /// A stream of the input.
    struct Source: Codable, Hashable {
        var device: SourceDevice
        var quantity: Quantity
        var origin: Origin
    }

    /// Each is what ``LiveSample/lane`` numbers.
    var sources: [Source]
    var reorder: ReorderBuffer
    var scorers: LiveScorers
    /// Lines behind ``LivePosition/printed``.
    var outbox: [LiveLine]

    /// Whether it was made with these settings.
    func fits(_ options: LiveOptions) -> Bool {
        reorder.lateness == max(0, options.lateness) && scorers.settings == options.settings
    }
}

/// The encoded forms of what a checkpoint holds.
enum LiveCoding {
    static func encode(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        // Types of numbers, text and bytes always have a JSON form.
        guard let data = try? encoder.encode(value) else {
            preconditionFailure("the state of a live session has no JSON form")
        }
        return [UInt8](data)
    }

    /// `nil` if another version wrote it in another shape.
    static func decode<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) -> Value? {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return try? decoder.decode(type, from: Data(bytes))
    }
}
