// SPDX-License-Identifier: Apache-2.0

/// Bytes in order, read into a buffer the caller keeps.
protocol ByteSource: ~Copyable {
    /// Fills the buffer from its start and returns how many bytes came; 0 at the end.
    mutating func read(into buffer: inout [UInt8]) throws(PipelineError) -> Int
}

extension ByteSource where Self: ~Copyable {
    /// Reads until the buffer is full or the source has ended.
    mutating func fill(_ buffer: inout [UInt8]) throws(PipelineError) -> Int {
        let wanted = buffer.count
        let first = try read(into: &buffer)
        guard first > 0, first < wanted else { return first }
        var filled = first
        while filled < wanted {
            var rest = [UInt8](repeating: 0, count: wanted - filled)
            let count = try read(into: &rest)
            if count == 0 { break }
            for index in 0..<count { buffer[filled + index] = rest[index] }
            filled += count
        }
        return filled
    }
}
