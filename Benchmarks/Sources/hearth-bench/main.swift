// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthFormats

// hearth-bench decode KIND FILE: reads a recording to its end through the product's reader, chunk by
// chunk as the product does, keeps nothing, and prints what it saw so that the work can be checked.

/// Counts and sums, so that no sample can be left undecoded.
struct CountingSink: SampleSink {
    var samples = 0
    var sum = 0.0
    var issues = 0
    /// Sums of raw integers, one an axis or channel.
    var integers: [String: Int] = [:]

    mutating func accept(_ block: SampleBlock) {
        samples += block.count
        for (index, column) in block.columns.enumerated() { add(column, block.quantity, index) }
    }

    /// Values are summed in every column; the raw integers of each axis also by themselves.
    private mutating func add(_ column: SampleColumn, _ quantity: Quantity, _ index: Int) {
        switch column {
        case .float32(let values):
            var total = 0.0
            for value in values { total += Double(value) }
            sum += total
        case .int16(let values, let scale):
            var total = 0
            for value in values { total &+= Int(value) }
            note(total, values.count, scale, quantity, index)
        case .int32(let values, let scale):
            var total = 0
            for value in values { total &+= Int(value) }
            note(total, values.count, scale, quantity, index)
        }
    }

    private mutating func note(
        _ total: Int, _ count: Int, _ scale: Scale, _ quantity: Quantity, _ index: Int
    ) {
        sum += Double(total) * Double(scale.factor) + Double(count) * Double(scale.offset)
        integers["\(quantity.name) \(index)", default: 0] += total
    }

    mutating func report(_ issue: ReadIssue) { issues += 1 }
}

func decode<Reader: RecordingReader & ~Copyable>(
    _ path: String, with reader: consuming Reader
) throws -> CountingSink {
    guard let file = FileHandle(forReadingAtPath: path) else { throw CocoaError(.fileNoSuchFile) }
    var reader = reader
    var sink = CountingSink()
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
        let count = buffer.withUnsafeMutableBytes {
            read(file.fileDescriptor, $0.baseAddress, $0.count)
        }
        if count <= 0 { break }
        try reader.read(buffer.span.extracting(first: count), into: &sink)
    }
    try reader.finish(into: &sink)
    return sink
}

let arguments = CommandLine.arguments
guard arguments.count == 4, arguments[1] == "decode", let kind = FileKind(name: arguments[2]),
    let reader = ReaderCatalog.reader(of: kind)
else {
    print("usage: hearth-bench decode fit|apple-health|edf|… FILE")
    exit(64)
}
let sink = try decode(arguments[3], with: reader)
for (name, total) in sink.integers.sorted(by: { $0.key < $1.key }) {
    print("raw sum of \(name): \(total)")
}
print("samples \(sink.samples) sum \(sink.sum) issues \(sink.issues)")
