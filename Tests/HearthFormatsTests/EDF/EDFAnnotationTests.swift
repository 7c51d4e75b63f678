// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthTestSupport
import Testing

@testable import HearthFormats

@Suite struct EDFAnnotationTests {
    private func read(_ lists: String, kind: String = "EDF+C") -> CollectingSink {
        var file = EDFBuilder([.annotations(samples: "500")], records: 1, kind: kind)
        file.duration = "0"
        file.append("+0\u{14}\u{14}\u{0}" + lists, bytes: 1000)
        return readEDF(file)
    }

    private func stage(_ text: String) -> SleepStage? {
        read("+0\u{15}30\u{14}\(text)\u{14}\u{0}").values(.sleepStage).first
            .flatMap { SleepStage(rawValue: UInt8($0)) }
    }

    @Test func `stages of both manuals become intervals`() {
        for (text, expected) in [
            ("Sleep stage W", .wake), ("Sleep stage 1", .light), ("Sleep stage 2", .light),
            ("Sleep stage 3", .deep), ("Sleep stage 4", .deep), ("Sleep stage R", .rem),
            ("Sleep stage N1", .light), ("Sleep stage N2", .light), ("Sleep stage N3", .deep),
            ("Sleep stage ?", .unscored), ("Movement time", .unscored), ("sleep stage rem", .rem),
            ("Light sleep", .light), ("Asleep", .asleep),
        ] as [(String, SleepStage)] {
            #expect(stage(text) == expected, "\(text)")
        }
        #expect(stage("Sleep stage X") == nil)
        #expect(stage("Sleep stage") == nil)
        let sink = read("+30\u{15}90\u{14}Sleep stage 2\u{14}\u{0}")
        #expect(sink.samples(of: .sleepStage).map(\.duration) == [90_000_000_000])
        #expect(sink.samples(of: .sleepStage).map(\.time) == [edfStart + 30_000_000_000])
        #expect(sink.streams.keys.map(\.origin) == [Origin(file: .edf, derivation: .derived)])
    }

    @Test func `other annotations become notes and marks without their text`() {
        let sink = read(
            "+1.5\u{15}2\u{14}Mrs Smith coughs\u{14}Lights off\u{14}\u{0}-3\u{14}Event marker\u{14}\u{0}"
        )
        #expect(
            sink.values(.event) == [
                EventKind.marker.value, EventKind.note.value, EventKind.note.value,
            ])
        #expect(
            sink.samples(of: .event).map { ($0.time - edfStart) / 100_000_000 } == [-30, 15, 15])
        #expect(sink.samples(of: .event).map(\.duration) == [0, 2_000_000_000, 2_000_000_000])
        #expect(!"\(sink)".contains("Smith"))
    }

    @Test func `lists that are none cost only themselves`() {
        let sink = read(
            "garbage\u{0}+x\u{14}a\u{14}\u{0}+1\u{15}y\u{14}b\u{14}\u{0}+2\u{0}+3\u{14}c\u{14}\u{0}"
        )
        #expect(sink.values(.event).count == 1)
        #expect(sink.issue(.damaged)?.count == 4)
        #expect(read("+1e3\u{14}a\u{14}\u{0}").issue(.damaged) != nil)
        #expect(read("+99999999999\u{14}a\u{14}\u{0}").issue(.damaged) != nil)
    }

    @Test func `several annotation signals are read wherever they are`() {
        var file = EDFBuilder(
            [.annotations(samples: "20"), .init("Fp1"), .annotations(samples: "20")], records: 1,
            kind: "EDF+D")
        file.append("+7\u{14}\u{14}\u{0}+7\u{14}a\u{14}\u{0}", bytes: 40)
        file.append([1, 2, 3, 4])
        file.append("+8\u{14}b\u{14}\u{0}", bytes: 40)
        let sink = readEDF(file)
        #expect(sink.values(.event).count == 2)
        #expect(sink.samples(of: .eeg).first?.time == edfStart + 7_000_000_000)
    }

    @Test func `UTF-8 in annotations and labels is no obstacle`() {
        #expect(read("+1\u{14}Sphärische Geräusche 💓\u{14}\u{0}").values(.event).count == 1)
        var file = EDFBuilder([.init("x", labelBytes: Array("Größe".utf8))], records: 1)
        file.append([1, 2, 3, 4])
        let sink = readEDF(file)
        #expect(sink.issue(.encoding)?.count == 1)
        #expect(sink.streams.keys.map(\.device.model) == ["Gr??e [uV]"])
    }
}
