// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport
import Testing

/// Inputs that once broke a reader, found by fuzzing and made small.
@Suite struct FuzzRegressionTests {
    @Test(arguments: FuzzTarget.all.map(\.name))
    func `what was found once stays mended`(name: String) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        let folder = SeedFiles.project.appending(path: "Tests/Fuzz/Regressions/\(name)")
        for file in SeedFiles.files(below: folder) {
            let bytes = [UInt8](try Data(contentsOf: file))
            let took = ContinuousClock().measure {
                let fault = target.fault(bytes, 0)
                #expect(fault == nil, "\(file.lastPathComponent): \(fault ?? "")")
            }
            #expect(took < .seconds(10))
        }
    }
}
