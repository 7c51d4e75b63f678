// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

/// What every reader of tables must bear.
@Suite struct TableHostileTests {
    static let kinds: [FileKind] = [
        .whoop, .hrvApp, .withings, .miFitness, .zeppLife, .openStrap,
    ]

    static func header(_ kind: FileKind) -> String {
        let fixture =
            switch kind {
            case .whoop: TableFixtures.whoopCycles
            case .hrvApp: TableFixtures.hrv[0]
            case .withings: TableFixtures.withingsSleep
            case .miFitness: TableFixtures.miFitness
            case .zeppLife: TableFixtures.zepp[0]
            default: TableFixtures.openStrap[0]
            }
        return String(fixture.prefix { $0 != "\n" }) + "\n"
    }

    @Test(arguments: kinds)
    func `long rows, many fields and open quotes are refused in time`(kind: FileKind) {
        let head = Self.header(kind)
        let bodies = [
            String(repeating: "x", count: 1 << 20), String(repeating: ",", count: 1 << 20),
            String(repeating: "\"", count: 1 << 20), String(repeating: "\"\n", count: 1 << 19),
            String(repeating: "[", count: 1 << 20), String(repeating: "\n", count: 1 << 20),
            String(repeating: "9", count: 1 << 20), String(repeating: "1\t", count: 1 << 19),
        ]
        for body in bodies {
            for text in [head + body, body] {
                let clock = ContinuousClock()
                let began = clock.now
                let sink = readTable(kind, text)
                #expect(clock.now - began < .seconds(20))
                #expect(sink.issues.allSatisfy { $0.position.byte <= Int64(text.utf8.count) })
            }
        }
    }

    @Test(arguments: kinds)
    func `an empty file and a foreign table are refused`(kind: FileKind) {
        #expect(readTable(kind, "").error?.code == .truncated)
        #expect(readTable(kind, "a,b,c\n1,2,3\n").error?.code == .unsupported)
        #expect(detected("a,b,c\n1,2,3\n") == nil)
        #expect(detected("date,value\n2026-01-01,3\n") == nil)
    }

    @Test(arguments: kinds)
    func `a header row alone is an empty table`(kind: FileKind) {
        let sink = readTable(kind, Self.header(kind))
        #expect(sink.error == nil && sink.sampleCount == 0 && sink.issues == [])
    }

    @Test func `samples beyond the limit end the reading`() {
        var limits = ReadLimits()
        limits.samples = 2
        let sink = readAll(Array(TableFixtures.zepp[0].utf8) + Array("2026-03-02,09:00,70\n".utf8))
        {
            ZeppLifeReader(ReadContext(limits: limits))
        }
        #expect(sink.error?.code == .limitExceeded && sink.sampleCount >= 2)
    }
}
