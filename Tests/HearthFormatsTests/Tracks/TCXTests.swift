// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

@Suite struct TCXTests {
    @Test func `sessions pass the contract and are recognised`() {
        checkReader(Array(TrackFixtures.tcx.utf8)) { TCXReader() }
        #expect(detected(TrackFixtures.tcx) == .recording(.tcx))
    }

    @Test func `two sports of one session are two workouts`() {
        let sink = readTable(.tcx, TrackFixtures.tcx)
        #expect(sink.error == nil)
        let workouts = sink.samples(of: .workout)
        #expect(workouts.map(\.values) == [[1, 15, 200.5], [2, 60, 4000]])
        #expect(workouts.map(\.minutesLong) == [1, 10])
        #expect(
            workouts.map(\.seconds) == [
                seconds(2026, 3, 29, 0, 59), seconds(2026, 3, 29, 1, 0, 30),
            ])
        #expect(sink.values(.activeEnergy) == [15, 60])
        #expect(sink.samples(of: .activeEnergy).map(\.minutesLong) == [1, 10])
    }

    @Test func `distances become the way between points`() {
        let way = readTable(.tcx, TrackFixtures.tcx).samples(of: .distance)
        #expect(way.map { $0.values[0] } == [30, 170.5])
        #expect(way.map(\.duration) == [10_000_000_000, 50_000_000_000])
    }

    @Test func `a lap's average counts only where its points have no heart rate`() {
        let sink = readTable(.tcx, TrackFixtures.tcx)
        #expect(sink.values(.heartRate) == [118, 122, 110])
        let derived = sink.streams.filter {
            $0.key.quantity == .heartRate && $0.key.origin.derivation == .derived
        }
        #expect(derived.values.flatMap { $0 }.map(\.values) == [[110]])
    }

    @Test func `plans are no measurements, positions are dropped`() {
        let sink = readTable(.tcx, TrackFixtures.tcx)
        #expect(sink.issue(.unsupported, "planned") != nil)
        #expect(sink.issue(.ignored, "positions")?.count == 1)
        #expect(sink.samples(of: .workout).count == 2)
    }

    @Test func `a lap without times or points, as some write it, is no fault`() {
        let sink = readTable(
            .tcx,
            "<TrainingCenterDatabase><Activities><Activity Sport=\"Other\">"
                + "<Lap StartTime=\"2026-01-01T00:00:00.000Z\"><Calories>5</Calories></Lap>"
                + "</Activity></Activities></TrainingCenterDatabase>")
        #expect(sink.values(.activeEnergy) == [5] && sink.issues == [])
    }
}
