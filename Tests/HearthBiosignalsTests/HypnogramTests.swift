// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import Testing

@Suite struct HypnogramTests {
    static let night = Hypnogram(
        start: Timestamp(seconds: 1_700_000_000), stages: SleepStage.allCases)

    @Test func `a night comes back from its encoded form`() throws {
        let data = try JSONEncoder().encode(Self.night)
        #expect(String(decoding: data, as: UTF8.self).contains("\"0123456\""))
        #expect(try JSONDecoder().decode(Hypnogram.self, from: data) == Self.night)
    }

    @Test(arguments: ["\"017\"", "\"0 1\"", "[0,1]"])
    func `a stage that does not exist is refused`(stages: String) throws {
        let data = try JSONEncoder().encode(Self.night)
        let text = String(decoding: data, as: UTF8.self)
            .replacingOccurrences(of: "\"0123456\"", with: stages)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(Hypnogram.self, from: Data(text.utf8))
        }
    }

    @Test func `an epoch without a length is refused`() throws {
        let data = try JSONEncoder().encode(Self.night)
        let text = String(decoding: data, as: UTF8.self)
            .replacingOccurrences(of: "\"epochSeconds\":30", with: "\"epochSeconds\":0")
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(Hypnogram.self, from: Data(text.utf8))
        }
    }
}
