// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

@Suite struct HeartRatePacketsTests {
    private func read(_ text: String, zone: ZoneTimeline = ZoneTimeline()) -> CollectingSink {
        readAll(Array(text.utf8)) { HeartRatePacketsReader(ReadContext(zone: zone)) }
    }

    private func codes(_ sink: CollectingSink) -> [String] {
        sink.issues.map(\.code.name).filter { $0 != "unanchored-time" }
    }

    @Test(arguments: HeartRatePacketSeeds.all.indices)
    func `logs of each form hold the contract`(index: Int) {
        let bytes = Array(HeartRatePacketSeeds.all[index].prefix(700))
        checkReader(bytes) { HeartRatePacketsReader() }
        #expect(FormatDetector.detect(bytes.span) == .recording(.heartRatePackets))
    }

    @Test(arguments: [
        "1767322800,163C0004", "1767322800; 16 3C 00 04", "1767322800\t16:3c:00:04",
        "1767322800 0x163C0004", "1767322800000,16-3C-00-04", "1767322800.000,163c0004\r",
        "2026-01-02T03:00:00Z,0x16 0x3C 0x00 0x04", "2026-01-02 03:00:00 16 3c 00 04",
        "\u{FEFF}time,hex\n1767322800,163C0004", "id;data;time\n7;163C0004;2026-01-02T03:00:00Z",
        "{\"time\":1767322800,\"value\":\"163C0004\"}",
        "{\"device\":{\"a\":[1]},\"hex\":\"16 3C 00 04\",\"time\":\"2026-01-02T03:00:00Z\"}",
        "# a comment\n1767322800000000,\"163C0004\"",
        "nRF Connect, 2026-01-02\nI\t03:00:00.000\tNotification received from "
            + "00002a37-0000-1000-8000-00805f9b34fb, value: (0x) 16-3C-00-04\n",
    ])
    func `each form of a line`(text: String) {
        let sink = read(text)
        #expect(sink.values(.heartRate) == [60])
        #expect(sink.values(.rrInterval) == [1000])
        #expect(sink.values(.wear) == [1])
        #expect(
            sink.samples(of: .heartRate).map(\.time) == [1_767_322_800_000_000_000])
        #expect(codes(sink) == [])
        #expect(
            FormatDetector.detect(Array(text.utf8).span) == .recording(.heartRatePackets))
    }

    @Test func `a rate of 16 bits, energy, and intervals oldest first`() {
        let sink = read("1767322800,19 2C 01 10 00 00 04 00 02\n")
        // 300 a minute is nobody's heart.
        #expect(sink.values(.heartRate) == [])
        #expect(sink.issue(.implausibleValue) != nil)
        #expect(sink.values(.rrInterval) == [1000, 500])
        #expect(
            sink.samples(of: .rrInterval).map(\.time)
                == [1_767_322_799_500_000_000, 1_767_322_800_000_000_000])
        #expect(sink.values(.wear) == [])
    }

    @Test func `intervals are chained by their own sum, not by arrival`() {
        // Notifications at 0, 1, 2 and 3 s, each a little late; the third has no interval.
        let sink = read(
            """
            1767322800.0,10 3C 00 04
            1767322801.3,10 3C 00 04
            1767322802.1,00 3C
            1767322803.4,10 3C 00 04 00 04

            """)
        #expect(
            sink.samples(of: .rrInterval).map { ($0.time - 1_767_322_800_000_000_000) / 1_000_000 }
                == [0, 1000, 2000, 3000])
        #expect(codes(sink) == [])
    }

    @Test func `beyond the bound a chain begins anew`() {
        let sink = read(
            "1767322800,10 3C 00 04\n1767322804.5,10 3C 00 02\n1767322805,10 3C 00 02\n")
        #expect(
            sink.samples(of: .rrInterval).map { ($0.time - 1_767_322_800_000_000_000) / 1_000_000 }
                == [0, 4500, 5000])
        // Eight seconds of beats within one.
        let ahead = read(
            "1767322800,10 3C 00 04\n1767322801,10 3C 00 08 00 08 00 08 00 08\n")
        #expect(ahead.issue(.timeBackwards, "run ahead") != nil)
        #expect(ahead.samples(of: .rrInterval).map(\.time).max() == 1_767_322_801_000_000_000)
    }

    @Test func `without skin contact nothing is used`() {
        let sink = read(
            "1767322800,16 3C 00 04\n1767322801,14 3C 00 04\n1767322802,16 3C 00 04\n")
        #expect(sink.values(.wear) == [1, 0, 1])
        #expect(sink.values(.heartRate) == [60, 60])
        #expect(sink.values(.rrInterval).count == 2)
        #expect(sink.samplesLost == 2)
    }

    @Test func `marks for no value`() {
        let sink = read("1767322800,10 00 00 00 00 04\n")
        #expect(sink.values(.heartRate) == [])
        #expect(sink.values(.rrInterval) == [1000])
        #expect(sink.issue(.sentinelValue)?.count == 2)
    }

    @Test func `local times are placed by the person's zone, offsets are kept`() {
        let zone = ZoneTimeline([
            ZoneSpan(start: .distantPast, offsetSeconds: 3600, origin: .user)
        ])
        let local = "2026-01-02 03:00:00,00 3C\n"
        #expect(
            read(local, zone: zone).samples(of: .heartRate).first?.time
                == 1_767_319_200_000_000_000)
        let unknown = read(local)
        #expect(unknown.samples(of: .heartRate).first?.time == 1_767_322_800_000_000_000)
        #expect(unknown.issue(.unanchoredTime)?.count == 1)
        let stated = read("2026-01-02T03:00:00+01:00,00 3C\n2026-01-02T04:00:00+02:00,00 3C\n")
        #expect(
            stated.samples(of: .zoneOffset).map(\.values)
                == [
                    [3600, Float(ZoneOrigin.file.rawValue)],
                    [7200, Float(ZoneOrigin.file.rawValue)],
                ])
    }

    @Test func `a time of day needs a date, and passes midnight`() {
        func line(_ time: String) -> String {
            "I\t\(time)\tNotification from 2A37, value: (0x) 00-3C\n"
        }
        let none = read(line("03:00:00") + "1767322800,003C\n")
        #expect(none.issue(.unanchoredTime, "time of day")?.samplesLost == 1)
        let night = read(
            "nRF Connect, 2026-01-01\n" + line("23:59:59.500") + line("00:00:00.500")
                + "V\t00:00:01.000\tConnecting to somebody's strap\n")
        #expect(
            night.samples(of: .heartRate).map(\.time)
                == [1_767_311_999_500_000_000, 1_767_312_000_500_000_000])
        #expect(codes(night) == [])
    }

    @Test func `lines that cannot be read cost themselves`() {
        let sink = read(
            """
            1767322800,163C0004
            1767322801,16 3
            1767322802,10
            yesterday,163C0004
            something else entirely
            {"time":1,
            1767322803,103C00
            1767322804,E03C
            1767322803,003C

            """)
        #expect(sink.values(.heartRate).count == 3)
        for code in ["invalid-value", "truncated", "damaged", "unknown-field", "time-backwards"] {
            #expect(codes(sink).contains(code), "\(code)")
        }
    }

    @Test func `limits are named`() {
        let long = "1767322800,163C0004\n1767322801," + String(repeating: "16", count: 100_000)
        #expect(read(long).issue(.limitExceeded)?.expected == "at most 65536 bytes")
        #expect(read("").error?.code == .truncated)
        #expect(read("nothing here\n").error?.code == .truncated)
        let wide = String(repeating: ",", count: 60_000)
        #expect(read(wide + "\n1767322800,003C\n").issue(.damaged) != nil)
    }

    @Test(arguments: [
        "1767322800,72\n", "1767322800,1024\n", "time,value\n1767322800,72\n",
        "time,quantity,value\n2026-01-02T03:04:05Z,heart-rate,60\n", "800\n810\n", "", "{}",
        "{\"time\":1767322800,\"value\":72}", "1767322800,E03C\n", "1767322800,0002\n",
        "nRF Connect, 2026-01-02\n", "1767322800,163C0004\nsomething else\n",
    ])
    func `other tables are not taken`(text: String) {
        #expect(FormatDetector.detect(Array(text.utf8).span) != .recording(.heartRatePackets))
    }

    @Test func `a chain for live packets`() {
        var chain = BeatChain()
        let start = Timestamp(seconds: 100)
        #expect(chain.append([1024], arrival: start) == .began)
        #expect(chain.append([512, 512], arrival: start.advanced(bySeconds: 2)) == .continued)
        #expect(chain.time(before: 512) == Timestamp(nanoseconds: 100_500_000_000))
        chain.cut()
        #expect(chain.append([1024], arrival: start) == .began)
        #expect(chain.time(before: 0) == start)
    }
}
