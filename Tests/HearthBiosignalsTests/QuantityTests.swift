// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import Testing

@Suite struct QuantityTests {
    @Test func `codes, names and labels are unique`() {
        let all = Quantity.allCases
        #expect(Set(all.map(\.rawValue)).count == all.count)
        #expect(Set(all.map(\.name)).count == all.count)
        #expect(Set(all.map(\.facts.label)).count == all.count)
        #expect(all.allSatisfy { Quantity(name: $0.name) == $0 })
        #expect(Quantity(name: "no-such-quantity") == nil)
    }

    @Test func `no LOINC code stands for two quantities`() {
        let codes = Quantity.allCases.compactMap(\.facts.loinc)
        #expect(Set(codes).count == codes.count)
    }

    @Test func `every quantity has a unit, columns and a range`() {
        for quantity in Quantity.allCases {
            let facts = quantity.facts
            #expect(!facts.unit.isEmpty && !facts.label.isEmpty, "\(quantity)")
            #expect(!facts.columns.isEmpty && Set(facts.columns).count == facts.columns.count)
            #expect(facts.plausible.lowerBound < facts.plausible.upperBound)
            #expect(
                facts.name.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-") }
            )
            #expect(facts.category != .results, "results are never samples")
        }
    }

    @Test func `codes of stages, files and origins are unique and stable`() {
        #expect(SleepStage.allCases.map(\.rawValue) == Array(0...6))
        #expect(SleepStage.allCases.allSatisfy { SleepStage(name: $0.name) == $0 })
        #expect(FileKind.allCases.allSatisfy { FileKind(name: $0.name) == $0 })
        #expect(ZoneOrigin.user < .file && ZoneOrigin.inferred < .unknown)
    }
}
