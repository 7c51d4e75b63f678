// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// What to erase: the samples of a person that match everything that is given.
///
/// What the person said goes along: corrections with the quantity `sleep-stage`, tags with
/// `event`. They are of no device, so a scope with devices leaves them.
public struct ErasureScope: Sendable, Hashable {
    public var person: PersonID
    public var quantities: Set<Quantity>?
    public var devices: Set<DeviceID>?
    /// A sample is erased if it starts at or after `from` and before `to`.
    public var from: Timestamp?
    public var to: Timestamp?
    /// What becomes of the results that came from the samples.
    public var results = ErasedResults.follow
    /// Tombstones that lie inside those of this erase are dropped: retention moves on every day, and
    /// the tombstones would grow without end.
    public var replacesTombstones = false

    public init(
        person: PersonID, quantities: Set<Quantity>? = nil, devices: Set<DeviceID>? = nil,
        from: Timestamp? = nil, to: Timestamp? = nil
    ) {
        self.person = person
        self.quantities = quantities
        self.devices = devices
        self.from = from
        self.to = to
    }

    /// Nothing is left out: the person goes with label, results and all.
    public var isWholePerson: Bool {
        quantities == nil && devices == nil && from == nil && to == nil && results == .follow
    }

    var first: Int64 { from?.nanoseconds ?? .min }
    /// The last instant inside; below ``first`` if there is none.
    var last: Int64 {
        guard let to else { return .max }
        return to == .distantPast ? .min : to.nanoseconds - 1
    }

    /// A correction goes if any of its time is inside.
    func matches(_ correction: SleepCorrection) -> Bool {
        devices == nil && quantities?.contains(.sleepStage) ?? true
            && correction.start.nanoseconds <= last && correction.end.nanoseconds > first
    }

    func matches(_ tag: DayTag) -> Bool {
        devices == nil && quantities?.contains(.event) ?? true
            && (first...max(first, last)).contains(tag.time.nanoseconds)
    }

    func matches(_ stream: CatalogStream) -> Bool {
        (quantities?.contains(stream.quantity) ?? true)
            && (devices?.contains(stream.device) ?? true)
    }

    /// Whether the times of a pack's samples of a stream all lie inside.
    func covers(_ entry: MonthIndex.Entry) -> Bool {
        entry.first >= first && entry.last <= last
    }

    /// Whether the times of a pack's samples of a stream may lie inside.
    func touches(_ entry: MonthIndex.Entry) -> Bool {
        entry.first <= last && entry.last >= first
    }
}

/// What an erase does with cached results.
public enum ErasedResults: Sendable, Hashable {
    /// Results of the days of what goes, go too.
    case follow
    /// They stay, as when samples are kept for a shorter time than what was made of them.
    case keep
    /// They alone go, those of the days in the range; samples stay.
    case only
}

/// What an erase would destroy.
public struct ErasureImpact: Sendable, Hashable {
    /// The streams touched, with the number and times of the samples inside the scope.
    public var streams: [StreamSummary]
    public var samples: Int
    /// Raw packs that would be removed, rewritten ones included.
    public var packs: Int
    /// Data keys of raw days that would be destroyed.
    public var keySlots: Int
    /// Corrections and tags.
    public var corrections: Int
    /// Cached results.
    public var results: Int
    public var wholePerson: Bool
}

/// What an erase did: everything a receipt needs, and no health value.
public struct ErasureRecord: Sendable, Hashable {
    /// 32 hexadecimal digits.
    public var receiptID: String
    public var requestedAt: Timestamp
    public var completedAt: Timestamp
    public var samples: Int
    /// Corrections and tags.
    public var corrections: Int
    /// Results that were computed.
    public var results: Int
    /// Raw packs removed, rewritten ones included.
    public var packs: Int
    /// Data keys destroyed: raw days, and pages of index and results.
    public var keySlots: Int
    /// Bytes of the removed raw packs.
    public var bytes: Int
    /// Keyed hashes of the numbers of the destroyed keys, 32 hexadecimal digits each.
    public var destroyedKeyHashes: [String]
    /// Both key files were read back and hold no destroyed key.
    public var readBackPassed: Bool
    /// No file of the store holds a destroyed pack or wrapped key any more.
    public var scanPassed: Bool
    public var generation: UInt64
    public var auditHeadBefore: String
    public var auditHeadAfter: String
    /// Such as `ext4 (data=ordered)`.
    public var fileSystem: String
    public var level: ErasureLevel
    /// Why the file system allows no more than ``ErasureLevel/noFile``.
    public var levelReason: String?
    public var residualRisks: [String]
}
