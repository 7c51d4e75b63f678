// SPDX-License-Identifier: Apache-2.0

extension MutationFacts {
    static let embracePlus = MutationFacts(
        isText: false,
        head: { seed in
            // The header and the front of the session up to the samples.
            Array(seed.prefix(containerHead(seed).count + 24))
        },
        mend: { mendAvro(&$0) }, seeds: embracePlusSeeds.map(\.container))

    static let empaticaE4 = MutationFacts(
        isText: true,
        words: [
            "1767323045.25", "1767323045.000000, IBI", "64.000000", "32.000000, 32.000000", "IBI",
            "-34,-23,45", "5000", "-4097,0,0", "99999",
        ],
        head: { firstLines($0, 2) }, seeds: empaticaSeeds.map { Array($0.utf8) })

    static let activityCounts = MutationFacts(
        isText: true,
        words: [
            "axis1,axis2", "TimeStamp", "Mode = 61", "Epoch Period (hh:mm:ss) 00:01:00", "NaN",
            "----------", "8/26/2013", "13-May-21", "2017-09-12T15:00:00Z", "+01:00", "12:00:00 AM",
            "Serial Number: X", ";", "\t", "99999999",
        ],
        head: { countsHead($0) }, seeds: countsSeeds.map { Array($0.utf8) })

    // MARK: EmbracePlus

    private static let embracePlusSeeds: [(container: [UInt8], isDeflated: Bool)] = {
        var one = EmbracePlusBuilder()
        one.addInertial(
            "accelerometer", x: (0..<40).map { $0 * 50 }, y: Array(0..<40), z: Array(0..<40))
        var two = EmbracePlusBuilder()
        two.outer = [("timezone", "\"int\"", AvroBuilder.number(3600))]
        two.addValues("eda", rate: 4, (0..<60).map { Float($0) / 8 })
        var three = EmbracePlusBuilder()
        three.addTimes(
            "systolicPeaks", "peaksTimeNanos",
            (0..<40).map { EmbracePlusBuilder.start * 1000 + $0 * 850_000_000 })
        three.addTimes("tags", "tagsTimeMicros", [EmbracePlusBuilder.start])
        var four = EmbracePlusBuilder()
        four.addSteps((0..<60).map { $0 % 12 })
        return [one, two, three, four].flatMap {
            [($0.container(times: 2), false), ($0.container(codec: "deflate", times: 2), true)]
        } + [(EmbracePlusBuilder.all().container(), false)]
    }()

    private static func containerHead(_ seed: [UInt8]) -> [UInt8] {
        for index in seed.indices.dropFirst(AvroBuilder.mark.count)
        where seed[..<index].suffix(AvroBuilder.mark.count).elementsEqual(AvroBuilder.mark) {
            return Array(seed[..<index])
        }
        return seed
    }

    /// Puts a sound header in front and makes size, mark and stored lengths fit what is left.
    private static func mendAvro(_ bytes: inout [UInt8]) {
        // The seed whose header is most alike; a damaged header gives way to it.
        let heads = embracePlusSeeds.map { (containerHead($0.container), $0.isDeflated) }
        let best = heads.max { one, other in
            alike(one.0, bytes) < alike(other.0, bytes)
        }
        guard let (head, isDeflated) = best else { return }
        var body = bytes.count > head.count + 2 ? Array(bytes[(head.count + 2)...]) : []
        if body.suffix(AvroBuilder.mark.count).elementsEqual(AvroBuilder.mark) {
            body.removeLast(AvroBuilder.mark.count)
        }
        if isDeflated { body = AvroBuilder.stored(Array(body.dropFirst(5))) }
        bytes = head + AvroBuilder.block(body)
    }

    private static func alike(_ head: [UInt8], _ bytes: [UInt8]) -> Int {
        zip(head, bytes).reduce(0) { $0 + ($1.0 == $1.1 ? 1 : 0) }
    }

    // MARK: Text

    private static func firstLines(_ seed: [UInt8], _ count: Int) -> [UInt8] {
        var left = count
        guard
            let end = seed.firstIndex(where: {
                if $0 == 0x0A { left -= 1 }
                return left == 0
            })
        else { return seed }
        return Array(seed[...end])
    }

    /// Everything ahead of the first row of the table.
    private static func countsHead(_ seed: [UInt8]) -> [UInt8] {
        let lines = String(decoding: seed, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false)
        guard
            let first = lines.firstIndex(where: { line in
                line.first?.isNumber == true || line.hasPrefix("\"1\"")
            })
        else { return firstLines(seed, 1) }
        return Array(lines[..<first].joined(separator: "\n").utf8) + [0x0A]
    }

    private static let empaticaSeeds: [String] = {
        let start = "1767323045.000000"
        let values = (0..<120).map { "\(Double($0 * 7 % 90) / 4)" }.joined(separator: "\n") + "\n"
        let triples = (0..<120).map { "\($0 - 60),\($0 * 3 % 64),5" }.joined(separator: "\n") + "\n"
        let beats = (1..<120).map { "\(Double($0) * 0.875),0.875000" }.joined(separator: "\n")
        let tags = (0..<60).map { "17673230\($0 + 10).25" }.joined(separator: "\n") + "\n"
        return [
            "\(start)\n64.000000\n" + values, "\(start)\n1.000000\n" + values,
            "\(start)\n4.000000\n" + values,
            "\(start), \(start), \(start)\n32.000000, 32.000000, 32.000000\n" + triples,
            "\(start), IBI\n" + beats + "\n", tags,
        ]
    }()

    private static let countsSeeds: [String] = {
        let rows = (0..<80).map { "\($0 * 13 % 300),\($0),\($0 * 3 % 70),\($0 % 9)" }
        let graph = """
            ------------ Data File Created By ActiGraph wGT3X ActiLife v6.10 date format M/d/yyyy ---
            Serial Number: CLE000
            Start Time 09:00:00
            Start Date 8/26/2013
            Epoch Period (hh:mm:ss) 00:00:15
            Current Battery Voltage: 4.03     Mode = 13
            ---------------

            """ + rows.joined(separator: "\n") + "\n"
        let stamped = """
            ------------ Data Table File Created By Actigraph Link ActiLife v6.11 -----------
            Start Time 15:00:00
            Epoch Period (hh:mm:ss) 00:00:01
            ---------------
            TimeStamp,axis1,axis2,axis3,steps,vm

            """
            + (10..<60).map { "2017-09-12T15:00:\($0)Z,\($0),1,2,3,4\n" }.joined()
        let actical = """
            Actical List Export File  (Version 03.00),,
            Start Date:,13-May-21,(Thu)
            Device Serial Number:,B11,
            Epoch#,Day#,Elapsed,Date,Time,Activity,Steps,Event Marker
            ,,Seconds,,,Counts,,

            """
            + (0..<60).map {
                "\($0),1,\($0 * 60 + 60),13-May-21,10:\($0 / 10)\($0 % 10),\($0 * 9),3,0\n"
            }.joined()
        let watch = """
            Actiware Export File;
            Data Collection Start Date:;14/02/2026;
            Actiwatch Type:;Spectrum;
            Time Zone Offset:;+02:00;
            Epoch Length:;60;seconds
            Line;Date;Time;Off-Wrist Status;Activity;Marker;White Light;Sleep/Wake

            """
            + (10..<60).map { "\($0);14/02/2026;06:\($0):00;0;\($0);0;12,5;1\n" }.joined()
        return [graph, stamped, actical, watch]
    }()
}
