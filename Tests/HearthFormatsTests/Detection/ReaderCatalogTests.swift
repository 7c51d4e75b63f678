// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
@testable import HearthFormats
import HearthTestSupport
import Testing

@Suite struct ReaderCatalogTests {
    @Test func `a reader chosen while the program runs keeps the contract`() {
        let bytes = Array("time,quantity,value\n2026-01-02T03:04:05Z,heart-rate,61\n".utf8)
        checkReader(bytes, samples: 1) { AnyRecordingReader(HearthCSVReader()) }
    }

    @Test(arguments: ReaderCatalog.kinds)
    func `readers answer nothing with an error or with nothing`(kind: FileKind) {
        let sink = MutantRun.read([], as: kind, cuts: [])
        #expect(sink.streams.isEmpty)
    }

    @Test func `a stream of parts is taken apart in any cut`() throws {
        let parts: [(name: String, bytes: [UInt8])] = [
            ("a.hea", Array("abc".utf8)), ("b", []), ("c", Array(repeating: 7, count: 300)),
        ]
        let stream = PartStream.bytes(parts)
        for size in [1, 2, 7, stream.count] {
            var splitter = PartSplitter()
            var found: [(name: String, bytes: [UInt8])] = []
            for start in stride(from: 0, to: stream.count, by: size) {
                let piece = Array(stream[start..<min(stream.count, start + size)])
                var index = 0
                while let event = try splitter.next(piece.span, &index) {
                    switch event {
                    case .began: found.append((String(decoding: splitter.name, as: UTF8.self), []))
                    case .bytes(let range):
                        #expect(Int(splitter.offset) == found[found.count - 1].bytes.count)
                        found[found.count - 1].bytes += piece[range]
                    case .ended: break
                    }
                }
            }
            #expect(splitter.isBetweenParts)
            #expect(found.map(\.name) == parts.map(\.name))
            #expect(found.map(\.bytes) == parts.map(\.bytes))
        }
    }
}
