// SPDX-License-Identifier: Apache-2.0

/// A run: a record each second and its beat intervals; no positions.
enum FITActivityFile {
    static func bytes(_ wearer: SimulatedWearer, _ run: SimulatedRun) -> [UInt8] {
        var encoder = FITDevice.begin(.activity, created: run.start, number: run.day)
        writeEvent(&encoder, run.start, type: 0)
        encoder.define(
            2, 20, [.timestamp, .uint32(5), .uint16(6), .uint8(3), .uint8(4)])
        encoder.define(3, 78, [.uint16s(0, 5)])
        var beats = run.beats[...]
        var beatTime = 0
        var millimetres = 0
        for (index, second) in run.seconds.enumerated() {
            millimetres += Int(second.millimetresPerSecond)
            encoder.write(
                2,
                [
                    .time(run.start + Int64(index)), .long(UInt32(millimetres / 10)),
                    .short(second.millimetresPerSecond), .byte(second.heartRate),
                    .byte(second.cadence),
                ])
            // The beats that fell into this second follow its record, padded with "no value".
            var group: [UInt16] = []
            while let next = beats.first, beatTime + Int(next) <= (index + 1) * 1000,
                group.count < 5
            {
                group.append(next)
                beatTime += Int(next)
                beats = beats.dropFirst()
            }
            guard !group.isEmpty else { continue }
            encoder.write(
                3, [.shorts(group + [UInt16](repeating: 0xFFFF, count: 5 - group.count))])
        }
        writeEvent(&encoder, run.end, type: 4)
        writeSummaries(&encoder, wearer, run)
        return encoder.finished()
    }

    private static func writeEvent(_ encoder: inout FITEncoder, _ time: Int64, type: UInt8) {
        encoder.define(0, 21, [.timestamp, .enumeration(0), .enumeration(1)])
        encoder.write(0, [.time(time), .byte(0), .byte(type)])
    }

    private static func writeSummaries(
        _ encoder: inout FITEncoder, _ wearer: SimulatedWearer, _ run: SimulatedRun
    ) {
        let duration = FITValue.long(UInt32(run.seconds.count) * 1000)
        let common: [FITValue] = [
            .time(run.end), .time(run.start), duration, duration,
            .long(UInt32((run.distance * 100).rounded())), .short(UInt16(run.energy)),
        ]
        let rates: [FITValue] = [
            .byte(UInt8(run.meanHeartRate.rounded())), .byte(UInt8(run.maximumHeartRate)),
        ]
        let fields: [FITField] = [
            .timestamp, .uint32(2), .uint32(7), .uint32(8), .uint32(9), .uint16(11),
        ]
        encoder.define(4, 19, fields + [.uint8(15), .uint8(16), .enumeration(25)])
        encoder.write(4, common + rates + [.byte(1)])
        encoder.define(
            5, 18,
            fields + [.uint8(16), .uint8(17), .enumeration(5), .enumeration(6), .uint16(26)])
        encoder.write(5, common + rates + [.byte(1), .byte(0), .short(1)])
        encoder.define(
            6, 34,
            [
                .timestamp, .uint32(0), .uint16(1), .enumeration(2), .enumeration(3),
                .enumeration(4),
                .uint32(5),
            ])
        let local = run.end + Int64(wearer.offset(at: run.end))
        encoder.write(
            6, [.time(run.end), duration, .short(1), .byte(0), .byte(26), .byte(1), .time(local)])
    }
}
