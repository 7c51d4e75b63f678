// SPDX-License-Identifier: Apache-2.0
import Foundation
public import HearthBiosignals
public import HearthDSP
public import HearthModels

/// Puts samples that arrive out of order into order of time, for as long as it was told to wait.
///
/// Shape: every sample at most once, ascending by time, those of one time in the order of arrival. The
/// watermark is the newest time seen less ``lateness``; a sample is let go when the watermark reaches
/// it. One that comes behind the watermark is dropped and counted as late; one of the same stream and
/// time as another that waits, or was the last to be let go, is dropped and counted as duplicate. With
/// more than ``capacity`` samples waiting the oldest are let go early and the watermark moves with
/// them. What comes out does not depend on how the input is cut. Bounded memory.
public struct ReorderBuffer: StreamOperator {
    public typealias Input = LiveSample
    public typealias Output = LiveSample

    /// Nanoseconds to wait.
    public let lateness: Int64
    /// Samples that may wait: a minute and more of several streams of a thousand a second.
    public let capacity: Int
    /// Samples that came behind the watermark.
    public private(set) var late = 0
    public private(set) var duplicates = 0
    /// Samples let go before their time because too many waited.
    public private(set) var forced = 0
    /// Samples before it can no longer be put in order.
    public private(set) var watermark = Timestamp.distantPast

    /// Ascending by time; those before `head` are gone, those before `ready` may go.
    private var held: [LiveSample] = []
    private var head = 0
    private var ready = 0
    /// Streams of which a sample at exactly the watermark was let go.
    private var atWatermark: [UInt32] = []

    public init(lateness: Int64, capacity: Int = 1 << 18) {
        self.lateness = max(0, lateness)
        self.capacity = max(1, capacity)
    }

    /// Samples that wait.
    public var waiting: Int { held.count - head }

    public mutating func push(_ input: Span<LiveSample>, emit: (Span<LiveSample>) -> Void) {
        for index in input.indices { take(input[index]) }
        release(emit)
    }

    /// Nothing before `time` will come.
    public mutating func skip(to time: Timestamp, emit: (Span<LiveSample>) -> Void) {
        advance(to: time)
        release(emit)
    }

    public mutating func finish(emit: (Span<LiveSample>) -> Void) {
        if let last = held.last { advance(to: max(watermark, last.time)) }
        release(emit)
    }

    private mutating func take(_ sample: LiveSample) {
        guard sample.time >= watermark else {
            late += 1
            return
        }
        if let last = held.last, last.time >= sample.time {
            guard insert(sample) else { return }
        } else {
            if isLetGo(sample) {
                duplicates += 1
                return
            }
            held.append(sample)
        }
        advance(to: sample.time.advanced(byNanoseconds: -lateness))
        while held.count - ready > capacity {
            forced += 1
            advance(to: held[ready].time)
        }
    }

    /// Puts a sample among those that wait; false if it is there already.
    private mutating func insert(_ sample: LiveSample) -> Bool {
        var low = head
        var high = held.count
        while low < high {
            let middle = (low + high) / 2
            if held[middle].time <= sample.time { low = middle + 1 } else { high = middle }
        }
        var before = low - 1
        while before >= head, held[before].time == sample.time {
            if held[before].lane == sample.lane {
                duplicates += 1
                return false
            }
            before -= 1
        }
        if isLetGo(sample) {
            duplicates += 1
            return false
        }
        held.insert(sample, at: low)
        return true
    }

    private func isLetGo(_ sample: LiveSample) -> Bool {
        sample.time == watermark && atWatermark.contains(sample.lane)
    }

    private mutating func advance(to time: Timestamp) {
        if time > watermark {
            watermark = time
            atWatermark.removeAll(keepingCapacity: true)
        }
        while ready < held.count, held[ready].time <= watermark { ready += 1 }
    }

    private mutating func release(_ emit: (Span<LiveSample>) -> Void) {
        guard ready > head else { return }
        var at = ready - 1
        while at >= head, held[at].time == watermark {
            atWatermark.append(held[at].lane)
            at -= 1
        }
        emit(held.span.extracting(head..<ready))
        if ready == held.count {
            held.removeAll(keepingCapacity: held.capacity < 1 << 16)
            head = 0
            ready = 0
        } else if ready > 4096, ready > held.count / 2 {
            held.removeFirst(ready)
            head = 0
            ready = 0
        } else {
            head = ready
        }
    }
}

extension ReorderBuffer: Codable {
    private enum Key: String, CodingKey {
        case lateness, capacity, late, duplicates, forced, watermark, atWatermark, held
    }

    /// Bytes of a sample that waits.
    private static let width = 30

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(lateness, forKey: .lateness)
        try container.encode(capacity, forKey: .capacity)
        try container.encode(late, forKey: .late)
        try container.encode(duplicates, forKey: .duplicates)
        try container.encode(forced, forKey: .forced)
        try container.encode(watermark, forKey: .watermark)
        try container.encode(atWatermark, forKey: .atWatermark)
        // Thirty thousand may wait: bytes, not text.
        var bytes: [UInt8] = []
        bytes.reserveCapacity(waiting * Self.width)
        for index in head..<held.count {
            let sample = held[index]
            Self.append(UInt64(bitPattern: sample.time.nanoseconds), 8, to: &bytes)
            Self.append(UInt64(bitPattern: sample.duration), 8, to: &bytes)
            Self.append(sample.value.bitPattern, 8, to: &bytes)
            Self.append(UInt64(sample.lane), 4, to: &bytes)
            Self.append(UInt64(sample.quantity.rawValue), 2, to: &bytes)
        }
        try container.encode(Data(bytes), forKey: .held)
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        lateness = try container.decode(Int64.self, forKey: .lateness)
        capacity = max(1, try container.decode(Int.self, forKey: .capacity))
        late = try container.decode(Int.self, forKey: .late)
        duplicates = try container.decode(Int.self, forKey: .duplicates)
        forced = try container.decode(Int.self, forKey: .forced)
        watermark = try container.decode(Timestamp.self, forKey: .watermark)
        atWatermark = try container.decode([UInt32].self, forKey: .atWatermark)
        let bytes = [UInt8](try container.decode(Data.self, forKey: .held))
        guard bytes.count.isMultiple(of: Self.width) else { throw Self.damaged(container) }
        for start in stride(from: 0, to: bytes.count, by: Self.width) {
            func word(_ offset: Int, _ width: Int) -> UInt64 {
                (0..<width).reduce(0) { $0 | UInt64(bytes[start + offset + $1]) << UInt64(8 * $1) }
            }
            guard let quantity = Quantity(rawValue: UInt16(word(28, 2))) else {
                throw Self.damaged(container)
            }
            held.append(
                LiveSample(
                    time: Timestamp(nanoseconds: Int64(bitPattern: word(0, 8))),
                    duration: Int64(bitPattern: word(8, 8)),
                    value: Double(bitPattern: word(16, 8)), lane: UInt32(word(24, 4)),
                    quantity: quantity))
        }
    }

    private static func append(_ word: UInt64, _ width: Int, to bytes: inout [UInt8]) {
        for at in 0..<width { bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(8 * at))) }
    }

    private static func damaged(_ container: KeyedDecodingContainer<Key>) -> DecodingError {
        DecodingError.dataCorruptedError(
            forKey: .held, in: container, debugDescription: "samples of another shape")
    }
}
