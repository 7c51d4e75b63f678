// SPDX-License-Identifier: Apache-2.0

extension MutationFacts {
    /// Headers are text of fixed width, so text is what they are damaged with. A piece from the middle
    /// makes sense only behind the whole header, and a version that is another is refused at once, so
    /// most mutants get it back.
    static let edf = MutationFacts(
        isText: true,
        words: [
            "EDF+D", "EDF+C", "-1      ", "0       ", "0.5     ", "uV      ", "Sleep stage 2",
            "+1\u{15}2\u{14}a\u{14}\u{0}", "\u{14}\u{14}\u{0}", "EDF Annotations ", "99999999",
            "Startdate 29-FEB-2023 ", "-8388608",
        ],
        head: { seed in
            let text = String(decoding: seed.dropFirst(252).prefix(4), as: UTF8.self)
            let count = Int(text.filter(\.isNumber)) ?? 1
            return Array(seed.prefix(256 * (min(count, 512) + 1)))
        },
        mend: { bytes in
            guard bytes.count >= 8 else { return }
            let isBDF = bytes[0] == 0xFF
            let version = isBDF ? [0xFF] + Array("BIOSEMI".utf8) : Array("0       ".utf8)
            bytes.replaceSubrange(0..<8, with: version)
        },
        seeds: [
            EDFBuilder.night().bytes, EDFBuilder.night(bdf: true).bytes, hypnogram.bytes,
            plain.bytes, odd.bytes, single(false).bytes, single(true).bytes,
        ])

    private static var hypnogram: EDFBuilder {
        var file = EDFBuilder([.annotations(samples: "200")], records: 1, kind: "EDF+C")
        file.duration = "0"
        let stages = ["W", "1", "2", "3", "4", "R", "?"].enumerated().map { index, stage in
            "+\(30 * index)\u{15}30\u{14}Sleep stage \(stage)\u{14}\u{0}"
        }
        file.append("+0\u{14}\u{14}\u{0}" + stages.joined(), bytes: 400)
        return file
    }

    /// A short header, so that much of the damage lies behind it.
    private static func single(_ bdf: Bool) -> EDFBuilder {
        var file = EDFBuilder(
            [
                .init("SpO2", "%", physical: ("0", "100"), digital: ("0", "100")),
                .annotations(samples: "20", bdf: bdf),
            ], records: 15, kind: bdf ? "BDF+D" : "EDF+D", bdf: bdf)
        for record in 0..<15 {
            file.append([97, 96, record * 9, 95])
            let start = record * (record > 7 ? 2 : 1)
            file.append(
                "+\(start)\u{14}\u{14}\u{0}+\(start)\u{14}Lights on\u{14}\u{0}",
                bytes: bdf ? 60 : 40)
        }
        return file
    }

    private static var plain: EDFBuilder {
        var file = EDFBuilder(
            [.init("Fp1", samples: "16"), .init("Event marker", "")], records: -1)
        for record in 0..<20 {
            file.append((0..<16).map { $0 * record })
            file.append([record, 0, 1, -1])
        }
        return file
    }

    /// Everything wrong at once that is not worth a refusal.
    private static var odd: EDFBuilder {
        var file = EDFBuilder(
            [
                .init("Temp rectal", "degC", physical: ("0", "90"), samples: "2"),
                .init("", "V", labelBytes: [0xB5, 0x45, 0xC3, 0xA9]), .annotations(samples: "12"),
            ], records: 9, kind: "EDF+C")
        file.headerBytes = "77"
        file.date = "31.02.26"
        file.time = "25.00.00"
        file.recording = "Startdate X X X X"
        for record in 0..<10 {
            file.append([record * 3000, -record])
            file.append([1, 2, 3, 4])
            file.append(record == 3 ? "nothing" : "+\(record * 2)\u{14}\u{14}\u{0}", bytes: 24)
        }
        return file
    }
}
