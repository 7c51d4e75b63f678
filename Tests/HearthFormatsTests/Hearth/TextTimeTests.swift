// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthTestSupport
import Testing

@testable import HearthFormats

@Suite struct TextTimeTests {
    private func parse(_ text: String) -> TextTime? {
        let bytes = Array(text.utf8)
        return TextTime(bytes.span)
    }

    private func instant(_ text: String) -> Int64? {
        guard let time = parse(text), let offset = time.offsetSeconds else { return nil }
        return time.instant(offset: offset)?.nanoseconds
    }

    private func offset(_ text: String) -> Int32? {
        let bytes = Array(text.utf8)
        return TextTime.offset(bytes.span)
    }

    @Test func `a written instant reads back to the nanosecond`() {
        var random = SeededRandom(seed: 1)
        let edges: [Int64] = [.min, .min + 1, .max, 0, -1, 1, 999_999_999, -1_000_000_000]
        for time in edges + (0..<20_000).map({ _ in Int64(bitPattern: random.next()) }) {
            var bytes: [UInt8] = []
            TextTime.append(Timestamp(nanoseconds: time), to: &bytes)
            #expect(instant(String(decoding: bytes, as: UTF8.self)) == time)
        }
    }

    @Test func `the end of the range is refused one nanosecond later`() {
        #expect(instant("2262-04-11T23:47:16.854775807Z") == .max)
        #expect(instant("2262-04-11T23:47:16.854775808Z") == nil)
        #expect(instant("1677-09-21T00:12:43.145224192Z") == .min)
        #expect(instant("1677-09-21T00:12:43.145224191Z") == nil)
    }

    @Test func `an offset moves the instant, not the wall clock`() {
        #expect(instant("1970-01-01T02:00:00+02:00") == 0)
        #expect(instant("1969-12-31T16:00-08:00") == 0)
        #expect(instant("1970-01-01 00:00:01+0000") == 1_000_000_000)
        #expect(parse("1970-01-01T02:00:00+02:00")?.wallSeconds == 7200)
    }

    @Test func `a time without a zone has none`() {
        #expect(parse("2026-01-02T03:04:05")?.offsetSeconds == nil)
        #expect(parse("2026-01-02")?.hasTimeOfDay == false)
        #expect(parse("06/24/95 16:00:10")?.date == LocalDate("1995-06-24"))
        #expect(parse("01/02/26")?.date == LocalDate("2026-01-02"))
        #expect(parse("01/02/2026 00:00:01")?.secondsOfDay == 1)
    }

    @Test(arguments: [
        "", "2026", "2026-02-30T00:00:00Z", "2026-01-02T24:00:00Z", "2026-01-02T00:60:00Z",
        "2026-01-02T00:00:60Z", "2026-01-02T00:00:00.Z", "2026-01-02T00:00:00.1234567890Z",
        "2026-01-02T00:00:00+19:00", "2026-01-02T00:00:00+2:00", "2026-1-2T00:00:00Z",
        "2026-01-02T00:00:00ZZ", "2026-01-02Z", "13/01/26 00:00:00", "0000-01-01T00:00:00Z",
    ])
    func `what is no time is refused`(text: String) {
        #expect(parse(text) == nil)
    }

    @Test func `offsets alone have several spellings`() {
        #expect(offset("+05:30") == 19_800)
        #expect(offset("-0700") == -25_200)
        #expect(offset("+01") == 3600)
        #expect(offset("-25200s") == -25_200)
        #expect(offset("Z") == 0)
        #expect(offset("") == nil)
        #expect(offset("s") == nil)
        #expect(offset("Europe/Berlin") == nil)
    }
}
