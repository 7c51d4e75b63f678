// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthRights
import HearthVault

/// Erases on behalf of another command and leaves the signed receipt.
enum ErasureTelling {
    /// - Parameter words: what is erased, as the receipt says it.
    static func erase(
        _ scope: ErasureScope, of who: Person, words: String, in vault: Vault,
        receipts folder: String = "."
    ) throws {
        let impact = try vault.impact(of: scope)
        guard impact.samples + impact.corrections + impact.results > 0 else {
            return print("there is nothing of \(words) to erase")
        }
        try tell(try vault.erase(scope), of: who, words: words, in: vault, receipts: folder)
    }

    static func tell(
        _ record: ErasureRecord, of who: Person, words: String, in vault: Vault,
        receipts folder: String = ".", through: String? = nil
    ) throws {
        let receipt = ErasureReceipt(
            record,
            scope: ErasureScopeWords(person: who.label, quantities: [words], through: through),
            vault: vault.identifier)
        let signed = SignedReceipt(receipt, signedBy: vault)
        let name = "hearth-receipt-\(record.receiptID.prefix(8)).json"
        let path = folder == "." ? name : "\(folder)/\(name)"
        try OutputFile.write(signed.json, to: path)
        try vault.appendAudit(command: "receipt \(record.receiptID)", outcome: signed.summary)
        print(
            "erased \(record.samples) samples of \(words); level \(record.level.rawValue); receipt \(path)"
        )
    }
}
