// SPDX-License-Identifier: Apache-2.0
import CFuzzer
import Foundation
import HearthBiosignals
import HearthFormats
import HearthTestSupport

// hearth-fuzz KIND [libFuzzer options]: fuzzes the reader of one kind. The corpus is a folder that
// the first run fills from the project's samples, and the shared ones where there are any.

let word = CommandLine.arguments.dropFirst().first ?? ""
FuzzTarget.isModel = word == FuzzTarget.modelKind
guard let kind = FuzzTarget.isModel ? FuzzTarget.kind : FileKind(name: word),
    FuzzTarget.isModel || ReaderCatalog.kinds.contains(kind)
else {
    print("usage: hearth-fuzz KIND [CORPUS] [libFuzzer options]")
    let kinds = ReaderCatalog.kinds.map(\.name) + [FuzzTarget.modelKind]
    print("kinds: " + kinds.joined(separator: " "))
    exit(64)
}
FuzzTarget.kind = kind
FuzzTarget.mend = FuzzTarget.isModel ? nil : MutationFacts.of(kind).mend

var rest = Array(CommandLine.arguments.dropFirst(2))
if rest.first.map({ $0.hasPrefix("-") }) ?? true { rest.insert("corpus/" + word, at: 0) }
try FuzzTarget.fill(corpus: URL(filePath: rest[0]))

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
