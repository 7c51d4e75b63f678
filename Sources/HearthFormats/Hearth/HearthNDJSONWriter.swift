// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// Writes samples as Hearth's own NDJSON; reading it back gives identical samples.
public struct HearthNDJSONWriter: Sendable {
    public init() {}

    /// Appends one object a sample, each on a line.
    public func append(_ block: SampleBlock, to output: inout [UInt8]) {
        let quantity = Array(",\"quantity\":\"\(block.quantity.name)\",".utf8)
        let source = sourceMembers(block)
        for index in 0..<block.count where block.isFinite(at: index) {
            output.append(contentsOf: "{\"time\":\"".utf8)
            TextTime.append(block.times[index], to: &output)
            output.append(UInt8(ascii: "\""))
            let duration = block.duration(at: index)
            if duration != 0 {
                output.append(contentsOf: ",\"duration_s\":".utf8)
                TextNumber.appendSeconds(nanoseconds: duration, to: &output)
            }
            output.append(contentsOf: quantity)
            appendValues(block, index, to: &output)
            let quality = block.quality(at: index)
            if quality != 0 { output.append(contentsOf: ",\"quality\":\(quality)".utf8) }
            output.append(contentsOf: source)
        }
    }

    private func appendValues(_ block: SampleBlock, _ index: Int, to output: inout [UInt8]) {
        if block.columns.count == 1 {
            output.append(contentsOf: "\"value\":".utf8)
            TextNumber.append(block.columns[0][index], to: &output)
            return
        }
        output.append(contentsOf: "\"values\":[".utf8)
        for column in block.columns.indices {
            if column > 0 { output.append(UInt8(ascii: ",")) }
            TextNumber.append(block.columns[column][index], to: &output)
        }
        output.append(UInt8(ascii: "]"))
    }

    /// The members behind the quality, the same for every line of a block.
    private func sourceMembers(_ block: SampleBlock) -> [UInt8] {
        var members: [UInt8] = []
        func add(_ key: String, _ text: String) {
            guard !text.isEmpty else { return }
            members.append(contentsOf: ",\"\(key)\":\"".utf8)
            appendEscaped(text, to: &members)
            members.append(UInt8(ascii: "\""))
        }
        add("unit", block.quantity.facts.unit)
        add("device", block.device.pseudonym?.hexadecimal ?? "")
        add("vendor", block.device.vendor)
        add("model", block.device.model)
        add("origin", block.origin.file.name)
        add("derivation", block.origin.derivation.name)
        members.append(contentsOf: "}\n".utf8)
        return members
    }

    private func appendEscaped(_ text: String, to output: inout [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                output.append(UInt8(ascii: "\\"))
                output.append(byte)
            case 0..<0x20:
                output.append(contentsOf: "\\u00".utf8)
                output.append(digits[Int(byte >> 4)])
                output.append(digits[Int(byte & 0xF)])
            default: output.append(byte)
            }
        }
    }
}
