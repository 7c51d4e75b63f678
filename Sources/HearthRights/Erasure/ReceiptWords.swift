// SPDX-License-Identifier: Apache-2.0
import HearthVault

/// A receipt for a person to read.
enum ReceiptWords {
    static func lines(_ receipt: ErasureReceipt) -> [String] {
        let destroyed = receipt.destroyed
        let own = destroyed.corrections.map { "\($0) corrections and tags, " } ?? ""
        let computed = destroyed.results.map { "\($0) computed results, " } ?? ""
        let readBack =
            receipt.checks.keysReadBack
            ? "read back and found overwritten" : "read back and NOT overwritten"
        let scanned =
            receipt.checks.filesScanned
            ? "nothing of it was found in any file of the vault"
            : "something of it WAS FOUND in a file of the vault"
        var lines = [
            "Receipt \(receipt.id)", "",
            "Erased: \(receipt.scope.map(scope) ?? "what the hash \(receipt.scopeHash ?? "") stands for")",
            "Destroyed: \(own)\(computed)\(destroyed.samples) samples in \(destroyed.packs) sealed packs, and "
                + "the \(destroyed.keys) keys that opened them.",
            "Done: \(receipt.completedAt)",
            "Level: \(receipt.level.rawValue): \(meaning(receipt.level))"
                + (receipt.levelReason.map { ". No more is promised, because \($0)." } ?? "."),
            "Checked: the keys' places were \(readBack); \(scanned).",
        ]
        lines += bundles(receipt.keyBundles)
        if !receipt.recipients.isEmpty {
            lines.append("To be told, because they were given data before:")
            lines += receipt.recipients.map { "  - \($0)" }
        }
        lines.append("What this does not cover:")
        lines += receipt.residualRisks.map { "  - \($0)" }
        lines.append(
            destroyed.samples == 0 && destroyed.corrections == nil
                ? "Results are computed again where the samples they came from are still stored."
                : "The same data will not come back when its file is ingested again.")
        return lines
    }

    private static func bundles(_ bundles: [String]) -> [String] {
        guard !bundles.isEmpty else {
            return [
                "Copies of the key files made before this, such as in a backup of the whole folder, "
                    + "still open copies of the packs made before: destroy them. "
                    + "The vault has no record of any."
            ]
        }
        return ["Copies of the keys made before this, which you must destroy:"]
            + bundles.map { "  - \($0)" }
    }

    static func meaning(_ level: ErasureLevel) -> String {
        switch level {
        case .notShown: "no command shows it any more"
        case .noFile: "no file of the vault holds it any more"
        case .noBlock: "the keys are overwritten where they lay on the disk"
        case .rekeyed:
            "not even a raw copy of the drive and the earlier passphrase open it, "
                + "because every key was replaced"
        }
    }

    static func scope(_ scope: ErasureScopeWords) -> String {
        var words = "all quantities"
        switch (scope.categories, scope.quantities) {
        case (nil, nil): break
        case (let categories?, nil):
            words = "all of the category \(categories.joined(separator: ", "))"
        case (nil, let quantities?): words = quantities.joined(separator: ", ")
        case (let categories?, let quantities?):
            words =
                "all of the category \(categories.joined(separator: ", ")), and "
                + quantities.joined(separator: ", ")
        }
        words += (scope.categories == nil ? " of " : ", of ") + scope.person
        if let devices = scope.devices { words += ", devices \(devices.joined(separator: ", "))" }
        switch (scope.from, scope.through) {
        case (nil, nil): words += ", all dates"
        case (let from?, nil): words += ", from \(from) on"
        case (nil, let through?): words += ", up to and with \(through)"
        case (let from?, let through?): words += ", \(from) to \(through)"
        }
        return words
    }
}
