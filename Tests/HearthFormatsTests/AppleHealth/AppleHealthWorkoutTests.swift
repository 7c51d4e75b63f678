// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

@Suite struct AppleHealthWorkoutTests {
    private func workout(
        _ activity: String, _ attributes: String = "", children: [String]? = nil
    ) -> CollectingSink {
        var export = AppleHealthExport()
        let head =
            " <Workout workoutActivityType=\"HKWorkoutActivityType\(activity)\" \(attributes) "
            + "sourceName=\"x\" startDate=\"2024-03-01 10:00:00 +0100\" "
            + "endDate=\"2024-03-01 10:30:00 +0100\""
        if let children {
            export.add(head + ">")
            for child in children { export.add(child) }
            export.add(" </Workout>")
        } else {
            export.add(head + "/>")
        }
        return export.read()
    }

    private func statistics(_ type: String, _ sum: String, _ unit: String) -> String {
        "<WorkoutStatistics type=\"HKQuantityTypeIdentifier\(type)\" sum=\"\(sum)\" unit=\"\(unit)\"/>"
    }

    @Test func `older workouts carry their totals as attributes`() throws {
        let sink = workout(
            "Cycling",
            "totalDistance=\"10\" totalDistanceUnit=\"mi\" totalEnergyBurned=\"418.4\" "
                + "totalEnergyBurnedUnit=\"kJ\"")
        let sample = try #require(sink.samples(of: .workout).first)
        #expect(sample.values == [2, 100, 16_093.44])
        #expect(sample.duration == 1_800_000_000_000)
    }

    @Test func `statistics win over attributes`() {
        let sink = workout(
            "Running", "totalDistance=\"2\" totalDistanceUnit=\"km\"",
            children: [statistics("DistanceWalkingRunning", "2.5", "km")])
        #expect(sink.samples(of: .workout).map(\.values) == [[1, 0, 2500]])
    }

    @Test func `the distances of several sports add up`() {
        let sink = workout(
            "SwimBikeRun",
            children: [
                statistics("DistanceSwimming", "750", "m"),
                statistics("DistanceCycling", "20", "km"),
                statistics("DistanceWalkingRunning", "5", "km"),
                statistics("HeartRate", "5", "count/min"),
            ])
        #expect(sink.samples(of: .workout).map(\.values) == [[18, 0, 25_750]])
    }

    @Test func `an activity without a code of its own is a workout all the same`() {
        #expect(workout("Quidditch").samples(of: .workout).map(\.values) == [[0, 0, 0]])
    }

    @Test func `a total that cannot be read leaves the workout and is counted`() throws {
        let sink = workout("Running", "totalDistance=\"2\" totalDistanceUnit=\"parsec\"")
        #expect(sink.samples(of: .workout).map(\.values) == [[1, 0, 0]])
        let issue = try #require(sink.issue(.invalidValue))
        #expect(issue.samplesLost == 0)
    }

    @Test func `a workout without a time is lost`() {
        var export = AppleHealthExport()
        export.add(" <Workout workoutActivityType=\"HKWorkoutActivityTypeRunning\"/>")
        let sink = export.read()
        #expect(sink.sampleCount == 0)
        #expect(sink.samplesLost == 1)
    }

    @Test func `a workout that is cut off is lost, since its statistics may be missing`() {
        var export = AppleHealthExport()
        export.add(
            " <Workout workoutActivityType=\"HKWorkoutActivityTypeRunning\" "
                + "startDate=\"\(AppleHealthExport.start)\" endDate=\"\(AppleHealthExport.start)\">"
        )
        export.end = ""
        let sink = export.read()
        #expect(sink.sampleCount == 0)
        #expect(sink.issues.map(\.code) == [.truncated])
        #expect(sink.samplesLost == 1)
    }
}
