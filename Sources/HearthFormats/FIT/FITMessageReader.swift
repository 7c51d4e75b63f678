// SPDX-License-Identifier: Apache-2.0

/// One decoded data message, field by field, before any meaning is given to it.
package struct FITMessage: Sendable, Hashable {
    /// Which chained part, from 0.
    package var part: Int
    /// Where its header byte lies in the recording.
    package var byte: Int64
    package var localType: UInt8
    package var globalNumber: UInt16
    /// Its own time (field 253) or that of its compressed header, in seconds of FIT's clock.
    package var time: UInt32?
    /// In the definition's order.
    package var fields: [FITDecodedField]

    package init(
        part: Int, byte: Int64, localType: UInt8, globalNumber: UInt16, time: UInt32? = nil,
        fields: [FITDecodedField] = []
    ) {
        self.part = part
        self.byte = byte
        self.localType = localType
        self.globalNumber = globalNumber
        self.time = time
        self.fields = fields
    }

    /// The value of a field that is not a developer field; the last if it occurs twice.
    package subscript(_ number: UInt8) -> FITValue? {
        fields.last { $0.number == number && $0.developer == nil }?.value
    }
}

/// A field number with its value.
package struct FITDecodedField: Sendable, Hashable {
    package var number: UInt8
    /// The developer data index of a developer field.
    package var developer: UInt8?
    package var value: FITValue

    package init(number: UInt8, developer: UInt8? = nil, value: FITValue) {
        self.number = number
        self.developer = developer
        self.value = value
    }
}

/// The stored elements of a field; marks for "no value" are left in, scale and offset not applied.
package enum FITValue: Sendable, Hashable {
    /// Unsigned 64-bit elements beyond `Int64.max` appear as their bit pattern.
    case integers([Int64])
    /// As bit patterns, so that equal means equal.
    case reals([UInt64])
    /// Up to the first NUL, repaired where it is not UTF-8.
    case text(String)
    /// Type byte, and whatever cannot be read as its type.
    case bytes([UInt8])
}

/// Decodes every message of a FIT recording for conformance tests; ``FITReader`` does not use it.
///
/// Allocates for each field. Framing, damage and resynchronisation are those of ``FITReader``.
package struct FITMessageReader: ~Copyable {
    private var framer = FITFramer()
    private var clock = FITClock()
    private var developerTypes: [UInt16: FITBaseType] = [:]
    /// Damage to the frame met so far, in the order of the recording.
    package private(set) var issues: [ReadIssue] = []

    package init() {}

    /// Reads the next bytes, in any cut, and visits the messages that end in them.
    package mutating func read(_ bytes: Span<UInt8>, visit: (FITMessage) -> Void) {
        run(bytes, isLast: false, visit)
    }

    /// The recording has ended.
    package mutating func finish(visit: (FITMessage) -> Void) {
        let nothing: [UInt8] = []
        run(nothing.span, isLast: true, visit)
    }

    private mutating func run(
        _ bytes: Span<UInt8>, isLast: Bool, _ visit: (FITMessage) -> Void
    ) {
        var position = 0
        while true {
            switch framer.next(bytes, &position, isLast: isLast) {
            case .more: return
            case .message(let frame):
                let carried = framer.carry
                if frame.isCarried {
                    take(frame, carried.span, visit)
                } else {
                    take(frame, bytes, visit)
                }
            case .partBegan:
                clock = FITClock()
                developerTypes = [:]
            case .issue(let issue):
                issues.append(
                    ReadIssue(
                        issue.code, at: issue.position, found: issue.found,
                        expected: issue.expected))
            case .defined, .partEnded: break
            }
        }
    }

    private mutating func take(
        _ frame: FITFrame, _ bytes: Span<UInt8>, _ visit: (FITMessage) -> Void
    ) {
        guard let definition = framer.definitions[frame.localType] else { return }
        var message = FITMessage(
            part: framer.parts - 1, byte: frame.position.byte, localType: definition.localType,
            globalNumber: definition.globalNumber, fields: [])
        for field in definition.fields {
            message.fields.append(
                FITDecodedField(
                    number: field.number,
                    value: Self.value(
                        bytes, at: frame.start + field.offset, size: field.size, type: field.type,
                        bigEndian: definition.bigEndian)))
        }
        for field in definition.developerFields {
            let key = UInt16(field.developer) << 8 | UInt16(field.number)
            message.fields.append(
                FITDecodedField(
                    number: field.number, developer: field.developer,
                    value: Self.value(
                        bytes, at: frame.start + field.offset, size: field.size,
                        type: developerTypes[key] ?? .byte, bigEndian: definition.bigEndian)))
        }
        message.time = time(of: message, frame)
        learn(message)
        visit(message)
    }

    private mutating func time(of message: FITMessage, _ frame: FITFrame) -> UInt32? {
        if let full = message.number(253).flatMap({ UInt32(exactly: $0) }), full != .max {
            clock.full(full)
            return full
        }
        return frame.timeOffset >= 0 ? clock.compressed(UInt32(frame.timeOffset)) : nil
    }

    /// Takes the base type of a developer field from its description (206).
    private mutating func learn(_ message: FITMessage) {
        guard message.globalNumber == 206,
            let key = FITSampler.developerKey(message.number(0), message.number(1)),
            let code = message.number(2).flatMap({ UInt8(exactly: $0) })
        else { return }
        developerTypes[key] = FITBaseType(code: code)
    }

    private static func value(
        _ bytes: Span<UInt8>, at start: Int, size: Int, type: FITBaseType, bigEndian: Bool
    ) -> FITValue {
        let width = type.width
        guard width > 0, !type.isByte, size > 0, size % width == 0 else {
            return .bytes((0..<size).map { bytes[start + $0] })
        }
        if type.isText {
            let letters = (0..<size).map { bytes[start + $0] }
            return .text(String(decoding: letters.prefix { $0 != 0 }, as: UTF8.self))
        }
        let bits = (0..<size / width).map {
            FITBaseType.bits(bytes, at: start + $0 * width, width: width, bigEndian: bigEndian)
        }
        return type.isReal
            ? .reals(bits.map { type.real($0).bitPattern })
            : .integers(bits.map(type.integer))
    }
}

extension FITMessage {
    /// The first element of an integer field; `nil` if there is none.
    package func number(_ field: UInt8) -> Int64? {
        guard case .integers(let elements)? = self[field] else { return nil }
        return elements.first
    }
}
