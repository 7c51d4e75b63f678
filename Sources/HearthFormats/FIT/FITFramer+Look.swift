// SPDX-License-Identifier: Apache-2.0

/// The framer's eyes: what comes next, decided from bytes and state alone.
extension FITFramer {
    /// What lies at a place, before anything is consumed.
    enum Sight {
        /// So many bytes are needed from here on.
        case needs(Int)
        case header(FITHeader)
        case definition(FITDefinition, length: Int)
        case message(localType: Int, timeOffset: Int, length: Int)
        case recordsFollow(Bool)
        case undefinedType
        case suspectDefinition
        case beyondEnd
        case sound
        case drop
        case checksum(UInt16)
    }

    /// Tells what lies at `start`; changes nothing.
    func look(_ bytes: Span<UInt8>, at start: Int, isLast: Bool) -> Sight {
        let available = bytes.count - start
        switch state {
        case .header:
            if available < FITHeader.signatureEnd {
                return isLast && available > 0 ? .drop : .needs(FITHeader.signatureEnd)
            }
            guard FITHeader.begins(bytes, at: start) else { return .drop }
            let size = Int(bytes[start])
            if available < size { return isLast ? .drop : .needs(size) }
            return .header(FITHeader(bytes, at: start))
        case .unsized:
            let needed = FITSoundness.shortestDefinition
            if available < needed, !isLast { return .needs(needed) }
            return .recordsFollow(
                FITSoundness.beginsDefinition(bytes, at: start, limit: available))
        case .records:
            return lookAtRecord(bytes, at: start, available: available)
        case .lost:
            let window = Int(min(remaining, Int64(Self.lookahead)))
            if available < window, !isLast || available == 0 { return .needs(window) }
            let sound = gauge.isSound(
                bytes, at: start, limit: min(available, window), sizes: sizes,
                endsPart: Int64(window) == remaining)
            return sound ? .sound : .drop
        case .checksum:
            guard available >= 2 else { return .needs(2) }
            return .checksum(UInt16(bytes[start]) | UInt16(bytes[start + 1]) << 8)
        }
    }

    private func lookAtRecord(_ bytes: Span<UInt8>, at start: Int, available: Int) -> Sight {
        guard available > 0 else { return .needs(1) }
        let header = bytes[start]
        if header & 0xC0 == 0x40 {
            let length = FITDefinition.length(bytes, at: start, available: available)
            if Int64(length) > remaining { return .beyondEnd }
            if length > available { return .needs(length) }
            let definition = FITDefinition(bytes, at: start)
            return definition.isSuspect
                ? .suspectDefinition : .definition(definition, length: length)
        }
        let isCompressed = header & 0x80 != 0
        let local = Int(isCompressed ? (header >> 5) & 3 : header & 0x0F)
        let length = sizes[local] + 1
        guard length > 0 else { return .undefinedType }
        if Int64(length) > remaining { return .beyondEnd }
        if length > available { return .needs(length) }
        return .message(
            localType: local, timeOffset: isCompressed ? Int(header & 0x1F) : -1, length: length)
    }

    /// How damage is reported.
    static func issue(of seen: Sight, at position: ReadPosition) -> FITFramingIssue {
        let found =
            switch seen {
            case .suspectDefinition: "a definition with a reserved byte and unknown types"
            case .beyondEnd: "a record that goes beyond the data of its part"
            default: "a data message whose local type has no definition"
            }
        return FITFramingIssue(
            code: .damaged, position: position, found: found,
            expected: "a sound record; reading goes on at the next one")
    }
}
