// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// Writes samples as Hearth's own CSV; reading it back gives identical samples.
///
/// Pure: bytes are appended to a buffer of the caller. Numbers are written in the shortest form
/// that keeps their bits. Values that are not finite never occur in a block and are left out.
public struct HearthCSVWriter: Sendable {
    public init() {}

    /// Appends the header row, once at the start of a file.
    public func appendHeader(to output: inout [UInt8]) {
        for field in HearthField.allCases {
            if field != .time { output.append(UInt8(ascii: ",")) }
            output.append(contentsOf: field.name.utf8)
        }
        output.append(UInt8(ascii: "\n"))
    }

    /// Appends one row a sample, ended by a line feed.
    public func append(_ block: SampleBlock, to output: inout [UInt8]) {
        let quantity = Array(",\(block.quantity.name),".utf8)
        let source = sourceColumns(block)
        for index in 0..<block.count where block.isFinite(at: index) {
            TextTime.append(block.times[index], to: &output)
            output.append(UInt8(ascii: ","))
            let duration = block.duration(at: index)
            if duration != 0 { TextNumber.appendSeconds(nanoseconds: duration, to: &output) }
            output.append(contentsOf: quantity)
            for column in 0..<3 {
                if column < block.columns.count {
                    TextNumber.append(block.columns[column][index], to: &output)
                }
                output.append(UInt8(ascii: ","))
            }
            let quality = block.quality(at: index)
            if quality != 0 { output.append(contentsOf: quality.description.utf8) }
            output.append(contentsOf: source)
        }
    }

    /// The columns behind the quality, the same for every row of a block.
    private func sourceColumns(_ block: SampleBlock) -> [UInt8] {
        var columns = Array(",\(block.quantity.facts.unit),".utf8)
        if let pseudonym = block.device.pseudonym {
            columns.append(contentsOf: pseudonym.hexadecimal.utf8)
        }
        for text in [block.device.vendor, block.device.model] {
            columns.append(UInt8(ascii: ","))
            appendText(text, to: &columns)
        }
        let origin = block.origin
        columns.append(contentsOf: ",\(origin.file.name),\(origin.derivation.name)\n".utf8)
        return columns
    }

    private func appendText(_ text: String, to output: inout [UInt8]) {
        var bytes = Array(text.utf8)
        if FormulaGuard.isNeeded(bytes.first) { bytes.insert(UInt8(ascii: "'"), at: 0) }
        let special = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\""), 0x0A, 0x0D]
        let space = UInt8(ascii: " ")
        let needsQuotes =
            bytes.contains { special.contains($0) } || bytes.first == space || bytes.last == space
        guard needsQuotes else {
            output.append(contentsOf: bytes)
            return
        }
        output.append(UInt8(ascii: "\""))
        for byte in bytes {
            if byte == UInt8(ascii: "\"") { output.append(byte) }
            output.append(byte)
        }
        output.append(UInt8(ascii: "\""))
    }
}

extension SampleBlock {
    /// Whether every column of sample `index` is a number; readers deliver nothing else.
    func isFinite(at index: Int) -> Bool { columns.allSatisfy { $0[index].isFinite } }
}

extension DeviceID {
    /// 16 lower-case hexadecimal digits.
    var hexadecimal: String {
        let digits = String(rawValue, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
