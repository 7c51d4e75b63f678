// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

/// Inputs that once broke a reader, found by fuzzing and made small.
@Suite struct FuzzRegressionTests {
    @Test(arguments: ReaderCatalog.kinds)
    func `what was found once stays mended`(kind: FileKind) throws {
        let folder = SeedFiles.project.appending(path: "Tests/Fuzz/Regressions/\(kind.name)")
        for file in SeedFiles.files(below: folder) {
            let bytes = [UInt8](try Data(contentsOf: file))
            var run = MutantRun(kind)
            let fault = run.take(bytes, number: 0)
            #expect(fault == nil, "\(file.lastPathComponent): \(fault ?? "")")
            #expect(run.slowest < .seconds(10))
        }
    }
}
