// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

/// Long hostile inputs end soon; without optimisation everything is some fifty times slower.
@Suite struct CountsHostileTests {
    private static let bytes = 1 << 16

    private func filled(_ head: String, with piece: String) -> [UInt8] {
        var bytes = Array(head.utf8)
        let unit = Array(piece.utf8)
        while bytes.count < Self.bytes { bytes += unit }
        return bytes
    }

    @Test(
        .timeLimit(.minutes(5)),
        arguments: [
            "a,\n", "a,a,a,a,a,a,a,a\n", "1/2/2019,3/4/2019\n", "\"", "-----\n", "\n", "0,0,0,0\n",
            "serial number: x,y,\n", ",",
        ])
    func `a long file of one line over and over ends`(piece: String) {
        for head in [
            "Actiware Export File\n", "Actical List Export File\n", CountsFixtures.actiGraph([]),
            CountsFixtures.actiwatch([]),
        ] {
            let sink = readAll(filled(head, with: piece)) { ActivityCountsReader() }
            #expect(sink.issues.count < 20)
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: ["\n", "1\n", "x\n", "1,2,3\n", "\"\n", "9", ","])
    func `a long file of one row over and over ends`(piece: String) {
        for head in [
            "1551453301.0\n4\n", "1551453301.0, IBI\n", "1551453301.00\n1551453302.00\n",
            "1551453301, 1551453301, 1551453301\n32,32,32\n",
        ] {
            let sink = readAll(filled(head, with: piece)) { EmpaticaE4Reader() }
            #expect(sink.issues.count < 20)
        }
    }

    @Test func `lines above a table are limited`() {
        let sink = readAll(filled("Actical List Export File\n", with: "a,b\n")) {
            ActivityCountsReader()
        }
        #expect(sink.issue(.limitExceeded)?.expected.contains("headerRows") == true)
    }
}
