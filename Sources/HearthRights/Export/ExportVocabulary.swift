// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthVault

/// What writers of other export forms share with the ones here.
public enum ExportVocabulary {
    /// The LOINC codes of a quantity; empty where none means exactly that.
    public static func loinc(_ quantity: Quantity) -> [String] {
        FHIRVocabulary.entry(quantity).codings
            .filter { $0.system == FHIRVocabulary.loinc }.map(\.code)
    }

    /// The unit of a column in UCUM.
    public static func ucum(_ quantity: Quantity, _ column: Int) -> String {
        DataDictionary.ucum(quantity, column)
    }

    /// What a query selects of what a person said, as in an erase: corrections with the quantity
    /// `sleep-stage`, tags with `event`, settings only where neither quantities nor days are asked for.
    public static func selected(_ all: Corrections, _ query: SampleQuery) -> Corrections {
        let wants = { (quantity: Quantity) in
            query.devices == nil && query.quantities?.contains(quantity) ?? true
        }
        let isWhole =
            query.devices == nil && query.quantities == nil && query.from <= .distantPast
            && query.to >= .distantFuture
        return Corrections(
            sleep: all.sleep.filter {
                wants(.sleepStage) && $0.overlaps(query.from, query.to)
            },
            tags: all.tags.filter { wants(.event) && query.from <= $0.time && $0.time < query.to },
            settings: isWhole ? all.settings : PersonSettings())
    }
}
