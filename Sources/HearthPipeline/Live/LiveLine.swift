// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
internal import HearthFormats
internal import HearthModels

/// A line of output with the number that tells it from all others of its stream.
public struct LiveLine: Codable, Sendable, Hashable {
    /// From 1 on, without a gap, over all runs of a stream.
    public var sequence: UInt64
    public var isAlert: Bool
    /// End of the stretch that it is about.
    public var time: Timestamp
    /// One object of `Schemas/stream-line.schema.json`, with a line feed.
    public var text: String

    /// Bytes of ``text``.
    public var bytes: [UInt8] { Array(text.utf8) }
}

extension LiveLine {
    /// The line of a finding about samples of a source.
    init(_ finding: LiveFinding, sequence: UInt64, stream: String, source: SourceDevice) {
        self.sequence = sequence
        isAlert = finding.kind == .alert
        time = finding.to
        var line = "{\"schema\":\"hearth.stream/1\",\"stream\":\(Self.quoted(stream))"
        line += ",\"sequence\":\(sequence),\"type\":\"\(finding.kind.rawValue)\""
        line += ",\"rule\":\(Self.quoted(finding.rule)),\"model\":\(Self.quoted(finding.model))"
        line += ",\"source\":\(Self.quoted(source.label))"
        if let device = source.pseudonym {
            line += ",\"device\":\"\(Self.padded(String(device.rawValue, radix: 16), 16))\""
        }
        line += ",\"from\":\"\(finding.from.utcText)\",\"to\":\"\(finding.to.utcText)\""
        line += ",\"value\":\(finding.value.map(Self.number) ?? "null")"
        line += ",\"unit\":\(Self.quoted(finding.unit))"
        for term in finding.terms { line += ",\"\(term.name)\":\(Self.number(term.value))" }
        if let reason = finding.reason { line += ",\"text\":\(Self.quoted(reason))" }
        text = line + "}\n"
    }

    /// Three decimals; a number that is not finite is none.
    private static func number(_ value: Double) -> String {
        guard value.isFinite else { return "null" }
        guard abs(value) < 1e12 else { return "\(value)" }
        let rounded = (value * 1000).rounded() / 1000
        return rounded == rounded.rounded() ? "\(Int64(rounded))" : "\(rounded)"
    }

    private static func padded(_ digits: String, _ width: Int) -> String {
        String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\" + String(scalar)
            case _ where scalar.value < 0x20:
                quoted += "\\u" + padded(String(scalar.value, radix: 16), 4)
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
