// SPDX-License-Identifier: Apache-2.0
import HearthSimulation
import Testing

@Suite struct HearthCSVFilesTests {
    private func table(_ path: String) throws -> [[Substring]] {
        let bytes = try #require(Fixtures.files(path).first).bytes
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
    }

    @Test func `the strap's beats have the RMSSD of their five minutes`() throws {
        let rows = try table("hearth-csv/chest-strap.csv")
        #expect(rows.allSatisfy { $0.count == 13 })
        #expect(rows.first?.first == "time")
        let beats = rows.dropFirst().compactMap { Double($0[3]) }
        #expect(beats.count == rows.count - 1)
        #expect(beats.allSatisfy { (600...1600).contains($0) })
        // Six windows in all; each differs from its neighbour by hours, here joined without harm.
        let nights = Fixtures.sample.settings.strapDays.compactMap(Fixtures.sample.night)
        var squares = 0.0
        for (a, b) in zip(beats, beats.dropFirst()) { squares += (b - a) * (b - a) }
        let found = (squares / Double(beats.count)).squareRoot()
        let truth = nights.map(\.vitals.meanRMSSD)
        #expect(found > (truth.min() ?? 0) * 0.7 && found < (truth.max() ?? 0) * 1.4)
    }

    @Test func `the thermometer shows the illness`() throws {
        let rows = try table("hearth-csv/thermometer.csv")
        #expect(rows.first?.joined(separator: ",") == "time,quantity,value,unit")
        #expect(rows.dropFirst().map { $0[2] } == ["36.6", "38.0", "38.2"])
    }
}
