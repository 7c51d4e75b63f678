// SPDX-License-Identifier: Apache-2.0
import CFuzzer
import Foundation
import HearthBiosignals
import HearthFormats
import HearthTestSupport

/// What is fuzzed: one reader, with the contract as the oracle.
enum FuzzTarget {
    nonisolated(unsafe) static var kind = FileKind.hearthCSV
    nonisolated(unsafe) static var mend: (@Sendable (inout [UInt8]) -> Void)?
    nonisolated(unsafe) static var number = 0
    /// Model files instead of recordings: read, planned and run.
    nonisolated(unsafe) static var isModel = false
    static let modelKind = "onnx"

    /// Seeds of at most this size: small inputs are mutated faster.
    static let seedBytes = 16_384

    /// Writes the seeds of the kind into an empty corpus.
    static func fill(corpus: URL) throws {
        let manager = FileManager.default
        // A file is one input to be run again.
        var isFolder: ObjCBool = false
        if manager.fileExists(atPath: corpus.path, isDirectory: &isFolder), !isFolder.boolValue {
            return
        }
        try manager.createDirectory(at: corpus, withIntermediateDirectories: true)
        guard try manager.contentsOfDirectory(atPath: corpus.path).isEmpty else { return }
        let seeds = isModel ? ModelMutator.fixtures() : SeedFiles.bytes(of: kind)
        for (number, seed) in seeds.enumerated() {
            let name = corpus.appending(path: "seed-\(number)")
            try Data(seed.prefix(seedBytes)).write(to: name)
        }
    }

    /// Ends the process, which libFuzzer takes for a find, if the reader breaks its contract.
    static func run(_ bytes: [UInt8]) {
        if isModel {
            var result = ModelMutantRun()
            if let fault = result.take(bytes) { preconditionFailure(fault) }
            return
        }
        var result = MutantRun(kind)
        number &+= 1
        if let fault = result.take(bytes, number: number) { preconditionFailure(fault) }
    }
}

func fuzzOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
    FuzzTarget.run(Array(UnsafeBufferPointer(start: data, count: size)))
    return 0
}

/// libFuzzer's own mutation, and mostly sound checksums after it, so that finds lie deeper.
@_cdecl("LLVMFuzzerCustomMutator")
func fuzzMutate(
    _ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ capacity: Int, _ seed: UInt32
) -> Int {
    let changed = LLVMFuzzerMutate(data, size, capacity)
    guard let mend = FuzzTarget.mend, !seed.isMultiple(of: 4) else { return changed }
    var bytes = Array(UnsafeBufferPointer(start: data, count: changed))
    mend(&bytes)
    guard bytes.count <= capacity else { return changed }
    for (index, byte) in bytes.enumerated() { data[index] = byte }
    return bytes.count
}
