// SPDX-License-Identifier: Apache-2.0

/// The header of one part of a FIT recording: 12 or 14 bytes, everything little-endian.
package struct FITHeader: Sendable, Hashable {
    /// The sizes that exist; the size byte decides, as later versions may add fields.
    static let sizes: ClosedRange<Int> = 12...64
    /// Bytes needed to tell a header from anything else.
    static let signatureEnd = 12

    package var size: Int
    /// Major version in the high nibble.
    package var protocolVersion: UInt8
    package var profileVersion: UInt16
    /// Bytes of records, without header and checksum.
    package var dataSize: UInt32
    /// False only if the header carries a checksum that does not fit.
    package var checksumHolds: Bool

    /// True if a header begins at `start`; needs 12 bytes there.
    static func begins(_ bytes: Span<UInt8>, at start: Int) -> Bool {
        guard bytes.count - start >= signatureEnd, sizes.contains(Int(bytes[start])) else {
            return false
        }
        return bytes[start + 8] == 0x2E && bytes[start + 9] == 0x46
            && bytes[start + 10] == 0x49 && bytes[start + 11] == 0x54
    }

    /// Reads the header at `start`; the caller has checked that it begins and lies there whole.
    init(_ bytes: Span<UInt8>, at start: Int) {
        size = Int(bytes[start])
        protocolVersion = bytes[start + 1]
        profileVersion = UInt16(bytes[start + 2]) | UInt16(bytes[start + 3]) << 8
        dataSize =
            UInt32(bytes[start + 4]) | UInt32(bytes[start + 5]) << 8
            | UInt32(bytes[start + 6]) << 16 | UInt32(bytes[start + 7]) << 24
        checksumHolds = true
        guard size >= 14 else { return }
        let stored = UInt16(bytes[start + 12]) | UInt16(bytes[start + 13]) << 8
        // Zero means that the writer gives none; many old units do so.
        guard stored != 0 else { return }
        var checksum = FITChecksum()
        checksum.add(bytes, start..<start + 12)
        checksumHolds = checksum.value == stored
    }
}
