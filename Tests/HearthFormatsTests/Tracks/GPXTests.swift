// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

@Suite struct GPXTests {
    @Test func `a track passes the contract and is recognised`() {
        checkReader(Array(TrackFixtures.gpx.utf8)) { GPXReader() }
        #expect(detected(TrackFixtures.gpx) == .recording(.gpx))
        #expect(detected("<gpxx>") == nil)
        #expect(detected("<kml><gpx></gpx></kml>") == nil)
    }

    @Test func `heart rates of any prefix, temperature, and the track as a workout`() throws {
        let sink = readTable(.gpx, TrackFixtures.gpx)
        #expect(sink.values(.heartRate) == [120, 121])
        #expect(
            sink.samples(of: .heartRate).map(\.seconds).first == seconds(2026, 3, 29, 0, 59, 58))
        #expect(sink.values(.deviceTemperature) == [21])
        let workout = try #require(sink.samples(of: .workout).first)
        #expect(workout.values == [1, 0, 0] && workout.duration == 4_000_000_000)
        #expect(sink.issue(.sentinelValue)?.samplesLost == 1)
        #expect(sink.issue(.unknownElement)?.samplesLost == 0)
        #expect(sink.streams.keys.allSatisfy { $0.device.vendor == "Garmin" })
    }

    @Test func `positions are dropped and counted, names leave no trace`() {
        let sink = readTable(.gpx, TrackFixtures.gpx)
        #expect(sink.issue(.ignored, "positions")?.count == 4)
        #expect(!"\(sink)".contains("A walk") && !"\(sink)".contains("home"))
    }

    @Test func `a place's offset is kept, Z and zero are not one`() {
        let local = TrackFixtures.gpx.replacing("01:00:02Z", with: "03:00:02+02:00")
        let sink = readTable(.gpx, local)
        #expect(sink.offsets == [[seconds(2026, 3, 29, 1, 0, 2), 7200]])
        let zero = TrackFixtures.gpx.replacing("01:00:02Z", with: "01:00:02+00:00")
        #expect(readTable(.gpx, zero).offsets == [])
        let none = TrackFixtures.gpx.replacing("01:00:02Z", with: "01:00:02")
        #expect(readTable(.gpx, none).issue(.unanchoredTime)?.samplesLost == 0)
    }

    @Test func `a file of metadata alone is empty, not wrong`() {
        let sink = readTable(
            .gpx, "<gpx><metadata><time>2026-01-01T00:00:00Z</time></metadata></gpx>")
        #expect(sink.error == nil && sink.sampleCount == 0 && sink.issues == [])
    }

    @Test func `damage to one point costs that point`() {
        let text = TrackFixtures.gpx.replacing("</trkpt>", with: "</trkpt")
        let sink = readTable(.gpx, text)
        #expect(sink.values(.heartRate) == [120, 121])
        let bad = TrackFixtures.gpx.replacing("00:59:58Z", with: "00:79:58Z")
        #expect(readTable(.gpx, bad).samplesLost == 3)
    }

    @Test(arguments: [FileKind.gpx, .tcx])
    func `entities, depth and length are refused within a second`(kind: FileKind) {
        let root = kind == .gpx ? "gpx" : "TrainingCenterDatabase"
        let laughs =
            "<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]><\(root)>&b;"
        let deep = "<\(root)>" + String(repeating: "<a>", count: 1_000_000)
        let clock = ContinuousClock()
        for (text, limit) in [(laughs, "entities"), (deep, "depth")] {
            let began = clock.now
            let sink = readTable(kind, text)
            #expect(clock.now - began < .seconds(5))
            #expect(sink.error?.code == .limitExceeded)
            #expect(sink.error?.expected.contains(limit) == true)
        }
        let endless = "<\(root) a=\"" + String(repeating: "x", count: 2 << 20)
        #expect(readTable(kind, endless).error?.code == .limitExceeded)
        #expect(readTable(kind, "").error?.code == .truncated)
    }

    @Test(.enabled(if: SharedData.isPresent, "needs the real route"))
    func `a route of Apple's export has positions only`() throws {
        let bytes = try SharedData.bytes(
            "formats/apple-health/healthkit-to-sqlite/zip_contents/workout-routes/"
                + "route_2019-06-11_3.00pm.gpx")
        #expect(FormatDetector.detect(bytes.span) == .recording(.gpx))
        let sink = readAll(bytes) { GPXReader() }
        #expect(sink.error == nil && sink.sampleCount == 0)
        #expect(sink.issue(.ignored, "positions")?.count == 3 && sink.codes == ["ignored"])
        checkReader(bytes) { GPXReader() }
    }
}
