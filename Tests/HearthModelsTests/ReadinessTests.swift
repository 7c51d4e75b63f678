// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthTestSupport
import Testing

@testable import HearthModels

/// The readiness score is a sum that can be checked by hand.
@Suite struct ReadinessTests {
    private func readiness(
        _ offset: Int, _ change: (inout PersonSettings) -> Void = { _ in }
    ) -> Readiness? {
        var settings = PersonSettings()
        change(&settings)
        let features = SummaryComposerTests.simulated
        return SummaryComposer.summary(
            of: SummaryComposerTests.first.advanced(by: Int64(offset)), person: "a",
            features: Array(features[...offset]), settings: settings
        ).readiness
    }

    @Test func `fifty plus the points, and the weights make a hundred`() throws {
        for offset in [20, 40, 59, 61, 66] {
            let day = try #require(readiness(offset))
            let score = try #require(day.score)
            #expect(score == 50 + day.terms.map(\.points).reduce(0, +))
            #expect((0...100).contains(score))
            #expect(day.terms.map(\.weight).reduce(0, +) == 100)
            // No beat-to-beat intervals in these days: resting heart rate and the rest.
            #expect(day.absent == ["heart-rate variability"])
            for term in day.terms {
                let z = (term.value - term.median) / term.spread
                #expect(abs(z - term.zScore) < 1e-9)
                #expect(abs(Double(term.points)) <= Double(term.weight) / 2)
            }
        }
    }

    @Test func `an episode lowers it and a usual night leaves it near fifty`() throws {
        let usual = try #require(readiness(59)?.score)
        let episode = try #require(readiness(61)?.score)
        #expect((35...65).contains(usual) && episode < 20)
        let terms = try #require(readiness(61)?.terms)
        let heart = try #require(terms.first { $0.metric == "resting-heart-rate-lowest-5min" })
        // Weights 30, 10, 10, 10 of 60, and far above the band: all of its points.
        #expect(heart.weight == 50 && heart.points == -25)
    }

    @Test func `weights can be set, and the score can be switched off`() throws {
        #expect(readiness(59) { _ = $0.set(.readiness, to: 0) } == nil)
        let only = try #require(
            readiness(61) { settings in
                for key in [
                    PersonSettings.Key.readinessVariability, .readinessRespiration,
                    .readinessTemperature, .readinessSleep,
                ] { _ = settings.set(key, to: 0) }
            })
        #expect(only.terms.map(\.weight) == [100] && only.score == 0 && only.absent.isEmpty)
        let none = try #require(
            readiness(61) { settings in
                for key in PersonSettings.Key.allCases
                where key.facts.name.hasPrefix("readiness-w") {
                    _ = settings.set(key, to: 0)
                }
            })
        #expect(none.score == nil && none.missing != nil)
    }

    @Test func `too little input gives no score and says why`() throws {
        let early = try #require(readiness(5))
        #expect(early.score == nil && early.missing?.contains("usual range") == true)
        let heavy = try #require(readiness(61) { _ = $0.set(.readinessVariability, to: 100) })
        #expect(heavy.score == nil && heavy.missing?.contains("half of the weight") == true)
    }

    @Test func `settings keep to their ranges`() {
        var settings = PersonSettings()
        func set(_ key: PersonSettings.Key, _ value: Int?) -> Bool { settings.set(key, to: value) }
        #expect(!set(.maximumHeartRate, 20) && settings.isEmpty)
        #expect(set(.maximumHeartRate, 190) && settings[.maximumHeartRate] == 190)
        #expect(set(.maximumHeartRate, nil) && settings.isEmpty)
        #expect(settings.value(of: .readinessVariability) == 40)
        #expect(settings.loadWeighting == .men)
        #expect(set(.loadWeighting, 1) && settings.loadWeighting == .women)
        let names = PersonSettings.Key.allCases.map(\.facts.name)
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { PersonSettings.Key(name: $0)?.facts.name == $0 })
    }
}
