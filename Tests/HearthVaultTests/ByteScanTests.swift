// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport
import Testing

@testable import HearthVault

@Suite struct ByteScanTests {
    /// At every place relative to a look, and over the border of what is read at once.
    @Test func `a string is found wherever it lies, and only where it is whole`() throws {
        let fixture = try VaultFixture()
        let path = fixture.root + "/file"
        var random = SeededRandom(seed: 7)
        let text = (0..<200).map { _ in UInt8.random(in: 0...255, using: &random) }
        var scan = ByteScan()
        scan.add(text[...], of: 12)
        scan.add(text.prefix(31), of: 13)
        #expect(scan.count == 1)
        let size = (1 << 20) + 5000
        let places = Array(0..<70) + Array(((1 << 20) - 60)..<((1 << 20) + 60)) + [size - 200]
        for place in places {
            var bytes = [UInt8](repeating: 0, count: size)
            bytes.replaceSubrange(place..<(place + 200), with: text)
            try Data(bytes).write(to: URL(filePath: path))
            #expect(try scan.hits(in: path) == [12], "at \(place)")
        }
        // One byte of the beginning is another.
        var bytes = [UInt8](repeating: 0, count: size)
        bytes.replaceSubrange(500..<700, with: text)
        bytes[520] ^= 1
        try Data(bytes).write(to: URL(filePath: path))
        #expect(try scan.hits(in: path).isEmpty)
        #expect(try scan.hits(in: fixture.root + "/nothing").isEmpty)
    }
}
