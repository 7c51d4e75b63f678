// SPDX-License-Identifier: Apache-2.0

/// Looks behind damage in JSON for the next byte at which reading can go on.
struct JSONSkip: Sendable {
    enum Mark: Sendable {
        /// Behind a comma.
        case comma
        /// At an opening bracket, which is not taken; whether a colon stands before it.
        case opening(isObject: Bool, hasColon: Bool)
        /// Behind a closing bracket.
        case closing(isObject: Bool)
    }

    private var isInString: Bool
    private var isEscaped = false
    private var hasColon = false
    /// Brackets opened beyond the limit of depth.
    private var excess = 0

    init(isInString: Bool) { self.isInString = isInString }

    /// The next mark from `index` on; `nil` when more bytes are needed.
    mutating func next(_ bytes: Span<UInt8>, _ index: inout Int) -> Mark? {
        while index < bytes.count {
            let byte = bytes[index]
            if isInString, passString(byte) {
                index += 1
                continue
            }
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                if excess == 0 {
                    return .opening(isObject: byte == UInt8(ascii: "{"), hasColon: hasColon)
                }
                excess += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if excess == 0 {
                    index += 1
                    return .closing(isObject: byte == UInt8(ascii: "}"))
                }
                excess -= 1
            case UInt8(ascii: ","):
                if excess == 0 {
                    index += 1
                    return .comma
                }
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: ":"): hasColon = true
            default: break
            }
            index += 1
        }
        return nil
    }

    /// Passes over an opening bracket that would exceed the depth.
    mutating func goDeeper(_ index: inout Int) {
        excess += 1
        index += 1
    }

    /// Whether a byte belongs to the string at hand. Texts of these formats hold neither line breaks
    /// nor braces: where one comes, a quote was lost and the string is none.
    private mutating func passString(_ byte: UInt8) -> Bool {
        if isEscaped {
            isEscaped = false
            return true
        }
        switch byte {
        case UInt8(ascii: "\\"): isEscaped = true
        case UInt8(ascii: "\""): isInString = false
        case UInt8(ascii: "{"), UInt8(ascii: "\n"):
            isInString = false
            return false
        default: break
        }
        return true
    }
}
