// SPDX-License-Identifier: Apache-2.0

extension MutationFacts {
    /// A piece from the middle makes sense only behind the whole header. Half of the damage inside the
    /// first 256 bytes would be refused at the door, so most mutants get the version mended.
    static let edf = MutationFacts(
        isText: false,
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
            EDFBuilder.night().bytes, EDFBuilder.night(bdf: true).bytes,
            EDFBuilder.night(records: 40, gaps: false).bytes,
            EDFBuilder.night(records: 12).bytes, hypnogram.bytes, plain.bytes, odd.bytes,
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
