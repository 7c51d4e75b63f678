// SPDX-License-Identifier: Apache-2.0

/// The bits of a sample's quality mask; 0 is good. Kept as read, also through export and ingest.
public enum SampleQuality {
    /// The device's own confidence is low, or the stretch was restless; the value is used.
    public static let doubtful: UInt8 = 1 | 8
    /// The device had no confidence, or wrote a filler: the value is stored and shown, not scored.
    public static let untrusted: UInt8 = 2 | 4
}

extension SampleBlock {
    /// The samples that scoring may use: those without an ``SampleQuality/untrusted`` bit.
    public var trusted: SampleBlock {
        guard quality.contains(where: { $0 & SampleQuality.untrusted != 0 }) else { return self }
        let kept = quality.indices.filter { quality[$0] & SampleQuality.untrusted == 0 }
        return picking(kept)
    }

    /// The samples at `indices`, in that order, with irregular times.
    public func picking(_ indices: [Int]) -> SampleBlock {
        SampleBlock(
            device: device, quantity: quantity, origin: origin,
            times: .irregular(indices.map { times[$0].nanoseconds }),
            durations: durations.isEmpty ? [] : indices.map { durations[$0] },
            columns: columns.map { column in .float32(indices.map { column[$0] }) },
            quality: quality.isEmpty ? [] : indices.map { quality[$0] })
    }
}
