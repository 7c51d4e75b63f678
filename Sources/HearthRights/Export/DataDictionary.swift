// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The table that explains an export's columns to someone who does not have Hearth.
enum DataDictionary {
    private static let header = [
        "quantity", "meaning", "unit", "unit_ucum", "columns", "aggregation", "plausible_from",
        "plausible_to", "loinc", "fhir_codes", "omh_schema",
    ]

    static var csv: String {
        let rows = Quantity.allCases.map { quantity -> [String] in
            let facts = quantity.facts
            let codes = FHIRVocabulary.entry(quantity).codings
            let loinc = codes.filter { $0.system == FHIRVocabulary.loinc }.map(\.code)
            return [
                facts.name, facts.label, facts.unit,
                facts.columns.indices.map { ucum(quantity, $0) }.joined(separator: " "),
                facts.columns.joined(separator: " "), facts.aggregation.rawValue,
                "\(facts.plausible.lowerBound)", "\(facts.plausible.upperBound)",
                loinc.joined(separator: " "), quantity == .zoneOffset ? "" : facts.name,
                OMHSchema.of(quantity)?.text ?? "",
            ]
        }
        return ExportText.csvRow(header)
            + rows.map { ExportText.csvRow($0, keepsNumbers: true) }.joined()
    }

    /// The unit in UCUM. The unit as written in CSV and NDJSON is `g` for standard gravity, which UCUM
    /// reads as gram.
    static func ucum(_ quantity: Quantity, _ column: Int = 0) -> String {
        quantity == .acceleration ? "[g]" : unit(quantity, column)
    }

    /// The unit of a column; the three of a workout differ.
    static func unit(_ quantity: Quantity, _ column: Int) -> String {
        switch (quantity, column) {
        case (.workout, 1): "kcal"
        case (.workout, 2): "m"
        case (.zoneOffset, 1): "1"
        default: quantity.facts.unit
        }
    }
}
