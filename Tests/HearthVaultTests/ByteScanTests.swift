// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport
import Testing

@testable import HearthVault

@Suite struct ByteScanTests {
    /// At every place relative to a look, over the border of what is read at once, and at the end.
    @Test func `a string is found wherever it lies, and only where it is whole`() throws {
        let fixture = try VaultFixture()
        let path = fixture.root + "/file"
        var random = SeededRandom(seed: 7)
        let text = (0..<200).map { _ in UInt8.random(in: 0...255, using: &random) }
        var scan = ByteScan()
        scan.add(text[...], of: 12)
        scan.add(text.prefix(ByteScan.probeBytes - 1), of: 13)
        #expect(scan.count == 1)
        let border = 1 << 19
        let size = border + 5003
        func hits(at place: Int, changing changed: Int? = nil) throws -> [UInt64?] {
            var bytes = [UInt8](repeating: 0, count: size)
            let end = min(place + text.count, size)
            bytes.replaceSubrange(place..<end, with: text[..<(end - place)])
            if let changed { bytes[changed] ^= 1 }
            try Data(bytes).write(to: URL(filePath: path))
            return try scan.hits(in: path)
        }
        for place in Array(0..<70) + Array((border - 75)..<(border + 40)) {
            #expect(try hits(at: place) == [12], "at \(place)")
        }
        for place in (size - 80)..<size {
            let isWhole = place + ByteScan.probeBytes <= size
            #expect(try hits(at: place) == (isWhole ? [12] : []), "at \(place)")
        }
        // One byte of the beginning is another, or the first byte that is not compared.
        for place in [0, 20, ByteScan.probeBytes - 1] {
            #expect(try hits(at: 500, changing: 500 + place).isEmpty)
        }
        #expect(try hits(at: 500, changing: 500 + ByteScan.probeBytes) == [12])
        #expect(try scan.hits(in: fixture.root + "/nothing").isEmpty)
    }

    @Test func `a string is found over the border of two parts of a large file`() throws {
        let fixture = try VaultFixture()
        let path = fixture.root + "/file"
        var random = SeededRandom(seed: 9)
        let text = (0..<60).map { _ in UInt8.random(in: 0...255, using: &random) }
        var scan = ByteScan()
        scan.add(text[...], of: 5)
        for place in [ByteScan.part - 39, ByteScan.part - 1, ByteScan.part, ByteScan.part + 9] {
            // All but the string is a hole.
            try Data().write(to: URL(filePath: path))
            let file = try #require(FileHandle(forWritingAtPath: path))
            try file.seek(toOffset: UInt64(place))
            try file.write(contentsOf: Data(text))
            try file.close()
            #expect(try scan.hits(in: path) == [5], "at \(place)")
        }
    }

    @Test func `all of many strings are found, also side by side`() throws {
        let fixture = try VaultFixture()
        let path = fixture.root + "/file"
        var random = SeededRandom(seed: 8)
        var scan = ByteScan()
        var file: [UInt8] = []
        for number in 0..<3000 {
            let length = Int.random(in: ByteScan.probeBytes...400, using: &random)
            let text = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            scan.add(text[...], of: UInt64(number))
            file += text
        }
        try Data(file).write(to: URL(filePath: path))
        #expect(try scan.hits(in: path) == (0..<3000).map { UInt64($0) })
    }
}
