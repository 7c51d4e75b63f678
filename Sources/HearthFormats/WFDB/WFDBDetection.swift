// SPDX-License-Identifier: Apache-2.0

extension WFDBReader {
    /// Whether bytes begin a header: a record's line, and behind it a line of a signal or a segment.
    ///
    /// - Parameter prefix: the first bytes of a file, 4,096 if it has as many.
    public static func isHeader(_ prefix: Span<UInt8>) -> Bool {
        var bytes: [UInt8] = []
        for index in 0..<min(prefix.count, FormatDetector.prefixBytes) {
            // Text only: a header has no control characters.
            let byte = prefix[index]
            guard byte >= 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D else { return false }
            bytes.append(byte)
        }
        // The last line of a longer file may be cut.
        if bytes.count == FormatDetector.prefixBytes {
            guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else { return false }
            bytes.removeSubrange(end...)
        }
        var lines = WFDBLines(bytes)
        guard let first = lines.next(), let record = WFDBRecordLine(first) else { return false }
        let second = lines.next()
        if record.segments != nil { return second.map(isSegment) ?? false }
        if record.signals == 0 { return second == nil && record.frequency != nil }
        return second.map(isSignal) ?? false
    }

    /// A header, or a stream of parts that begins with one.
    static func recognises(_ prefix: Span<UInt8>) -> Bool {
        let magic = PartStream.magic
        guard prefix.count > magic.count + 2,
            magic.indices.allSatisfy({ prefix[$0] == magic[$0] })
        else { return isHeader(prefix) }
        let length = Int(prefix[magic.count]) | Int(prefix[magic.count + 1]) << 8
        let end = magic.count + 2 + length
        guard length > 4, end <= prefix.count else { return false }
        return zip(end - 4..<end, ".hea".utf8).allSatisfy { prefix[$0] == $1 }
    }

    private static func isSegment(_ line: Substring) -> Bool {
        let fields = line.split(whereSeparator: WFDBLines.isBlank)
        return fields.count == 2 && Int64(fields[1]).map { $0 >= 0 } ?? false
    }

    private static func isSignal(_ line: Substring) -> Bool {
        guard let signal = WFDBSignalLine.read(line), let format = signal.format else {
            return false
        }
        return format == 0 || WFDBFormat(rawValue: format) != nil
            || WFDBFormat.compressed.contains(format)
    }
}
