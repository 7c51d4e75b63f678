// SPDX-License-Identifier: Apache-2.0
import CFuzzer
import Foundation
import HearthTestSupport

// hearth-fuzz KIND [libFuzzer options]: fuzzes the reader of one kind. The corpus is a folder that
// the first run fills from the project's samples, and the shared ones where there are any.

let target = FuzzTarget.all.first { CommandLine.arguments.dropFirst().first == $0.name }
guard let target else {
    print("usage: hearth-fuzz KIND [CORPUS] [libFuzzer options]")
    print("kinds: " + FuzzTarget.all.map(\.name).joined(separator: " "))
    exit(64)
}
FuzzRun.target = target

var rest = Array(CommandLine.arguments.dropFirst(2))
if rest.first.map({ $0.hasPrefix("-") }) ?? true { rest.insert("corpus/" + target.name, at: 0) }
try FuzzRun.fill(corpus: URL(filePath: rest[0]))

var arguments: [UnsafeMutablePointer<CChar>?] =
    ([CommandLine.arguments[0]] + rest).map { strdup($0) } + [nil]
var count = Int32(arguments.count - 1)
let status = arguments.withUnsafeMutableBufferPointer { buffer -> Int32 in
    var base = buffer.baseAddress
    return withUnsafeMutablePointer(to: &base) { pointer in
        pointer.withMemoryRebound(
            to: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?.self, capacity: 1
        ) { LLVMFuzzerRunDriver(&count, $0, fuzzOneInput) }
    }
}
exit(status)
