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

    mutating func accept(_ block: SampleBlock) {
        samples += block.count
        guard case .float32(let values)? = block.columns.first else { return }
        for value in values { sum += Double(value) }
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
print("samples \(sink.samples) sum \(sink.sum) issues \(sink.issues)")
