// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The table that explains an export's columns to someone who does not have Hearth.
enum DataDictionary {
    static var csv: String {
        var lines = [
            "quantity,meaning,unit_ucum,columns,aggregation,plausible_from,plausible_to,loinc"
        ]
        for quantity in Quantity.allCases {
            let facts = quantity.facts
            lines.append(
                [
                    facts.name, facts.label, facts.unit, facts.columns.joined(separator: " "),
                    facts.aggregation.rawValue, "\(facts.plausible.lowerBound)",
                    "\(facts.plausible.upperBound)", facts.loinc ?? "",
                ].joined(separator: ","))
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
