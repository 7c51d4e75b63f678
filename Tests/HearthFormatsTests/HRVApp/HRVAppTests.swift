// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

@Suite struct HRVAppTests {
    @Test(arguments: TableFixtures.hrv)
    func `each file passes the contract and is recognised`(text: String) {
        checkReader(Array(text.utf8)) { HRVAppReader() }
        #expect(detected(text) == .recording(.hrvApp))
    }

    @Test func `HRV4Training writes the day before the month, and rows of any length`() {
        let sink = readTable(.hrvApp, TableFixtures.hrv[0])
        #expect(sink.error == nil)
        #expect(sink.values(.hrvRMSSD) == [48, 55.7] && sink.values(.hrvSDNN) == [60.2, 67.9])
        #expect(sink.values(.heartRate) == [73.5, 62.2])
        #expect(
            sink.samples(of: .hrvRMSSD).map(\.seconds)
                == [seconds(2026, 2, 13, 6, 19), seconds(2026, 2, 14, 7, 12)])
        #expect(sink.issue(.sentinelValue)?.samplesLost == 3)
        #expect(sink.issue(.ignored)?.count == 1)
        #expect(sink.issue(.unanchoredTime)?.samplesLost == 0)
        #expect(!"\(sink.issues)".contains("badly"))
    }

    @Test func `dates that do not tell day from month are not guessed`() {
        let head = "date,time,HR,AVNN,SDNN,rMSSD,pNN50\n"
        let untold = readTable(.hrvApp, head + "2026-08-02,06:00,60,1000,50,40,20\n")
        #expect(untold.sampleCount == 0 && untold.samplesLost == 3)
        #expect(untold.issue(.unsupported) != nil)
        let iso = readTable(
            .hrvApp, head + "2026-02-08,06:00,60,1000,50,40,20\n2026-02-18,06:00,61,990,51,41,20\n")
        #expect(iso.samples(of: .hrvRMSSD).first?.seconds == seconds(2026, 2, 8, 6, 0))
        let twin = readTable(.hrvApp, head + "2026-08-08,06:00,60,1000,50,40,20\n")
        #expect(twin.sampleCount == 3)
    }

    @Test func `EliteHRV has a mark and a name, which is dropped`() {
        let zone = ZoneTimeline([
            ZoneSpan(start: Timestamp(seconds: 0), offsetSeconds: 3600, origin: .user)
        ])
        let sink = readTable(.hrvApp, TableFixtures.hrv[1], zone: zone)
        #expect(sink.values(.hrvRMSSD) == [40.87, 28.03] && sink.values(.hrvSDNN) == [61.9, 48.2])
        #expect(sink.samples(of: .hrvRMSSD).first?.seconds == seconds(2026, 2, 6, 5, 23, 22))
        #expect(sink.issue(.unanchoredTime) == nil && !"\(sink)".contains("Jo"))
    }

    @Test func `intervals in milliseconds or seconds are laid end to end`() {
        let text = TableFixtures.hrv[2]
        let sink = readTable(.hrvApp, text)
        #expect(sink.values(.rrInterval) == [812, 820, 799, 805, 1200, 790])
        #expect(sink.samples(of: .rrInterval).map { $0.time / 1_000_000 }.prefix(2) == [812, 1632])
        #expect(sink.issues.map(\.code) == [.unanchoredTime])
        let other = readTable(.hrvApp, TableFixtures.hrv[3])
        #expect(other.values(.rrInterval) == [812, 820, 799, 805])
        let named = readTable(.hrvApp, text, name: "x/2026-02-06 06-23-22.txt")
        #expect(named.samples(of: .rrInterval).first?.seconds == seconds(2026, 2, 6, 6, 23, 22))
        #expect(named.issue(.unanchoredTime, "local time") != nil)
        #expect(named.issue(.unanchoredTime, "1970") == nil)
    }

    @Test func `a wrong or missing interval costs itself`() {
        let sink = readTable(.hrvApp, "812\nx\n\n820\n99999\n0\n-5\n799\n")
        #expect(sink.values(.rrInterval) == [812, 820, 799])
        #expect(sink.samplesLost == 4)
        #expect(sink.samples(of: .rrInterval).last?.time == 102_430_000_000)
    }

    @Test func `an interval needs a beat at both ends`() {
        let sink = readTable(.hrvApp, TableFixtures.hrv[4])
        #expect(sink.values(.rrInterval).map { ($0 * 1000).rounded() / 1000 } == [822, 791, 824])
        #expect(sink.samples(of: .rrInterval).map(\.quality) == [0, 1, 1])
        #expect(sink.issue(.ignored)?.count == 2)
    }

    @Test func `OpenSignals of a BITalino is an ECG in microvolts`() throws {
        let sink = readTable(.hrvApp, TableFixtures.hrv[5])
        let samples = sink.samples(of: .ecg)
        #expect(samples.count == 4)
        #expect(samples[0].values == [0])
        #expect(abs(samples[1].values[0] - 2.9297) < 0.001)
        let start = seconds(2016, 6, 11, 7, 3, 47) * 1_000_000_000 + 290_000_000
        #expect(samples.map { $0.time - start } == [0, 1, 2, 5].map { $0 * 1_000_000 })
        #expect(sink.issue(.damaged)?.samplesLost == 2)
        #expect(sink.streams.keys.first?.device.unit != 0)
        #expect(!"\(sink)".contains("20:16"))
    }

    @Test func `other signals are refused by name`() {
        let text = TableFixtures.hrv[5].replacing("bitalino", with: "other")
        #expect(readTable(.hrvApp, text).error?.code == .unsupported)
    }

    @Test func `other lists of numbers are not taken for intervals`() {
        for text in [
            "0\n12\n0\n0\n4\n", "1467721800.00\n4.00\n30\n31\n", "800\n900\n", "36.5\n36.6\n36.7\n",
            "800 N\n790 N\n810 N\n",
        ] {
            #expect(detected(text) != .recording(.hrvApp))
        }
    }
}

@Suite(.enabled(if: SharedData.isPresent, "needs the real recordings"))
struct HRVAppReferenceTests {
    @Test func `the Holter's beats give the same intervals as a plain reading`() throws {
        let bytes = try SharedData.bytes("formats/hrv-csv/flirt/holter.txt")
        #expect(
            FormatDetector.detect(Array(bytes.prefix(4096)).span) == .recording(.hrvApp))
        let sink = readAll(bytes) { HRVAppReader() }
        for match in HRVReferences.matches(bytes, sink) {
            #expect(match.holds, "\(match.sentence)")
        }
        #expect(sink.error == nil && sink.samples(of: .rrInterval).count == 4763)
    }

    @Test func `the BITalino's ECG gives every row`() throws {
        let bytes = try SharedData.bytes("formats/hrv-csv/pyhrv/SampleECG.txt")
        #expect(
            FormatDetector.detect(Array(bytes.prefix(4096)).span) == .recording(.hrvApp))
        let sink = readAll(bytes) { HRVAppReader() }
        for match in HRVReferences.matches(bytes, sink) {
            #expect(match.holds, "\(match.sentence)")
        }
        #expect(sink.error == nil)
        #expect(sink.samples(of: .ecg).count + sink.samplesLost >= 22_350)
    }
}
