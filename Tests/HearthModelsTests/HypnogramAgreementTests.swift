// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthTestSupport
import Testing

@testable import HearthModels

@Suite struct HypnogramAgreementTests {
    private func agreement(
        _ a: String, _ b: String, shift: Int64 = 0, epochs: (Int, Int) = (30, 30)
    ) -> StageAgreement? {
        let first = SleepTests.hypnogram(a, epochSeconds: epochs.0)
        var second = SleepTests.hypnogram(b, epochSeconds: epochs.1)
        second.start = second.start.advanced(bySeconds: shift)
        let result = HypnogramAgreement.between(first, second)
        let swapped = HypnogramAgreement.between(second, first)
        #expect(result?.epochs == swapped?.epochs && result?.agreement == swapped?.agreement)
        return result
    }

    private func isClose(_ a: Double?, _ b: Double) -> Bool { abs((a ?? .nan) - b) < 1e-12 }

    @Test func `two classes by hand: 20, 5, 10, 15 give a kappa of 0,4`() throws {
        let first = String(repeating: "S", count: 25) + String(repeating: "W", count: 25)
        let second =
            String(repeating: "S", count: 20) + String(repeating: "W", count: 5)
            + String(repeating: "S", count: 10) + String(repeating: "W", count: 15)
        let found = try #require(agreement(first, second))
        #expect(found.classes == .two && found.epochs == 50)
        #expect(isClose(found.agreement, 0.7) && isClose(found.kappa, 0.4))
    }

    @Test func `four classes by hand`() throws {
        // Six of eight agree; chance is (2·2 + 2·3 + 2·2 + 2·1) / 64 = 1/4.
        let found = try #require(agreement("WWLLDDRR", "WLLLDDRW"))
        #expect(found.classes == .four && found.epochs == 8 && found.epochSeconds == 30)
        #expect(isClose(found.agreement, 0.75) && isClose(found.kappa, 2.0 / 3))
    }

    @Test func `where one tells no stages, wake and sleep are compared`() throws {
        // Sleep in both: 4; wake in both: 1; of 6. Chance: (5·4 + 1·2) / 36.
        let found = try #require(agreement("WLDRLL", "WSSSSW"))
        #expect(found.classes == .two && found.epochs == 6)
        #expect(isClose(found.agreement, 5.0 / 6))
        #expect(isClose(found.kappa, (5.0 / 6 - 22.0 / 36) / (1 - 22.0 / 36)))
    }

    @Test func `epochs that one of the two did not score count for neither`() throws {
        let found = try #require(agreement("?BWLLD", "WWWL?S"))
        // Left are W-W and L-L; asleep without a stage cannot be compared with deep.
        #expect(found.epochs == 2 && found.agreement == 1 && found.kappa == 1)
        #expect(agreement("???", "WLD") == nil)
        #expect(agreement("", "WLD") == nil)
    }

    @Test func `only the time both cover counts, whatever the epochs`() throws {
        // The second starts a minute later; its epochs of 60 s are two of the first.
        let found = try #require(agreement("WWLLLLDD", "LDW", shift: 60, epochs: (30, 60)))
        #expect(found.epochs == 6 && found.epochSeconds == 30)
        // L L L L D D beside L L D D W W.
        #expect(isClose(found.agreement, 2.0 / 6))
        #expect(agreement("WWLL", "WWLL", shift: 120) == nil)
        #expect(agreement("WWLL", "WWLL", shift: -120) == nil)
    }

    @Test func `without chance there is no kappa`() throws {
        let found = try #require(agreement("SSSS", "SSSS"))
        #expect(found.agreement == 1 && found.kappa == nil)
        let opposed = try #require(agreement("SSWW", "WWSS"))
        #expect(opposed.agreement == 0 && isClose(opposed.kappa, -1))
    }
}
