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
    /// Sum physical values instead of what is stored.
    var isPhysical = false

    mutating func accept(_ block: SampleBlock) {
        samples += block.count
        for column in block.columns { add(column) }
    }

    private mutating func add(_ column: SampleColumn) {
        switch column {
        case .float32(let values):
            for value in values { sum += Double(value) }
        case .int16(let values, let scale):
            if isPhysical {
                var part: Float = 0
                for value in values { part += Float(value) * scale.factor + scale.offset }
                sum += Double(part)
            } else {
                var part = 0
                for value in values { part &+= Int(value) }
                sum += Double(part)
            }
        case .int32(let values, let scale):
            if isPhysical {
                var part: Float = 0
                for value in values { part += Float(value) * scale.factor + scale.offset }
                sum += Double(part)
            } else {
                var part = 0
                for value in values { part &+= Int(value) }
                sum += Double(part)
            }
        }
    }

    mutating func report(_ issue: ReadIssue) { issues += 1 }
}

func decode<Reader: RecordingReader & ~Copyable>(
    _ path: String, isPhysical: Bool, with reader: consuming Reader
) throws -> CountingSink {
    guard let file = FileHandle(forReadingAtPath: path) else { throw CocoaError(.fileNoSuchFile) }
    var reader = reader
    var sink = CountingSink()
    sink.isPhysical = isPhysical
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
guard arguments.count == 4, ["decode", "decode-physical"].contains(arguments[1]),
    let kind = FileKind(name: arguments[2]),
    let reader = ReaderCatalog.reader(of: kind)
else {
    print("usage: hearth-bench decode|decode-physical fit|apple-health|edf|… FILE")
    exit(64)
}
let sink = try decode(
    arguments[3], isPhysical: arguments[1] == "decode-physical", with: reader)
print("samples \(sink.samples) sum \(sink.sum) issues \(sink.issues)")
